"""Does the law want a recorded consent before this person may be written to?"""

from sequencer.domain.address import domain_of
from sequencer.domain.prospect import Prospect


def country_of(prospect: Prospect) -> str:
    """Country of a person: as imported, else the one whose domain the address has; or unknown.

    A national domain is weak evidence, so it only counts where nothing better is known.
    """
    country = prospect.country.strip().upper()
    if country:
        return country
    ending = domain_of(prospect.email).rpartition(".")[2].upper()
    return ending if len(ending) == 2 and ending.isascii() and ending.isalpha() else ""


def lacks_consent(prospect: Prospect, countries: frozenset[str]) -> bool:
    """Whether the person is in one of these countries, and no consent of theirs is recorded."""
    return country_of(prospect) in countries and not prospect.consent.strip()
