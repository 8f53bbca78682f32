import pytest

from sequencer.domain.delay import Delay, Unit
from sequencer.domain.follow_up import IN_FORCE, TRANSITIONS, FollowUpEvent, FollowUpState
from sequencer.domain.meeting import MeetingState
from sequencer.domain.meeting_rule import (
    FALLEN,
    MeetingCase,
    MeetingRule,
    case_of,
    default_rules,
    rules_of,
    usual_delay,
)
from sequencer.domain.task import TaskKind

C = MeetingCase


def test_every_state_has_its_case() -> None:
    """What stands in `on:` is what a meeting may come to; who cancels makes a difference."""
    found = {state: case_of(state, "") for state in MeetingState}
    assert {state for state, case in found.items() if case is None} == {MeetingState.REQUESTED}
    assert {*found.values(), case_of(MeetingState.CANCELLED, "host")} == {None, *C}
    assert case_of(MeetingState.CANCELLED, "invitee") is C.CANCELLED
    assert case_of(MeetingState.NO_SHOW, "host") is C.NO_SHOW


@pytest.mark.parametrize("case", C)
def test_by_default_nothing_is_sent(case: MeetingCase) -> None:
    """What follows by default is a task for a person, and only where a meeting fell through."""
    rules = default_rules(case)
    assert bool(rules) == (case in FALLEN)
    assert all(rule.task is TaskKind.REVIEW for rule in rules)
    assert not any(rule.enroll or rule.reopen for rule in rules)


def test_time_to_book_again() -> None:
    """What may settle itself is left alone for a day."""
    waits = {case for case in C if usual_delay(case) == Delay(1, Unit.DAYS)}
    assert waits == {C.CANCELLED, C.CANCELLED_BY_HOST, C.ASKED_AGAIN}


def test_rules_of_a_case() -> None:
    """Only the rules of that case, in their order."""
    one, other, third = MeetingRule(C.HELD), MeetingRule(C.NO_SHOW), MeetingRule(C.HELD, enroll="x")
    assert rules_of((one, other, third), C.HELD) == (one, third)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (MeetingRule(C.HELD, task=TaskKind.CALL), "ask for a call"),
        (MeetingRule(C.HELD, enroll="x", assign="owner"), "enrol in x"),
        (
            MeetingRule(C.HELD, task=TaskKind.LETTER, reopen=True, assign="ana"),
            "give them to ana and ask for a letter and let the cadence go on",
        ),
    ],
)
def test_in_words(rule: MeetingRule, words: str) -> None:
    """A rule tells in a few words what it does."""
    assert str(rule) == words


def test_what_follows_is_done_once() -> None:
    """The table is total; what was dropped or undone stays so, and nothing is done twice."""
    assert all(set(row) == set(FollowUpEvent) for row in TRANSITIONS.values())
    doing = [state for state in FollowUpState if TRANSITIONS[state][FollowUpEvent.DO]]
    assert doing == [FollowUpState.WAITING]
    assert {state for state in FollowUpState if any(TRANSITIONS[state].values())} == IN_FORCE
