from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_prospect

from sequencer.domain.assignment import Asked, Decision, decide
from sequencer.domain.availability import Load, Slot
from sequencer.domain.rep import Rep, Territory

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TZ = ZoneInfo("Europe/Madrid")
SLOT = Slot(NOON + DAY, NOON + DAY + HOUR)
IN_SPAIN = a_prospect(country="ES", subdivision="MD", owner="bea")
ASKED = Asked(IN_SPAIN, NOON, SLOT)
BUSY = Load(busy=(SLOT,))
SPAIN = Territory(countries=frozenset({"ES"}))
MADRID = Territory(regions=frozenset({"ES-MD"}))
FRANCE = Territory(countries=frozenset({"FR"}))


def a_rep(name: str, **changes: Any) -> Rep:
    return replace(Rep(name, name.title(), f"{name}@seller.example", TZ), **changes)


ANA, BEA, CARL = a_rep("ana"), a_rep("bea"), a_rep("carl")


def decided(
    ways: Sequence[str],
    *reps: Rep,
    asked: Asked = ASKED,
    loads: Mapping[str, Load] | None = None,
) -> Decision:
    return decide(ways, {rep.name: rep for rep in reps}, loads or {}, asked)


def because(*args: Any, **changes: Any) -> str:
    choice = decided(*args, **changes).choice
    return choice.because if choice else "nobody"


def test_no_ways() -> None:
    """Without a way nobody gets a meeting, and each rep is told why."""
    found = decided((), ANA)
    assert found == Decision(None, (("ana", "no way in `handover.to` leads to them"),))


@pytest.mark.parametrize(
    ("way", "asked", "told"),
    [
        ("host", replace(ASKED, hosts=frozenset({"carl"})), "carl: host of the booking"),
        ("host", ASKED, "nobody"),
        ("owner", ASKED, "bea: owner of the prospect"),
        ("carl", ASKED, "carl: named in the settings"),
        ("nobody-there", ASKED, "nobody"),
    ],
)
def test_ways(way: str, asked: Asked, told: str) -> None:
    """A way leads to whom it names, and to nobody where it names nobody."""
    assert because([way], ANA, BEA, CARL, asked=asked) == told


def test_owner_in_any_spelling() -> None:
    """Lists have the owner as people wrote it."""
    asked = replace(ASKED, prospect=replace(IN_SPAIN, owner=" Bea "))
    assert because(["owner"], ANA, BEA, asked=asked) == "bea: owner of the prospect"


def test_owner_of_the_account() -> None:
    """Where the prospect has no owner among the reps, the one that all others share counts."""
    asked = replace(ASKED, prospect=a_prospect(), colleague_owners=frozenset({"Carl", ""}))
    assert because(["owner"], ANA, CARL, asked=asked) == "carl: owner of the others of the account"
    shared = replace(asked, colleague_owners=frozenset({"carl", "ana"}))
    assert because(["owner"], ANA, CARL, asked=shared) == "nobody"
    unknown = replace(asked, prospect=a_prospect(owner="an inside rep"))
    assert because(["owner"], ANA, CARL, asked=unknown).startswith("carl")


def test_order_of_ways() -> None:
    """The next way counts where one leads to nobody who can."""
    ways = ["host", "owner", "carl"]
    reps = (ANA, BEA, CARL)
    assert because(ways, *reps) == "bea: owner of the prospect"
    assert because(ways, *reps, loads={"bea": BUSY}) == "carl: named in the settings"
    assert because(ways, *reps, loads={"bea": BUSY, "carl": BUSY}) == "nobody"


def test_closest_territory() -> None:
    """The territory that asks for most comes first, and the next where nobody there can."""
    wide, close, else_where = replace(ANA, territory=SPAIN), replace(BEA, territory=MADRID), CARL
    far = replace(else_where, territory=FRANCE)
    ways = ["territory"]
    assert because(ways, wide, close, far) == "bea: territory ES-MD"
    assert because(ways, wide, close, far, loads={"bea": BUSY}) == "ana: territory ES"
    assert because(ways, far, ANA) == "nobody"


def test_ties_of_a_territory() -> None:
    """Those of one territory take turns."""
    ana, bea = replace(ANA, territory=SPAIN), replace(BEA, territory=SPAIN)
    loads = {"ana": Load(handed=1, last_at=NOON), "bea": Load(handed=1, last_at=NOON - DAY)}
    told = because(["territory"], ana, bea, loads=loads)
    assert told == "bea: territory ES, least recently assigned"


