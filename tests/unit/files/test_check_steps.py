import pytest

from sequencer.domain.cadence import Cadence, Schedule, Step, StepKind
from sequencer.domain.delay import delay_from_text
from sequencer.domain.window import Block, Window
from sequencer.files.guard_truth import can_hold
from sequencer.files.step_paths import StepPaths

WINDOW = Window(((Block(0, 60),),) * 7)
KINDS = {"mail": StepKind.EMAIL, "hand": StepKind.MANUAL_EMAIL, "call": StepKind.CALL}


def cadence(*steps: str) -> Cadence:
    """Steps written as `kind wait when goto`, each part after the first with its word."""
    return Cadence("first", "First", Schedule(WINDOW), ("ana",), tuple(map(step, steps)))


def step(text: str) -> Step:
    """`a mail wait=1 day when=b goto=c`."""
    name, kind, *rest = text.split(" ", 2)
    parts = dict(part.split("=", 1) for part in rest[0].split("; ")) if rest else {}
    wait = delay_from_text(parts.get("wait", "0 minutes"))
    return Step(name, wait, KINDS[kind], "x.md", when=parts.get("when", ""), goto=parts.get("goto"))


@pytest.mark.parametrize(
    ("steps", "jumps", "expected"),
    [
        (["a mail", "b mail wait=1 day"], [], "ab"),
        (["a mail goto=c", "b mail wait=1 day", "c mail wait=1 day"], [], "ac"),
        (["a mail when=title; goto=c", "b mail wait=1 day", "c mail wait=1 day"], [], "abc"),
        (["a call goto=c", "b mail wait=1 day", "c mail wait=1 day"], ["b"], "abc"),
        (["a mail goto=c", "b mail wait=1 day", "c mail wait=1 day"], ["b"], "ac"),
        (["a mail goto=d", "b mail", "c mail", "d mail"], [], "ad"),
    ],
)
def test_who_comes_where(steps: list[str], jumps: list[str], expected: str) -> None:
    """A step is reached where one above leads to it: by its end, its `goto`, or its guard."""
    assert StepPaths(cadence(*steps), jumps).reached() == set(expected)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["a mail", "b mail wait=3 business_days"], {"b": 3}),
        (["a mail", "c call wait=1 day", "b mail wait=1 day"], {"b": 2}),
        (["a mail", "c call wait=1 day; when=title", "b mail wait=1 day"], {"b": 1}),
        (["a mail", "b mail wait=12 hours"], {"b": 0.5}),
        (["a mail", "c mail wait=3 days; when=title", "b mail wait=1 day"], {"c": 3, "b": 1}),
        (["a mail", "c mail wait=3 days", "b mail wait=1 day"], {"c": 3}),
        (["a mail goto=b", "c call wait=9 days", "b mail wait=1 day"], {"b": 1}),
        (["a hand", "b hand"], {"b": 0}),
    ],
)
def test_how_soon(steps: list[str], expected: dict[str, float]) -> None:
    """The delay to the next mail counts from the last step that happened."""
    first = cadence(*steps).steps[0]
    found = StepPaths(cadence(*steps)).soonest(first)
    assert {step_id: days for step_id, (days, _) in found.items()} == pytest.approx(expected)


STEPS = cadence("a mail", "c call wait=1 day", "b mail wait=1 day")


@pytest.mark.parametrize(
    ("guards", "expected"),
    [
        (["title"], True),
        (["title and not title"], False),
        (['stage == "lead" and stage == "customer"'], False),
        (['stage == "lead" and stage != "customer"'], True),
        (['stage == "lead" and not stage'], False),
        (['stage == "" and stage'], False),
        (['stage != "" and not stage'], False),
        (["call.connected", "not call.connected"], False),
        (["a.sent and a.skipped"], False),
        (["a.sent and c.done"], True),
        (["c.done and c.skipped"], False),
        (["c.busy and c.done"], True),
        (["c.busy and c.later"], False),
        (["not a.sent"], True),
        ([""], True),
        ([" and ".join(f"field{number}" for number in range(30))], True),
    ],
)
def test_what_may_hold(guards: list[str], expected: bool) -> None:
    """A guard that contradicts itself, or another one, can hold for nobody."""
    assert can_hold(guards, STEPS) is expected


def test_after_the_mail_was_sent() -> None:
    """Whoever has had a mail was not passed over there."""
    assert not can_hold(["a.skipped"], STEPS, sent=["a"])
    assert not can_hold(["not a.sent"], STEPS, sent=["a"])
    assert can_hold(["a.sent and not c.done"], STEPS, sent=["a"])
