"""Who is in a cadence test: what the file says of them, and what everybody has by default."""

from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.domain.cadence_test import COLLEAGUE, PROSPECT
from sequencer.files.email_syntax import sendable_address
from sequencer.files.region_cell import country_of, language_of
from sequencer.files.zone_cell import zone_of

USUAL = {
    "email": "robin.vega@customer.example",
    "first_name": "Robin",
    "last_name": "Vega",
    "company": "Customer Ltd",
    "title": "Finance Director",
    "consent": "given in this test",
}
OTHER = {"first_name": "Alex", "last_name": "Duarte", "title": "Controller"}


class FieldError(ValueError):
    """A field of somebody has a value that it cannot have; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Cast:
    """What the tests of a file begin with.

    Attributes:
        stage: that of the audience.
        timezone: where nothing else is said.
    """

    stage: str = ""
    timezone: str = ""

    def people(
        self, prospect: Mapping[str, str], colleague: Mapping[str, str] | None
    ) -> dict[str, dict[str, str]]:
        """The fields of everybody.

        Raises:
            FieldError: one of them cannot be used.
        """
        usual = {**USUAL, "stage": self.stage}
        first = {**usual, **_normal(prospect)}
        first["timezone"] = first.get("timezone") or self.timezone
        if colleague is None:
            return {PROSPECT: first}
        domain = first["email"].rpartition("@")[2]
        other = {**first, **OTHER, "email": f"alex.duarte@{domain}", **_normal(colleague)}
        return {PROSPECT: first, COLLEAGUE: other}


def _normal(fields: Mapping[str, str]) -> dict[str, str]:
    """Values in their usual spelling."""
    found = dict(fields)
    for name, normal in _NORMAL.items():
        if found.get(name):
            try:
                found[name] = normal(found[name])
            except ValueError as error:
                raise FieldError(name, str(error)) from error
    return found


def _zone(text: str) -> str:
    name, mistake = zone_of(text)
    if mistake:
        raise ValueError(mistake)
    return name


_NORMAL = {
    "email": sendable_address,
    "timezone": _zone,
    "country": country_of,
    "language": language_of,
}
