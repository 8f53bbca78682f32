"""Tell a rep of a meeting by mail: composed here, sent by the mailbox as a notice.

What has not left yet when the next one is written never leaves: a rep is told how things stand, and
not all that they have been through.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sequencer.domain.handover_record import Record, from_json
from sequencer.domain.rep import Rep
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.handover_story import enrolled_for
from sequencer.engine.handover_trouble import TITLE, once_key
from sequencer.engine.inside_rep import inside_rep
from sequencer.engine.matter import bring_up
from sequencer.engine.notice_kind import NoticeKind
from sequencer.engine.policy import MailboxPolicy
from sequencer.engine.tasks import Matter
from sequencer.mail.calendar_text import Event, Method
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox
from sequencer.mail.handover_letter import Letter, News, short_text, title_of, written
from sequencer.mail.handover_link import handover_token, handover_url
from sequencer.mail.invitation import Invitation, make_invitation
from sequencer.mail.message_id import make_message_id, make_ref
from sequencer.store import enrollments, handovers, meetings, notices, prospects
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.handovers import Handover
from sequencer.store.notices import Notice

PREFIX: Final = "handover-"
USUAL: Final = timedelta(minutes=30)  # what a meeting takes whose end nobody told
END: Final = "end"
_FIRST: Final = 0
_METHODS: Final = {
    News.OFFER: Method.REQUEST,
    News.MOVED: Method.REQUEST,
    News.CHANGED: Method.REQUEST,
    News.CALLED_OFF: Method.CANCEL,
    News.PASSED_ON: Method.CANCEL,
}


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that a rep is to be told about a handover as it is now."""

    handover: Handover
    rep: Rep
    news: News
    known_by: str
    because: str = ""


def request_key(handover: Handover, revision: int) -> str:
    """What the invitation of that revision is known by."""
    return once_key(handover.key, str(revision))


def end_key(handover: Handover) -> str:
    """What the mail is known by that takes a meeting back."""
    return once_key(handover.key, END)


def has_heard(connection: Connection, handover: Handover) -> bool:
    """Whether the rep may have been told of it; what waits still is withdrawn.

    Also where it had another number then: a meeting that goes on as another one keeps its UID.
    """
    keys = [
        request_key(each, revision)
        for each in handovers.with_uid(connection, handover.uid)
        for revision in range(each.revision + 1)
    ]
    waiting = [
        each.once_key
        for each in notices.fates(connection, keys)
        if each.handed_at is None and each.ended_at is None
    ]
    notices.withdraw(connection, *waiting)
    return any(each.handed_at is not None for each in notices.fates(connection, keys))


def tell(connection: Connection, desk: Desk, telling: Telling, now: datetime) -> bool:
    """Whether a mail to the rep waits now; where none can be written, a person is asked."""
    handover = telling.handover
    meeting = meetings.get(connection, handover.meeting_id)
    if meeting is None or meeting.prospect_id is None:
        return False
    client = from_json(handover.record).client
    told = enrolled_for(connection, desk, meeting.prospect_id, client)
    mailbox = _mailbox(connection, desk, meeting.enrollment_id, told)
    problem = "no mailbox is in the settings"
    if mailbox is not None:
        reply_to = _reply_to(connection, desk, mailbox, meeting.prospect_id, told)
        try:
            data = _composed(desk, telling, mailbox, reply_to, now)
        except ComposeError as error:
            problem = str(error)
        else:
            kind = NoticeKind.REMINDER if telling.news is News.REMINDER else NoticeKind.HANDOVER
            recipient = telling.rep.address
            notice = Notice(telling.known_by, kind, mailbox.name, recipient, data, now)
            return notices.queue(connection, notice)
    about = f"The mail to {telling.rep.name} cannot be written: {problem}."
    bring_up(connection, meeting.prospect_id, Matter(TaskKind.REVIEW, TITLE, about), now)
    return False


def letter_of(desk: Desk, telling: Telling, now: datetime) -> Letter:
    """What the mail says."""
    handover, policy = telling.handover, desk.policy
    token = handover_token(handover.key, policy.keys)
    return Letter(
        news=telling.news,
        record=from_json(handover.record),
        tz=telling.rep.tz,
        now=now,
        because=telling.because,
        url=handover_url(policy.public_url, token) if policy.public_url else "",
        answer_by_at=handover.answer_by_at,
    )


def _composed(
    desk: Desk, telling: Telling, mailbox: MailboxPolicy, reply_to: Mailbox | None, now: datetime
) -> bytes:
    handover, salt = telling.handover, desk.policy.salt
    letter = letter_of(desk, telling, now)
    said, domain = written(letter), mailbox.address.rpartition("@")[2]
    first = once_key(handover.key, str(_FIRST))
    known_by = telling.known_by
    thread = make_message_id(first, PREFIX, salt, domain) if known_by != first else ""
    sender = Mailbox(mailbox.address, mailbox.sender_name)
    mail = Invitation(
        sender=sender,
        recipient=Mailbox(telling.rep.address, telling.rep.person),
        subject=said.subject,
        text=said.text,
        html=said.html,
        date=now,
        message_id=make_message_id(known_by, PREFIX, salt, domain),
        ref=f"{PREFIX}{make_ref(known_by, PREFIX, salt)}",
        reply_to=reply_to,
        answers=thread,
        event=_event(telling, letter, sender, desk, now),
    )
    return make_invitation(mail)


def _event(
    telling: Telling, letter: Letter, sender: Mailbox, desk: Desk, now: datetime
) -> Event | None:
    """The meeting for the rep's calendar; none where it has no time, or nothing changes in it.

    The rep alone is asked: the person's own invitation is that of the booking.
    """
    record, method = letter.record, _METHODS.get(telling.news)
    if record.starts_at is None or method is None:
        return None
    place = record.place or record.link
    return Event(
        method=method,
        uid=telling.handover.uid,
        revision=telling.handover.revision,
        stamp_at=now,
        organizer=sender,
        attendee=Mailbox(telling.rep.address, telling.rep.person),
        title=title_of(record),
        starts_at=record.starts_at,
        ends_at=_end_of(record),
        description=short_text(letter),
        place=place,
        link=record.link,
        alarms=desk.policy.handover.remind_before,
    )


def _end_of(record: Record) -> datetime | None:
    if record.starts_at is None:
        return None
    stated = record.ends_at
    return stated if stated and stated > record.starts_at else record.starts_at + USUAL


def _mailbox(
    connection: Connection,
    desk: Desk,
    enrollment_id: int | None,
    told: Sequence[StoredEnrollment],
) -> MailboxPolicy | None:
    """Which mailbox tells the rep: the one of the settings, else of the enrollment, else any."""
    mailboxes = desk.policy.mailboxes
    names = [desk.policy.handover.mailbox]
    if enrollment_id is not None:
        names.append(enrollments.get(connection, enrollment_id).enrollment.mailbox or "")
    names += [each.enrollment.mailbox or "" for each in told]
    return next(
        (mailboxes[name] for name in [*names, *sorted(mailboxes)] if name in mailboxes), None
    )


def _reply_to(
    connection: Connection,
    desk: Desk,
    mailbox: MailboxPolicy,
    prospect_id: int,
    told: Sequence[StoredEnrollment],
) -> Mailbox | None:
    """The inside rep, who knows the person; None where the sender is theirs.

    Of those enrollments alone of which the rep may know.
    """
    person = prospects.get(connection, prospect_id).prospect
    found = inside_rep(desk.policy, person, told)
    return found if found is not None and found.address != mailbox.address else None
