from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.cadence import Cadence, Schedule, Step, StepKind
from sequencer.domain.delay import NO_DELAY
from sequencer.domain.guard import Facts, parse_guard
from sequencer.domain.window import Block, Window
from sequencer.files.guard_truth import can_hold

WINDOW = Window(((Block(0, 60),),) * 7)
MAIL = Step("a", NO_DELAY, StepKind.EMAIL, "a.md")
CALL = Step("c", NO_DELAY, StepKind.CALL, "c.md")
STEPS = Cadence("first", "First", Schedule(WINDOW), ("ana",), (MAIL, CALL))
ATOMS = ["title", 'stage == "lead"', 'stage != "customer"', "call.connected", "a.sent", "c.done"]
GUARDS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, inner).map(" and ".join).map("({})".format),
        st.tuples(inner, inner).map(" or ".join).map("({})".format),
    ),
    max_leaves=6,
)
SENT, SKIPPED, DONE = frozenset({"sent"}), frozenset({"skipped"}), frozenset({"done"})


@given(
    GUARDS,
    st.sampled_from(["", "lead", "customer", "other"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([SENT, SKIPPED]),
)
def test_somebody_for_whom_it_holds(
    text: str,
    stage: str,
    title: bool,
    connected: bool,
    end: frozenset[str],
) -> None:
    """Where a guard holds for anybody, it is not said that it never can."""
    fields = {"stage": stage, "title": "CFO" if title else ""}
    ends = {"a": end, "c": DONE if connected else SKIPPED}
    if parse_guard(text).holds(Facts(fields, ends, connected)):
        assert can_hold([text], STEPS)
