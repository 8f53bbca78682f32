"""Who is in a calendar object (RFC 5545 sections 3.8.4.1 and 3.8.4.3), and what do they answer?"""

import re
from dataclasses import dataclass

from sequencer.mail.calendar_line import ContentLine

MAX_ADDRESS = 320
MAX_NAME = 200
_SPACE = re.compile(r"\s+")
_PLACES = frozenset({"ROOM", "RESOURCE"})


@dataclass(frozen=True, slots=True)
class CalendarPerson:
    """An organiser or an attendee; addresses as they are written, what is missing is empty.

    Attributes:
        answer: PARTSTAT, in upper case.
        role: ROLE, in upper case.
        kind: CUTYPE, in upper case.
        sent_by: who acts for them.
        email: another address, which their calendar server told.
        delegated_to: who comes in their place.
        delegated_from: in whose place they come.
    """

    address: str
    name: str = ""
    answer: str = ""
    role: str = ""
    kind: str = ""
    sent_by: str = ""
    email: str = ""
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address by which they may be known, the surest first."""
        found = (self.address, self.email, self.sent_by)
        return tuple(dict.fromkeys(each for each in found if each))

    @property
    def is_place(self) -> bool:
        """Whether it is a room or another thing that is booked along."""
        return self.kind in _PLACES


def read_person(line: ContentLine) -> CalendarPerson:
    """The person in an ORGANIZER or ATTENDEE line."""

    def word(name: str) -> str:
        return line.params.get(name, "")[:MAX_NAME].upper()

    email = address_in(line.params.get("EMAIL", ""))
    return CalendarPerson(
        address=address_in(line.value) or email,
        name=_SPACE.sub(" ", line.params.get("CN", ""))[:MAX_NAME],
        answer=word("PARTSTAT"),
        role=word("ROLE"),
        kind=word("CUTYPE"),
        sent_by=address_in(line.params.get("SENT-BY", "")),
        email=email,
        delegated_to=_several(line.params.get("DELEGATED-TO", "")),
        delegated_from=_several(line.params.get("DELEGATED-FROM", "")),
    )


def address_in(value: str) -> str:
    """The mail address in a calendar address such as `MAILTO:pat@x.example`; empty if it is none.

    A name with a colon in it may stand in front, where a program did not quote it.
    """
    at = value.lower().rfind("mailto:")
    written = value[at + len("mailto:") :] if at >= 0 else value
    address = _SPACE.sub("", written[: 2 * MAX_ADDRESS].partition("?")[0]).strip("<>\"'")
    name, _, domain = address.rpartition("@")
    return address if name and domain and len(address) <= MAX_ADDRESS else ""


def _several(value: str) -> tuple[str, ...]:
    found = (address_in(each) for each in value.split(",")[:10])
    return tuple(each for each in found if each)
