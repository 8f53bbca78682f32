from typing import Any

import pytest
from builders import a_cadence, a_step

from sequencer.domain.cadence import Cadence, StepKind
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.migration import (
    Choice,
    Edit,
    Finish,
    Keep,
    Migrate,
    NeedsDecision,
    Place,
    migrate,
)
from sequencer.domain.overrides import Overrides

WAIT = Delay(1, Unit.DAYS)


def of(*steps: str | tuple[str, dict[str, Any]]) -> Cadence:
    """A cadence of mails with these ids, some of them changed."""
    written = [each if isinstance(each, tuple) else (each, {}) for each in steps]
    return a_cadence(
        steps=tuple(
            a_step(id=step_id, wait=WAIT, template=f"{step_id}.md", **changes)
            for step_id, changes in written
        )
    )


def moved(old: Cadence, new: Cadence, place: Place, **options: Any) -> Migrate:
    """What becomes of somebody who goes over."""
    verdict = migrate(Edit(old, new, options.pop("choices", {}), **options), place)
    assert isinstance(verdict, Migrate)
    return verdict


def test_under_way_is_left_alone() -> None:
    """While a mail is on its way nothing is changed, and the reason is told."""
    place = Place("a", under_way="a is on its way")
    assert migrate(Edit(of("a"), of("a", "b"), {}), place) == Keep("a is on its way")


def test_same_steps_come() -> None:
    """Without a change of the steps everything comes as before."""
    found = moved(of("a", "b", "c"), of("a", "b", "c"), Place("b"))
    assert (found.step, found.to_come, found.loses, found.gains) == ("b", ("b", "c"), (), ())


def test_added_is_passed_over() -> None:
    """What the edit added is skipped, and remembered as skipped."""
    found = moved(of("a", "b"), of("a", "b", "x"), Place("a"))
    assert found.overrides.skip == {"x"}
    assert found.to_come == ("a", "b")


def test_added_comes_where_asked() -> None:
    """With the option it comes, and counts as gained."""
    found = moved(of("a", "b"), of("a", "x", "b"), Place("a"), with_added=True)
    assert (found.to_come, found.gains) == (("a", "x", "b"), ("x",))


def test_added_that_was_over_in_an_earlier_version_does_not_come() -> None:
    """What happened before it was removed is not done again when it is back."""
    place = Place("b", over=frozenset({"x"}))
    found = moved(of("a", "b"), of("a", "b", "x"), place, with_added=True)
    assert found.gains == ()
    place = Place("b", Overrides(skip=frozenset({"x"})))
    assert moved(of("a", "b"), of("a", "b", "x"), place, with_added=True).gains == ()


def test_over_is_never_done_again() -> None:
    """What lies behind is skipped where the new order has it ahead."""
    found = moved(of("a", "b", "c"), of("b", "c", "a"), Place("b"))
    assert found.overrides.skip == {"a"}
    assert found.to_come == ("b", "c")


def test_removed_is_lost() -> None:
    """What was to come and is gone is told as lost; what is over is remembered."""
    found = moved(of("a", "b", "c"), of("b"), Place("b"))
    assert (found.loses, found.overrides.skip) == (("c",), frozenset("a"))


def test_moved_before_is_lost() -> None:
    """A step that now lies before the one at which somebody stands does not come."""
    found = moved(of("a", "b", "c"), of("a", "c", "b"), Place("b"))
    assert (found.to_come, found.loses) == (("b",), ("c",))


def test_gone_needs_a_decision() -> None:
    """Who stands at a step that is gone waits for a decision."""
    assert migrate(Edit(of("a", "b"), of("a"), {}), Place("b")) == NeedsDecision("b")


@pytest.mark.parametrize(
    ("new", "choice", "verdict"),
    [
        (of("a", "c"), Choice.KEEP, Keep()),
        (of("a", "c"), Choice.FINISH, Finish(decided=True, loses=("b", "c"))),
        (of("a"), Choice.NEXT, Finish(decided=False, loses=("b", "c"))),
    ],
)
def test_decided(new: Cadence, choice: Choice, verdict: object) -> None:
    """What was decided happens; with nothing left to come it ends."""
    assert migrate(Edit(of("a", "b", "c"), new, {"b": choice}), Place("b")) == verdict


def test_next_is_the_first_that_is_left() -> None:
    """By the old order, and not one that is over."""
    choices = {"b": Choice.NEXT}
    found = moved(of("a", "b", "c", "d"), of("d", "c", "a"), Place("b"), choices=choices)
    assert (found.step, found.loses) == ("c", ("b", "d"))
    assert found.overrides.skip == {"a"}


