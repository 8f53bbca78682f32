"""Does a mail report that somebody complained about one of ours, and about which?

The Abuse Reporting Format (RFC 5965), and the form of Microsoft's programme, which is a mail with
the original in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.mail.body_text import part_text
from sequencer.mail.bounce import returned_message_id
from sequencer.mail.delivery_status import report_groups
from sequencer.mail.foreign_address import read_addresses
from sequencer.mail.foreign_header import Block, read_block
from sequencer.mail.incoming import Incoming

_REPORT = "message/feedback-report"
_NO_COMPLAINT = frozenset({"not-spam"})
_REDACTED = ("redacted", "hashed", "hidden", "anonymous", "xxx")
_MICROSOFT_SUBJECT = "complaint about message from"
_MICROSOFT_RECIPIENT = "x-hmxmroriginalrecipient"
MAX_ORIGINAL = 262_144  # bytes of the original in which its headers are looked for


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint. `recipient` is '' where the report redacts it; the ids have their brackets.

    `feedback_type` is the word of the report, `abuse` if it has none. `auth-failure` comes from a
    mail system that doubts our signature, not from a person.
    """

    feedback_type: str
    original_message_id: str | None
    recipient: str

    @property
    def is_by_person(self) -> bool:
        """Whether somebody pressed a button."""
        return self.feedback_type != "auth-failure"


def read_complaint(incoming: Incoming) -> Complaint | None:
    """Complaint, or None where the mail is none; one that says `not-spam` is none."""
    for part in incoming.parts:
        if part.content_type == _REPORT:
            return _from_fields(incoming, report_groups(part_text(part).text))
    return _from_microsoft(incoming)


def _from_fields(incoming: Incoming, groups: tuple[Mapping[str, str], ...]) -> Complaint | None:
    fields = {name: value for group in groups for name, value in group.items()}
    feedback_type = fields.get("feedback-type", "").lower() or "abuse"
    if feedback_type in _NO_COMPLAINT:
        return None
    given = (fields.get(name, "") for name in ("original-rcpt-to", "removal-recipient"))
    return Complaint(
        feedback_type=feedback_type,
        original_message_id=returned_message_id(incoming.parts),
        recipient=next(filter(None, map(_address, given)), ""),
    )


def _from_microsoft(incoming: Incoming) -> Complaint | None:
    if not incoming.subject.lower().startswith(_MICROSOFT_SUBJECT):
        return None
    original = next((block for block in map(read_block, _originals(incoming))), Block((), 0))
    recipient = _address(original.first(_MICROSOFT_RECIPIENT))
    if not recipient:
        return None
    return Complaint("abuse", returned_message_id(incoming.parts), recipient)


def _originals(incoming: Incoming) -> list[bytes]:
    return [
        part.content[:MAX_ORIGINAL]
        for part in incoming.parts
        if part.content_type == "message/rfc822"
    ]


def _address(value: str) -> str:
    """The one address in `value`, unless something else stands in its place."""
    address = next((person.address for person in read_addresses(value)), "")
    return "" if address.lower().startswith(_REDACTED) else address
