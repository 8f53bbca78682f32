from collections import Counter
from datetime import timedelta

import pytest
from builders import NOON, a_moment, a_prospect, a_standing, an_enrollment

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.gate import (
    RULES,
    Answer,
    Effect,
    Occasion,
    Rule,
    ask_gate,
    decisive,
    passes_at,
    refusals_of,
)
from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.pacing import Limits, Pace, Traffic
from sequencer.domain.reason import SENTENCES, Reason, Refusal
from sequencer.domain.standing import Moment, Standing
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason

SECOND = timedelta(seconds=1)
OPTED_OUT = Suppression(SuppressionKind.ADDRESS, "zoe@bank.example", SuppressionReason.OPTED_OUT)
MAILS = {Occasion.FIRST_MAIL, Occasion.MAIL}

# Codes of rows that are no prospect, or no cadence: nobody stands anywhere with them.
BEFORE_THE_GATE = {Reason.UNKNOWN_PROSPECT, Reason.UNKNOWN_CADENCE}


def test_every_code_has_its_rule() -> None:
    """Each code that the gate may say belongs to one rule of each kind, and is a sentence too."""
    assert {rule.reason for rule in RULES} == set(Reason) - BEFORE_THE_GATE
    for occasion in Occasion:
        codes = Counter(rule.reason for rule in RULES if rule.is_asked(occasion))
        assert set(codes.values()) <= {1}, occasion
    assert set(SENTENCES) == set(Reason)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason)
def test_effect_of_every_rule(rule: Rule) -> None:
    """A rule that is asked before a mail says what follows; one that finishes says as what."""
    assert rule.asked
    assert (rule.effect is not None) == bool(rule.asked & MAILS)
    assert (rule.finish_reason is not None) == (rule.effect is Effect.FINISH)


def test_first_mail_is_a_mail() -> None:
    """What is asked before every mail is asked before the first one, which may be asked more."""
    every = {rule.reason for rule in RULES if rule.is_asked(Occasion.MAIL)}
    first = {rule.reason for rule in RULES if rule.is_asked(Occasion.FIRST_MAIL)}
    assert first - every == {Reason.EXCLUSIVE_CONFLICT, Reason.TOUCHED_TOO_RECENTLY}
    assert every < first


def test_all_rules_are_asked() -> None:
    """Without an occasion every rule answers, also those that pass, in the order of the table."""
    standing = a_standing(suppressions=(OPTED_OUT,), missing=("company",))
    answers = ask_gate(standing, a_moment())
    assert [answer.rule for answer in answers] == list(RULES)
    assert [answer.rule.reason for answer in answers if not answer.passes] == [
        Reason.OPTED_OUT,
        Reason.MISSING_VARIABLE,
    ]


def test_without_a_moment() -> None:
    """Rules about a mail have nothing to say where there is none."""
    assert refusals_of(ask_gate(a_standing(), None, Occasion.MAIL)) == []


def decided(
    standing: Standing, moment: Moment, occasion: Occasion = Occasion.MAIL
) -> tuple[Reason, Effect]:
    found = decisive(ask_gate(standing, moment, occasion))
    assert found is not None
    return found[0].rule.reason, found[1]


STALE = MailboxHealth()
PAUSED = an_enrollment(state=EnrollmentState.PAUSED, pause_reason=PauseReason.MANUAL)
TO_DOMAIN = {"limits": Limits(per_domain=1), "traffic": Traffic(to_domain=[NOON])}


def test_nothing_to_decide() -> None:
    """Where everything passes, nothing follows."""
    assert decisive(ask_gate(a_standing(), a_moment(), Occasion.MAIL)) is None


def test_what_decides() -> None:
    """An end comes before a pause that is there, that before a rest, a question, and a wait."""
    customer = a_standing(prospect=a_prospect(country="DE"), consent_countries=frozenset({"DE"}))
    suppressed = a_standing(suppressions=(OPTED_OUT,))
    worst = a_moment(health=STALE, enrollment=PAUSED, **TO_DOMAIN)
    assert decided(suppressed, worst) == (Reason.OPTED_OUT, Effect.FINISH)
    assert decided(customer, worst) == (Reason.PAUSED, Effect.SKIP)
    assert decided(customer, a_moment(health=STALE, **TO_DOMAIN)) == (
        Reason.SYNC_STALE,
        Effect.REST,
    )
    assert decided(customer, a_moment(**TO_DOMAIN)) == (
        Reason.COUNTRY_NEEDS_CONSENT,
        Effect.ASK,
    )
    assert decided(a_standing(), a_moment(**TO_DOMAIN)) == (Reason.CAP_DOMAIN, Effect.WAIT)


def test_a_wait_without_end() -> None:
    """What no time heals is for a person, although its rule would only wait."""
    never = a_moment(limits=Limits(per_domain=0))
    assert decided(a_standing(), never) == (Reason.CAP_DOMAIN, Effect.ASK)


def test_mailbox_that_never_sends() -> None:
    """A mailbox held back for good is no question about a person."""
    never = a_moment(limits=Limits(Pace(per_day=0)))
    assert decided(a_standing(), never) == (Reason.CAP_MAILBOX, Effect.REST)


def test_gone_mailbox_has_its_pause() -> None:
    """Who asks because of a mailbox pauses because of it."""
    found = decisive(ask_gate(a_standing(), a_moment(known=False), Occasion.MAIL))
    assert found is not None
    assert (found[1], found[0].rule.pause_reason) == (Effect.ASK, PauseReason.MAILBOX)


def test_ends() -> None:
    """Each suppression ends an enrollment as what it is."""
    ends = {rule.reason: rule.finish_reason for rule in RULES if rule.finish_reason}
    assert ends == {
        Reason.SUPPRESSED_ADDRESS: FinishReason.SUPPRESSED,
        Reason.SUPPRESSED_DOMAIN: FinishReason.SUPPRESSED,
        Reason.OPTED_OUT: FinishReason.OPTED_OUT,
        Reason.BOUNCED_BEFORE: FinishReason.BOUNCED,
        Reason.COMPLAINED_BEFORE: FinishReason.COMPLAINED,
        Reason.UNREACHABLE: FinishReason.FAILED,
    }


def test_passes_at() -> None:
    """Time heals all refusals at the latest of their instants, or not at all."""
    gap = Refusal(Reason.GAP, until=NOON + SECOND)
    cap = Refusal(Reason.CAP_MAILBOX, until=NOON + timedelta(hours=1))
    assert passes_at([gap, cap]) == NOON + timedelta(hours=1)
    assert passes_at([gap, Refusal(Reason.OPTED_OUT)]) is None
    assert passes_at([]) is None


def test_answer_passes_at() -> None:
    """An answer passes when the last of its refusals does."""
    answer = Answer(
        RULES[0], (Refusal(Reason.GAP, until=NOON), Refusal(Reason.GAP, until=NOON + SECOND))
    )
    assert answer.passes_at == NOON + SECOND
    assert Answer(RULES[0]).passes_at is None