def test_who_has_not_begun_begins_with_the_new_order() -> None:
    """All that both versions have comes; what was added does not."""
    found = moved(of("a", "b"), of("x", "b", "a"), Place())
    assert (found.step, found.to_come, found.overrides.skip) == (None, ("b", "a"), frozenset("x"))


def test_wished_begin_may_be_gone() -> None:
    """Who was to begin at a step that is gone needs a decision, and begins at the next."""
    place = Place(None, Overrides(start_at="b", waits={"b": WAIT, "c": WAIT}))
    old, new = of("a", "b", "c"), of("a", "c")
    assert migrate(Edit(old, new, {}), place) == NeedsDecision("b")
    found = moved(old, new, place, choices={"b": Choice.NEXT})
    assert found.overrides.start_at == "c"
    assert found.overrides.waits == {"c": WAIT}
    assert found.step is None


def test_step_that_is_left_out_but_stood_at_is_kept() -> None:
    """Where a person took the end of a task back, the step is to be done again."""
    place = Place("b", Overrides(skip=frozenset({"b"})))
    found = moved(of("a", "b"), of("a", "b"), place)
    assert found.overrides.skip == frozenset()


def test_both_guards_must_hold() -> None:
    """A guard that was there before holds on, beside the new one."""
    old = of("a", ("b", {"when": 'country == "ES"'}))
    found = moved(old, of("a", ("b", {"when": "phone"})), Place("a"))
    assert found.overrides.guards == {"b": ('country == "ES"',)}
    again = Place("a", found.overrides)
    back = moved(of("a", ("b", {"when": "phone"})), old, again)
    assert back.overrides.guards == {"b": ("phone",)}


@pytest.mark.parametrize("new", [of("a", "c", "b"), of("a", "c")])
def test_guard_on_a_step_that_goes_otherwise(new: Cadence) -> None:
    """A step that asks how another one ended does not come where that is behind it, or gone."""
    old = of("a", "b", ("c", {"when": "not b.sent"}))
    assert "c" not in moved(old, new, Place("a")).to_come


def test_guard_on_a_step_that_is_over() -> None:
    """How it ended is known, so what asks for it comes."""
    old = of("a", ("b", {"when": "a.sent"}), "c")
    assert moved(old, old, Place("b")).to_come == ("b", "c")


def test_step_behind_a_jump_stays_behind_it() -> None:
    """A step that is jumped over where another happens comes in the same case only."""
    jumping = of("a", ("b", {"when": "phone", "goto": "d"}), "c", "d")
    assert "c" in moved(jumping, jumping, Place("a")).to_come


@pytest.mark.parametrize(
    "new",
    [
        of("a", ("b", {"when": "phone"}), "c", "d"),
        of("a", "c", "d"),
        of("a", ("b", {"goto": "d"}), "c", "d"),
        of("a", "c", ("b", {"when": "phone", "goto": "d"}), "d"),
    ],
)
def test_lost_jump_loses_what_it_passed_over(new: Cadence) -> None:
    """Where the jump is gone or may be decided otherwise, nobody gets both ways."""
    old = of("a", ("b", {"when": "phone", "goto": "d"}), "c", "d")
    assert "c" not in moved(old, new, Place("a")).to_come


def test_unreachable_does_not_come() -> None:
    """A step that the old version always jumped over does not come by an edit."""
    old = of(("a", {"goto": "c"}), "b", "c")
    found = moved(old, of("a", "b", "c"), Place("a"))
    assert (found.to_come, found.overrides.skip) == (("a", "c"), frozenset("b"))


def test_disposition_may_jump() -> None:
    """What the disposition of a call may jump over stays where it can jump over it."""
    call = ("a", {"kind": StepKind.CALL})
    old, landings = of(call, "b", "c"), frozenset({"c"})
    assert moved(old, old, Place("a"), landings=landings).to_come == ("a", "b", "c")
    found = moved(old, of(call, "c", "b"), Place("a"), landings=landings)
    assert found.to_come == ("a", "c")


def test_call_that_became_a_mail_is_a_mail_more() -> None:
    """Nobody would have had it: it is passed over, or decided about, unless it is asked for."""
    call = {"kind": StepKind.CALL}
    old, new = of("a", ("b", call), "c"), of("a", "b", "c")
    assert moved(old, new, Place("a")).to_come == ("a", "c")
    assert moved(old, new, Place("a"), with_added=True).gains == ("b",)
    assert migrate(Edit(old, new, {}), Place("b")) == NeedsDecision("b")
    assert moved(old, new, Place("b"), choices={"b": Choice.NEXT}).step == "c"
    place = Place(None, Overrides(start_at="b"))
    found = moved(old, new, place, choices={"b": Choice.NEXT})
    assert found.overrides.start_at == "c"