@pytest.mark.parametrize(
    ("ana", "bea", "told"),
    [
        (Load(), Load(), "ana: round robin, first by name"),
        (Load(1), Load(0), "bea: round robin, fewest meetings"),
        (Load(1, NOON), Load(1, NOON - DAY), "bea: round robin, least recently assigned"),
        (Load(1, NOON), Load(1), "bea: round robin, least recently assigned"),
        (BUSY, Load(9), "bea: round robin"),
    ],
)
def test_round_robin(ana: Load, bea: Load, told: str) -> None:
    """The fewest meetings, then the one who waited longest, then the name."""
    assert because(["round_robin"], BEA, ANA, loads={"ana": ana, "bea": bea}) == told


def test_weights() -> None:
    """Somebody of weight 3 has three meetings for one of the others."""
    strong = replace(BEA, weight=3)
    told = because(["round_robin"], ANA, strong, loads={"ana": Load(1), "bea": Load(2)})
    assert told == "bea: round robin, fewest meetings for the weight"
    assert because(["round_robin"], ANA, strong, loads={"ana": Load(1), "bea": Load(4)}) == (
        "ana: round robin, fewest meetings for the weight"
    )


def test_round_robin_keeps_to_territories() -> None:
    """A rep with a territory gets nothing from outside it by turns."""
    far = replace(ANA, territory=FRANCE)
    found = decided(["round_robin"], far, BEA)
    assert found.choice is not None
    assert found.choice.rep is BEA
    assert found.passed_over == (("ana", "takes FR alone"),)


def test_who_is_out() -> None:
    """Who takes none, works for somebody else, had the chance or is busy gets nothing."""
    reps = (
        replace(ANA, takes_meetings=False),
        replace(BEA, client="acme"),
        CARL,
        a_rep("dora"),
        a_rep("emil"),
    )
    asked = replace(ASKED, but=frozenset({"carl"}))
    found = decided(["round_robin"], *reps, asked=asked, loads={"dora": BUSY})
    assert found.choice is not None
    assert found.choice.rep.name == "emil"
    assert found.choice.passed_over == found.passed_over
    assert dict(found.passed_over) == {
        "ana": "takes no meetings",
        "bea": "takes meetings for acme alone",
        "carl": "has had the chance already",
        "dora": "busy from 2026-03-04 13:00 to 14:00 (Europe/Madrid)",
    }


def test_client() -> None:
    """The meeting of a client goes to the client's reps, and never to ours."""
    theirs = replace(BEA, client="acme")
    asked = replace(ASKED, client="acme")
    assert because(["round_robin"], ANA, theirs, asked=asked) == "bea: round robin"
    found = decided(["round_robin"], ANA, asked=asked)
    assert found == Decision(None, (("ana", "takes meetings for ourselves alone"),))


def test_reasons_of_the_others() -> None:
    """Each other rep is told what decided: the way, the turn, or the closer territory."""
    reps = (ANA, BEA, CARL, a_rep("dora"))
    loads = {"bea": Load(2, NOON), "carl": Load(0, NOON), "dora": Load()}
    turns = dict(decided(["round_robin"], *reps, loads=loads).passed_over)
    assert turns == {
        "bea": "had 2 meetings in 28 days; it is ana's turn",
        "carl": "was assigned later than ana",
        "dora": "comes after ana by name",
    }
    assert dict(decided(["owner"], ANA, BEA).passed_over) == {"ana": "does not own the prospect"}
    assert dict(decided(["ana"], ANA, BEA).passed_over) == {"bea": "the settings name ana"}
    wide, close = replace(ANA, territory=SPAIN), replace(BEA, territory=MADRID)
    assert dict(decided(["territory"], wide, close).passed_over) == {
        "ana": "another territory fits more closely"
    }


def test_host_with_the_meeting_in_the_calendar() -> None:
    """The host's own calendar has the meeting already, and that does not keep it from them."""
    asked = replace(ASKED, hosts=frozenset({"ana"}))
    told = because(["host"], ANA, BEA, asked=asked, loads={"ana": BUSY})
    assert told == "ana: host of the booking"
