"""A person who may be written to, as the import left them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType

FIELDS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "account",
    "title",
    "phone",
    "timezone",
    "country",
    "subdivision",
    "language",
    "stage",
    "owner",
    "consent",
)
_VALUES = attrgetter(*FIELDS)


@dataclass(frozen=True, slots=True)
class Prospect:
    """One person; `extra` holds the columns of the import that have no name of their own.

    An empty value is unknown; an empty `stage` counts as a lead.
    """

    email: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    account: str = ""
    title: str = ""
    phone: str = ""
    timezone: str = ""
    country: str = ""
    subdivision: str = ""
    language: str = ""
    stage: str = ""
    owner: str = ""
    consent: str = ""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def variables(self) -> dict[str, str]:
        """What a template may name; a blank value is left out, so that it counts as missing."""
        return {name: value for name, value in self.values().items() if value.strip()}

    def values(self) -> dict[str, str]:
        """All fields by their names, blank ones too."""
        return {**self.extra, **dict(zip(FIELDS, _VALUES(self), strict=True))}
