from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.guard import (
    MAX_LENGTH,
    All,
    Equal,
    Facts,
    Guard,
    GuardError,
    Name,
    Not,
    Some,
    holds,
    names_in,
    parse_guard,
)

NAMES = st.sampled_from(["phone", "stage", "call.connected", "a.sent", "first-call.busy", "a_b"])
FACTS = st.builds(
    Facts,
    fields=st.fixed_dictionaries({}, optional={"phone": st.just("1"), "stage": st.just("lead")}),
    ends=st.fixed_dictionaries({}, optional={"a": st.just(frozenset({"sent"}))}),
    connected=st.booleans(),
)
PIECES = st.sampled_from(
    ["not ", "and ", "or ", "(", ")", "== ", "!= ", '"x" ', "'y' ", "phone ", "a.sent ", "= ", "&"]
)


@st.composite
def guards(draw: st.DrawFn, depth: int = 3) -> Guard:
    """Any guard that can be written down."""
    kind = draw(st.integers(0, 1 if depth == 0 else 4))
    below = guards(depth=depth - 1)
    if kind == 0:
        return Name(draw(NAMES), 0)
    if kind == 1:
        field = Name(draw(st.sampled_from(["phone", "stage"])), 0)
        return Equal(field, draw(st.sampled_from(["", "lead", "x y"])), draw(st.booleans()))
    if kind == 2:
        return Not(draw(below))
    parts = tuple(draw(st.lists(below, min_size=2, max_size=3)))
    return All(parts) if kind == 3 else Some(parts)


def written(guard: Guard) -> str:
    """The guard as text, with a parenthesis around everything."""
    if isinstance(guard, Name):
        return guard.name
    if isinstance(guard, Equal):
        return f'{guard.name.name} {"==" if guard.wanted else "!="} "{guard.text}"'
    if isinstance(guard, Not):
        return f"not ({written(guard.part)})"
    return f" {'and' if isinstance(guard, All) else 'or'} ".join(
        f"({written(part)})" for part in guard.parts
    )


@given(guards(), FACTS)
def test_written_and_read(guard: Guard, facts: Facts) -> None:
    """A guard that was written down means what it meant."""
    text = written(guard)
    if len(text) <= MAX_LENGTH:
        assert holds(text, facts) == guard.holds(facts)
        assert [name.name for name, _ in names_in(parse_guard(text))] == [
            name.name for name, _ in names_in(guard)
        ]


@given(st.text(max_size=600) | st.lists(PIECES, max_size=60).map("".join), FACTS)
def test_whatever_is_written(text: str, facts: Facts) -> None:
    """Any text is a guard, or has its mistake at a place in it: nothing else ever happens."""
    mistakes = []
    try:
        assert parse_guard(text).holds(facts) in {True, False}
    except GuardError as error:
        mistakes.append((error.at, str(error)))
    assert all(0 <= at <= len(text) and words for at, words in mistakes)
