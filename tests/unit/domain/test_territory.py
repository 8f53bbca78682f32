import pytest
from builders import a_prospect

from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Territory
from sequencer.domain.territory import closeness, holds, in_words

MADRID = a_prospect(country="ES", subdivision="MD", extra={"industry": "  Retail   banking "})
BANKS = ("industry", frozenset({"retail banking", "insurance"}))


def a_territory(*countries: str, regions: tuple[str, ...] = (), banks: bool = False) -> Territory:
    return Territory(frozenset(countries), frozenset(regions), (BANKS,) if banks else ())


@pytest.mark.parametrize(
    ("territory", "prospect", "wanted"),
    [
        (a_territory(), Prospect("zoe@bank.example"), True),
        (a_territory("ES", "PT"), MADRID, True),
        (a_territory("PT"), MADRID, False),
        (a_territory(regions=("ES-MD",)), MADRID, True),
        (a_territory(regions=("ES-CT",)), MADRID, False),
        (a_territory("ES", regions=("ES-CT",)), MADRID, False),
        (a_territory(regions=("ES-MD",)), a_prospect(country="AR", subdivision="MD"), False),
        (a_territory(banks=True), MADRID, True),
        (a_territory("PT", banks=True), MADRID, False),
        (a_territory(banks=True), a_prospect(), False),
        (a_territory("ES"), Prospect("zoe@bank.es"), True),
        (a_territory("ES"), Prospect("zoe@bank.es", country="FR"), False),
        (a_territory("ES"), Prospect("zoe@bank.example"), False),
    ],
)
def test_holds(territory: Territory, prospect: Prospect, *, wanted: bool) -> None:
    """Everything that is asked for has to be true; without a country its domain may tell it."""
    assert holds(territory, prospect) is wanted


def test_closeness() -> None:
    """A region asks for more than a country, and each column for one thing more."""
    nowhere, country, region = a_territory(), a_territory("ES"), a_territory(regions=("ES-MD",))
    order = [nowhere, country, region, a_territory("ES", regions=("ES-MD",), banks=True)]
    assert [closeness(each) for each in order] == [0, 1, 2, 3]
    assert closeness(a_territory("ES", banks=True)) == closeness(region)


def test_in_words() -> None:
    """A territory is told as people would."""
    assert in_words(a_territory()) == ""
    assert in_words(a_territory("PT", "ES")) == "ES or PT"
    told = in_words(a_territory("ES", regions=("ES-MD",), banks=True))
    assert told == "ES-MD, industry insurance or retail banking"
