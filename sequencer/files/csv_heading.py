"""Which column of a CSV file means what."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.domain.prospect import FIELDS

MAX_COLUMNS = 200
MAX_NAME = 80  # characters of the name that an unknown column gets
REPORT = ("line", "reason", "explanation")  # columns that a file of refused rows begins with

# Headings are compared as slugs: `E-Mail Address` and `e_mail_address` are the same.
_ALIASES = {
    "email": "e_mail mail email_address e_mail_address mail_address work_email business_email "
    "primary_email",
    "first_name": "firstname first given_name givenname forename",
    "last_name": "lastname last surname family_name familyname",
    "company": "company_name organisation organization account_name employer",
    "account": "account_id company_id",
    "title": "job_title jobtitle position role job",
    "phone": "phone_number telephone telephone_number tel mobile mobile_phone work_phone",
    "timezone": "time_zone tz",
    "country": "country_code",
    "subdivision": "subdivision_code iso_3166_2",
    "language": "lang language_code locale",
    "stage": "lifecycle_stage",
    "owner": "account_owner",
}
_FIELD_OF = {name: name for name in FIELDS} | {
    alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()
}
# Names that mean something else inside a template.
_WORDS = """
and else false for if import in is loop none not or recursive self sender true unsubscribe_url
"""
_TAKEN = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns mean, one name each; None where a column is to be ignored.

    Attributes:
        reported: the file is one of refused rows, with their report in front.
    """

    names: tuple[str | None, ...]
    reported: bool

    @property
    def email(self) -> int:
        """Position of the address."""
        return self.names.index("email")


def known_fields(headings: Sequence[str]) -> int:
    """How many of the headings name a field of a prospect."""
    return sum(slug(heading) in _FIELD_OF for heading in headings)


def columns(headings: Sequence[str], needed: Sequence[str] = ("email",)) -> Columns:
    """The meaning of a heading line.

    Args:
        headings: as written.
        needed: one of these has to be among them.

    Raises:
        ValueError: too many columns, none that is needed, or two that mean the same.
    """
    if len(headings) > MAX_COLUMNS:
        raise ValueError(f"{len(headings)} columns; {MAX_COLUMNS} are the most")
    reported = tuple(slug(each) for each in headings[: len(REPORT)]) == REPORT
    start = len(REPORT) if reported else 0
    names: list[str | None] = [None] * start
    for position, heading in enumerate(headings[start:], start):
        name = _name(heading, position)
        if name in names:
            earlier = headings[names.index(name)]
            raise ValueError(f"the headings `{earlier}` and `{heading}` both mean `{name}`")
        names.append(name)
    if not set(needed) & set(names):
        raise ValueError(f"no column is called {' or '.join(f'`{each}`' for each in needed)}")
    return Columns(tuple(names), reported)


def slug(heading: str) -> str:
    """The heading in lower-case ASCII letters and digits, joined by underscores."""
    plain = unicodedata.normalize("NFKD", heading[: 4 * MAX_NAME].casefold())
    ascii_only = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")


def _name(heading: str, position: int) -> str:
    """Field of that heading, else the name by which templates find the column."""
    name = slug(heading)[:MAX_NAME].rstrip("_")
    if name in _FIELD_OF:
        return _FIELD_OF[name]
    if not name:
        return f"column_{position + 1}"
    if name[0].isdigit():
        return f"column_{name}"
    return f"{name}_" if name in _TAKEN else name
