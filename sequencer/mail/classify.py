"""What is a mail from outside: a report, a complaint, a meeting, a machine's answer, or a person?

The order is fixed: a delivery report of Gmail carries our Message-ID as a reply does, and calls
itself an automatic reply; an answer to an invitation may too. What is left after all the others is
a person, and so is what could be either: a stop that was not needed costs little.
"""

from dataclasses import dataclass
from enum import StrEnum

from sequencer.mail.auto_reply import AutoReply, read_auto_reply
from sequencer.mail.body_text import part_text
from sequencer.mail.bounce import Report, read_report
from sequencer.mail.complaint import Complaint, read_complaint
from sequencer.mail.incoming import Incoming, read_mail
from sequencer.mail.media_type import read_media_type
from sequencer.mail.new_text import new_text
from sequencer.mail.opt_out import asked_by_subject, is_opt_out

_LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post")
_BULK = frozenset({"bulk", "list", "junk"})
_CALENDAR_TYPES = frozenset({"text/calendar", "application/ics"})
_RECEIPT = "disposition-notification"
MAX_CALENDAR_LINES = 200  # in which METHOD stands


class Kind(StrEnum):
    """What a mail is. A bounce may be about a delay only: see the recipients of its report."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    CALENDAR = "calendar"
    AUTO_REPLY = "auto_reply"
    OPT_OUT = "opt_out"
    REPLY = "reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Kind of a mail, with the header or the words that decided it.

    `unreadable` says that something was cut or could not be read: whatever the kind, the mail may
    hold a stop that was not seen, and the person has to be paused.
    """

    kind: Kind
    evidence: str
    incoming: Incoming
    new_text: str
    report: Report | None = None
    complaint: Complaint | None = None
    auto_reply: AutoReply | None = None

    @property
    def unreadable(self) -> bool:
        """Whether a cap was hit or a part could not be read."""
        return bool(self.incoming.problems)


def classify(raw: bytes, *, truncated: bool = False) -> Verdict:
    """Verdict on the bytes of a mail, whatever they are; `truncated` if its end was not fetched."""
    incoming = read_mail(raw, truncated=truncated)
    written = new_text(incoming.text)
    return _report(incoming, written) or _machine(incoming, written) or _person(incoming, written)


def _report(incoming: Incoming, written: str) -> Verdict | None:
    if report := read_report(incoming):
        kind = Kind.BOUNCE if report.is_trouble else Kind.OTHER
        return Verdict(kind, report.evidence, incoming, written, report=report)
    if complaint := read_complaint(incoming):
        evidence = f"feedback-report: {complaint.feedback_type}"
        return Verdict(Kind.COMPLAINT, evidence, incoming, written, complaint=complaint)
    return None


def _machine(incoming: Incoming, written: str) -> Verdict | None:
    if method := _calendar_method(incoming):
        return Verdict(Kind.CALENDAR, f"METHOD:{method}", incoming, written)
    if pressed := _unsubscribe_button(incoming):
        return Verdict(Kind.OPT_OUT, pressed, incoming, written)
    if _is_receipt(incoming):
        return Verdict(Kind.OTHER, _RECEIPT, incoming, written)
    if auto_reply := read_auto_reply(incoming):
        return Verdict(
            Kind.AUTO_REPLY, auto_reply.evidence, incoming, written, auto_reply=auto_reply
        )
    return None


def _unsubscribe_button(incoming: Incoming) -> str:
    """What a mail program sends when its reader presses its button to unsubscribe, or ''.

    Apple Mail marks it as an automatic reply, so it is looked for before those.
    """
    if incoming.header("x-apple-unsubscribe").lower() == "true":
        return "x-apple-unsubscribe: true"
    asked = asked_by_subject(incoming.subject)
    return asked.words if asked else ""


def _person(incoming: Incoming, written: str) -> Verdict:
    list_mark = _list_mark(incoming)
    opt_out = None if list_mark else is_opt_out(written, incoming.subject)
    if opt_out:
        return Verdict(Kind.OPT_OUT, opt_out.words, incoming, written)
    if list_mark:
        return Verdict(Kind.OTHER, list_mark, incoming, written)
    return Verdict(Kind.REPLY, "", incoming, written)


def _list_mark(incoming: Incoming) -> str:
    """The header of a list or of bulk mail; what answers a mail is a person's all the same.

    Gateways and mail programs put such headers on the answers of their people too.
    """
    if incoming.in_reply_to or incoming.references:
        return ""
    for name in _LIST_HEADERS:
        if name in incoming.headers:
            return f"{name}: {incoming.header(name)}"
    precedence = incoming.header("precedence").lower()
    return f"precedence: {precedence}" if precedence in _BULK else ""


def _is_receipt(incoming: Incoming) -> bool:
    """Whether the mail only says that ours was displayed (RFC 8098)."""
    top = read_media_type(incoming.header("content-type"))
    return top.params.get("report-type", "").lower() == _RECEIPT


def _calendar_method(incoming: Incoming) -> str:
    """Method of a calendar object that wants or gives an answer (RFC 5546), or ''.

    PUBLISH, or none at all, is a ticket or a date to be noted; that makes no meeting of a mail.
    """
    for part in incoming.parts:
        if part.content_type in _CALENDAR_TYPES:
            for line in part_text(part).text.split("\n", MAX_CALENDAR_LINES)[:MAX_CALENDAR_LINES]:
                name, _, value = line.partition(":")
                if name.strip().upper() == "METHOD" and value.strip().upper() != "PUBLISH":
                    return value.strip().upper()
    return ""
