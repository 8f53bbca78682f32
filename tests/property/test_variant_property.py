"""Who gets which wording moves as little as it can."""

from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.interval import Share, difference, wilson
from sequencer.domain.variant import Variant, choose

NAMES = st.lists(st.sampled_from("abcdefghij"), min_size=2, max_size=10, unique=True)
WEIGHT = st.integers(1, 1000)
KEYS = [f"{number:032x}" for number in range(60)]


@st.composite
def variants(draw: st.DrawFn) -> tuple[Variant, ...]:
    """Two to ten wordings of any weight above nothing."""
    return tuple(Variant(name, f"{name}.md", draw(WEIGHT)) for name in draw(NAMES))


@given(variants(), st.data())
def test_stopping_one_moves_only_its_own_people(
    known: tuple[Variant, ...], data: st.DataObject
) -> None:
    """Everybody else keeps what they had; starting it again brings its own people back."""
    gone = data.draw(st.sampled_from(known))
    for key in KEYS:
        before, after = choose(known, key, "intro"), choose(known, key, "intro", {gone.name})
        assert after == before if before != gone else after != gone


@given(variants(), WEIGHT)
def test_adding_one_moves_people_only_to_it(known: tuple[Variant, ...], weight: int) -> None:
    """Whoever does not get the new one keeps what they had."""
    new = Variant("new", "new.md", weight)
    for key in KEYS:
        before, after = choose(known, key, "intro"), choose((*known, new), key, "intro")
        assert after in {before, new}


@given(variants(), st.data())
def test_more_weight_takes_people_from_nobody_to_others(
    known: tuple[Variant, ...], data: st.DataObject
) -> None:
    """A wording that weighs more only wins people, and the others do not exchange any."""
    place = data.draw(st.integers(0, len(known) - 1))
    old = known[place]
    heavier = Variant(old.name, old.template, old.weight + data.draw(WEIGHT))
    changed = (*known[:place], heavier, *known[place + 1 :])
    for key in KEYS:
        before, after = choose(known, key, "intro"), choose(changed, key, "intro")
        assert after in {heavier, before}


@given(st.integers(1, 5000), st.data())
def test_intervals_hold_what_was_counted(of: int, data: st.DataObject) -> None:
    """An interval lies around the share, inside what is possible."""
    hits = data.draw(st.integers(0, of))
    share = Share(hits, of)
    found = wilson(share)
    assert 0 <= found.low <= share.rate <= found.high <= 1
    other = Share(data.draw(st.integers(0, of)), of)
    apart = difference(share, other)
    assert -1 - 1e-9 <= apart.low <= share.rate - other.rate <= apart.high <= 1 + 1e-9
