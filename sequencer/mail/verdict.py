"""What was made out of a mail from outside: its kind, what shows it, and what it tells."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sequencer.mail.auto_reply import AutoReply
from sequencer.mail.bounce import Report
from sequencer.mail.calendar_event import CalendarEvent, MeetingStatus
from sequencer.mail.complaint import Complaint
from sequencer.mail.evidence import Confidence, Evidence
from sequencer.mail.incoming import Incoming
from sequencer.mail.intent import Intent
from sequencer.mail.named_person import NamedPerson
from sequencer.mail.opt_out import OptOut


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
    """Kind of a mail, with what decided it, and what it tells by its kind.

    Attributes:
        version: of the rules and of the code that made it.
        opt_out: set for bulk mail, automatic replies and answers to invitations too, if they ask
            for silence.
        events: what a calendar mail is about.
        intent: what a reply wants, as far as its words are known.
        named: whom a reply names to write to.
    """

    kind: Kind
    confidence: Confidence
    evidence: tuple[Evidence, ...]
    incoming: Incoming
    new_text: str
    version: str
    report: Report | None = None
    complaint: Complaint | None = None
    auto_reply: AutoReply | None = None
    opt_out: OptOut | None = None
    events: tuple[CalendarEvent, ...] = ()
    intent: Intent | None = None
    named: tuple[NamedPerson, ...] = ()

    @property
    def unreadable(self) -> bool:
        """Whether a cap was hit or a part could not be read.

        Whatever the kind, the mail may then hold a stop that was not seen.
        """
        return bool(self.incoming.problems)

    @property
    def because(self) -> str:
        """The evidence as one line for people."""
        return "; ".join(map(str, self.evidence))

    def with_opt_out(self, opt_out: OptOut | None) -> "Verdict":
        """The same with a wish for silence."""
        return replace(self, opt_out=opt_out)

    @property
    def meeting_status(self) -> MeetingStatus:
        """What becomes of the meeting that a calendar mail is about."""
        return next((each.meaning for each in self.events), MeetingStatus.NONE)
