"""Which time zone does a cell name? Only IANA names count; for others a guess is offered."""

from functools import cache, lru_cache
from zoneinfo import available_timezones

from sequencer.domain.windows_zone import WINDOWS
from sequencer.files.nearest import nearest
from sequencer.files.zone_names import ABBREVIATIONS

REMEMBERED = 4_096  # cells; a list repeats a few dozen
LONGEST = 80  # characters shown or guessed from; a zone's name has fewer than half

# In the data base, but no place: `localtime` is the zone of whatever machine runs this.
_NO_PLACE = frozenset({"Factory", "localtime"})


@lru_cache(REMEMBERED)
def zone_of(cell: str) -> tuple[str, str]:
    """The zone's name in its own spelling and an empty string; or the other way round the mistake.

    Found by its name whatever its case, with spaces for underscores.
    """
    folded = cell.strip().casefold()
    name = _zones().get(folded.replace(" ", "_"))
    if name is not None:
        return name, ""
    shown = cell[:LONGEST]
    guess = _hints().get(folded) or _city(folded) or nearest(shown, _zones().values())
    hint = f"; did you mean {guess}?" if guess else ", such as Europe/Madrid."
    return "", f"`{shown}` is not the name of a time zone in the IANA data base{hint}"


@cache
def _zones() -> dict[str, str]:
    """Every zone by its name in lower case."""
    refused = _NO_PLACE | ABBREVIATIONS.keys()
    return {name.casefold(): name for name in available_timezones() - refused}


@cache
def _hints() -> dict[str, str]:
    return {name.casefold(): zone for name, zone in {**ABBREVIATIONS, **WINDOWS}.items()}


def _city(folded: str) -> str | None:
    """The zone that is called after that city; the shortest name where there are several."""
    wanted = f"/{folded.replace(' ', '_')}"
    found = [zone for zone in _zones().values() if zone.casefold().endswith(wanted)]
    return min(found, key=lambda zone: (len(zone), zone), default=None)
