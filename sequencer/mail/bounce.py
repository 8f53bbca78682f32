"""Is a mail from outside a delivery report, about whom, and about which mail of ours?

By the machine-readable part where there is one (RFC 3464), by the words for people otherwise. A
report has the look of a reply: Gmail writes our Message-ID into its In-Reply-To.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sequencer.mail.body_text import Part, part_text
from sequencer.mail.delivery_status import (
    Action,
    FailedRecipient,
    refused_content,
    report_groups,
    report_recipients,
    without_death,
)
from sequencer.mail.evidence import Evidence
from sequencer.mail.foreign_header import read_block
from sequencer.mail.incoming import Incoming, message_ids
from sequencer.mail.media_type import read_media_type
from sequencer.mail.plain_bounce import (
    is_machine,
    is_plain_bounce,
    plain_reason,
    plain_recipients,
    returned_text,
)
from sequencer.mail.rules import Rules

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
)
_REPORT_TYPE = "delivery-status"
_BY_PART = Evidence("part message/delivery-status", _REPORT_TYPE)
MAX_RETURNED = 262_144  # bytes of a returned mail in which its headers are looked for


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report, with the Message-ID (in brackets) of the mail it is about, if it says so.

    `recipients` may be empty: something of ours was not delivered, and it does not say to whom.
    """

    recipients: tuple[FailedRecipient, ...]
    original_message_id: str | None
    evidence: Evidence

    @property
    def failed(self) -> tuple[FailedRecipient, ...]:
        """Recipients that were given up on; those that are only delayed are left out."""
        return tuple(one for one in self.recipients if one.action is Action.FAILED)

    @property
    def is_trouble(self) -> bool:
        """Whether anybody did not get the mail, or not yet: not a mere receipt of delivery."""
        fine = {Action.DELIVERED, Action.RELAYED, Action.EXPANDED}
        return not self.recipients or any(one.action not in fine for one in self.recipients)


def read_report(incoming: Incoming, rules: Rules) -> Report | None:
    """Report, or None where the mail is none. A person's forward of one is none either."""
    top = read_media_type(incoming.header("content-type"))
    is_report = top.value == "multipart/report" and top.params.get("report-type") == _REPORT_TYPE
    is_exchange = "x-ms-exchange-message-is-ndr" in incoming.headers
    if is_report or is_exchange or is_machine(incoming) or incoming.return_path == "":
        groups = [group for text in _status_texts(incoming) for group in report_groups(text)]
        if recipients := report_recipients(groups, plain_reason(incoming, rules)):
            if refused_content(incoming.text):
                recipients = tuple(map(without_death, recipients))
            return Report(recipients, _original(incoming, groups, rules), _BY_PART)
    if is_report or is_exchange or is_plain_bounce(incoming, rules):
        evidence = Evidence("subject", incoming.subject, 0)
        if is_report or is_exchange:
            evidence = Evidence("part multipart/report", _REPORT_TYPE)
        return Report(plain_recipients(incoming, rules), _original(incoming, [], rules), evidence)
    return None


def returned_message_id(parts: tuple[Part, ...]) -> str | None:
    """Message-ID of the mail that came back in one of the parts."""
    for part in parts:
        if part.content_type in _RETURNED_TYPES:
            block = read_block(part.content[:MAX_RETURNED])
            for found in message_ids(block.first("message-id")):
                return found
    return None


def _status_texts(incoming: Incoming) -> Iterator[str]:
    """Texts that hold the fields of a report: its part, or the words for people."""
    found = [part_text(part).text for part in incoming.parts if part.content_type in _STATUS_TYPES]
    yield from found or [incoming.text]


def _original(incoming: Incoming, groups: Sequence[Mapping[str, str]], rules: Rules) -> str | None:
    given = next(
        (group["x-original-message-id"] for group in groups if "x-original-message-id" in group), ""
    )
    in_text = _ids_in_text(returned_text(incoming.text, rules))
    candidates = (
        returned_message_id(incoming.parts),
        *message_ids(given),
        *in_text,
        *incoming.in_reply_to[:1],
        *incoming.references[-1:],
    )
    return next(filter(None, candidates), None)


def _ids_in_text(text: str) -> tuple[str, ...]:
    for line in text.split("\n"):
        name, _, value = line.partition(":")
        if name.strip(" \t>|").lower() == "message-id":
            return message_ids(value)
    return ()
