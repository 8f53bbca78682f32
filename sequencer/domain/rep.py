"""Who takes meetings: a rep, inside or outside, and what may be given to them."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sequencer.domain.absence import Absence


@dataclass(frozen=True, slots=True)
class Territory:
    """Whose meetings a rep takes; what is empty holds for everybody.

    Attributes:
        countries: two letters each, as in the prospects.
        regions: parts of a country by their full codes: `ES-MD`.
        fields: other columns of the prospects with the values that count, in lower case.
    """

    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    fields: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Rep:
    """A person of ours, or of a client's, whom meetings are given to.

    Attributes:
        name: the short name, as in the column `owner` of the prospects.
        person: the name as people say it.
        address: where handovers are sent.
        takes_meetings: whether meetings are handed over to them.
        client: for whom they work, empty for us; a client's rep gets that client's meetings alone.
        weight: how many meetings they take for one of somebody with weight 1.
        most_per_week: meetings in any seven days; None for as many as come.
        country: whose public holidays they keep, with the part of it.
        booking_url: where a meeting with them is booked; empty where it is not known.
    """

    name: str
    person: str
    address: str
    tz: ZoneInfo
    takes_meetings: bool = True
    client: str = ""
    territory: Territory = field(default_factory=Territory)
    weight: int = 1
    most_per_week: int | None = None
    away: tuple[Absence, ...] = ()
    country: str = ""
    subdivision: str = ""
    booking_url: str = ""
