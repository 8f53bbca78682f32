"""A machine answered: its owner is away, has left, has moved, or the mail has just arrived.

A machine's answer is nobody's reply. It counts in no figure of replies, and stops nothing for good
but where it says that the person is gone.
"""

from datetime import datetime

from sequencer.domain.delay import add_delay
from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.task import TaskKind
from sequencer.domain.wall_time import instant_of
from sequencer.engine.heard import Heard
from sequencer.engine.matter import bring_up
from sequencer.engine.tasks import Matter
from sequencer.engine.triage_hold import ANOTHER_ADDRESS
from sequencer.mail.auto_reply import AutoReply, AutoReplyType
from sequencer.mail.named_person import NamedPerson

LONG = "Away for long: write to somebody else?"
LEFT = "Has left the company: write to somebody else?"
MOVED = ANOTHER_ADDRESS
SILENCE = "A machine asks for silence: let nothing more leave?"
PERSON = "Has a person written this?"


def machine_answered(heard: Heard) -> None:
    """Act on an automatic answer, by what it tells."""
    notice = heard.verdict.auto_reply
    if heard.verdict.opt_out is not None:
        heard.ask(SILENCE)
    match notice.type if notice is not None else AutoReplyType.OUT_OF_OFFICE:
        case AutoReplyType.LEFT_COMPANY:
            heard.stop(FinishReason.REMOVED)
            _bring_up(heard, LEFT, notice)
        case AutoReplyType.MOVED:
            heard.hold(PauseReason.REVIEW, None)
            _bring_up(heard, MOVED, notice)
        case AutoReplyType.ACKNOWLEDGEMENT:
            # A ticket, or word that the mail has arrived: its reader may be there. But a help desk
            # passes on what people write in the same way.
            if notice is not None and not notice.is_told:
                heard.ask(PERSON)
        case AutoReplyType.OUT_OF_OFFICE:
            _wait(heard, notice)


def _wait(heard: Heard, notice: AutoReply | None) -> None:
    resume_at = resume_at_of(heard, notice)
    heard.hold(PauseReason.AUTO_REPLY, resume_at)
    if resume_at is None:
        _bring_up(heard, LONG, notice)


def resume_at_of(heard: Heard, notice: AutoReply | None) -> datetime | None:
    """Begin of the first working day to write again; None where that is too far away to wait for.

    A date that is past says nothing: then it is as if none were told.
    """
    workdays, replies = heard.case.timing.workdays, heard.desk.policy.replies
    returns = notice.returns if notice is not None else None
    if returns is None or returns.resume_on < heard.now.astimezone(workdays.tz).date():
        later = add_delay(heard.now, replies.undated_absence, workdays)
        day = workdays.first_from(later.astimezone(workdays.tz).date())
    else:
        day = workdays.first_from(returns.resume_on)
    resume_at = instant_of(day, 0, workdays.tz)
    return resume_at if resume_at - heard.now <= replies.longest_absence else None


def _bring_up(heard: Heard, title: str, notice: AutoReply | None) -> None:
    contact = notice.contact if notice is not None else None
    named = f"it names {_shown(contact)}" if contact is not None else "it names nobody else"
    about = f"{heard.told}; {named}. Nobody was enrolled. {heard.quoted}"
    matter = Matter(TaskKind.REFERRAL, title, about, inbound_id=heard.number)
    bring_up(heard.connection, heard.case.person.id, matter, heard.now)


def _shown(contact: NamedPerson) -> str:
    return " ".join(filter(None, (contact.name, contact.address and f"<{contact.address}>")))
