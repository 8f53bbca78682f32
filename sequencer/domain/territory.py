"""Does a prospect lie in a rep's territory, and how closely does that fit?"""

from sequencer.domain.consent import country_of
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Territory

REGION = 2  # a region says a country too
COUNTRY = 1
COLUMN = 1


def closeness(territory: Territory) -> int:
    """How much a territory asks for: the more, the closer it fits; 0 where it holds for all."""
    place = REGION if territory.regions else COUNTRY if territory.countries else 0
    return place + COLUMN * len(territory.fields)


def holds(territory: Territory, prospect: Prospect) -> bool:
    """Whether all that a territory asks for is true of a prospect.

    Without a country, that of a national domain counts.
    """
    country = country_of(prospect)
    if territory.countries and country not in territory.countries:
        return False
    if territory.regions and f"{country}-{prospect.subdivision}" not in territory.regions:
        return False
    values = prospect.values()
    return all(_value(values.get(name, "")) in wanted for name, wanted in territory.fields)


def in_words(territory: Territory) -> str:
    """`ES, industry banking`: what a territory asks for; empty where it holds for all."""
    place = territory.regions or territory.countries
    parts = [" or ".join(sorted(place))] if place else []
    parts.extend(f"{name} {' or '.join(sorted(wanted))}" for name, wanted in territory.fields)
    return ", ".join(parts)


def _value(text: str) -> str:
    return " ".join(text.split()).casefold()
