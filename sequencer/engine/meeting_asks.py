"""What a person is asked about a meeting: whose it is, and how it went."""

import re
from datetime import datetime, timedelta

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.booking import ON, BookingKind
from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.meeting import MeetingState
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.matter import bring_up
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_credit import CreditedBy, is_known
from sequencer.engine.tasks import Matter, close_matter
from sequencer.store import bookings, enrollments, meetings, prospects, tasks
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

WHOSE = "Whose meeting is it?"
SAME = "Is this the same person?"
HOW = "How did the meeting go?"
AFTER = timedelta(hours=1)  # after its end, in which most tools tell
TOO_LATE = timedelta(days=30)  # after which nobody remembers
MOST_NAMED = 5  # people of a company that a task names
MOST_ASKED = 50  # meetings at a time
MOST_PEOPLE = 500  # of a company that are looked at

_BEGINS = ON | {BookingKind.REQUESTED}


def ask_whose(connection: Connection, change: MeetingChange, now: datetime) -> None:
    """Ask whose meeting it is that somebody booked whose address nobody has."""
    meeting = change.meeting
    email = meeting.email if key_of(meeting.email) else ""
    if change.event.kind not in _BEGINS or not email or is_known(connection, email):
        return
    if meeting.credited_by == CreditedBy.LINK and meeting.prospect_id:
        hers = prospects.get(connection, meeting.prospect_id).prospect.email
        about = (
            f"{email} has booked meeting {meeting.id} by the link that was sent to {hers}. If both "
            f"are one person, `sequencer meeting credit {meeting.id} {hers}` keeps the address."
        )
        bring_up(connection, meeting.prospect_id, Matter(TaskKind.REVIEW, SAME, about), now)
    elif meeting.prospect_id is None:
        _ask_company(connection, meeting, email, now)


def _ask_company(connection: Connection, meeting: Meeting, email: str, now: datetime) -> None:
    """Ask whoever has to do with the company; the meeting itself makes nobody stop."""
    domain = domain_of(email)
    if is_free_mail(domain):
        return
    numbers = prospects.ids_at(connection, domain)[-MOST_PEOPLE:]
    enrolled = {
        number: every[0].id
        for number in numbers
        if (every := enrollments.of_prospect(connection, number))
    }
    newest = sorted(enrolled, key=lambda number: -enrolled[number])[:MOST_NAMED]
    if not newest:
        return
    named = prospects.get_many(connection, newest)
    names = ", ".join(named[number].prospect.email for number in newest)
    about = (
        f"{email} has booked meeting {meeting.id}, and nobody has that address; known at the "
        f"company: {names}. `sequencer meeting credit {meeting.id} PROSPECT` says whose it is."
    )
    bring_up(connection, newest[0], Matter(TaskKind.REVIEW, WHOSE, about), now)


def ask_whose_no_more(connection: Connection, meeting: Meeting, why: str, now: datetime) -> None:
    """Close what is open about whose meeting it is."""
    domain = domain_of(meeting.email)
    people = prospects.ids_at(connection, domain)[-MOST_PEOPLE:] if domain else []
    for person in {*people, *([meeting.prospect_id] if meeting.prospect_id else [])}:
        _close(connection, person, {WHOSE, SAME}, meeting.id, why, now)


def ask_how(connection: Connection, _desk: Desk, number: int, now: datetime) -> bool:
    """Whether somebody is asked how a meeting went that should be over."""
    bookings.lock(connection)
    meeting = meetings.get(connection, number)
    if meeting is None or meeting.state is not MeetingState.BOOKED or not meeting.prospect_id:
        return False
    if meeting.asked_at is not None:
        return False
    meetings.asked(connection, number, now)
    about = (
        f"Nobody has told how meeting {number} went: `sequencer meeting held {number}`, or "
        f"`sequencer meeting no-show {number}`."
    )
    return bring_up(connection, meeting.prospect_id, Matter(TaskKind.REVIEW, HOW, about), now)


def to_ask_how(connection: Connection, now: datetime) -> list[int]:
    """Numbers of the meetings that are over, and of which nobody has told how they went."""
    return meetings.to_ask_about(connection, now - AFTER, now - TOO_LATE, MOST_ASKED)


def ask_how_no_more(connection: Connection, change: MeetingChange, why: str, now: datetime) -> None:
    """Close the question how a meeting went once that was told, or it was moved."""
    meeting, was = change.meeting, change.was
    if was is None or was.asked_at is None or not meeting.prospect_id:
        return
    if meeting.state is MeetingState.BOOKED and meeting.asked_at is not None:
        return
    _close(connection, meeting.prospect_id, {HOW}, meeting.id, why, now)


def _close(
    connection: Connection, person: int, titles: set[str], number: int, why: str, now: datetime
) -> None:
    named = re.compile(rf"meeting {number}\b")
    for task in tasks.open_matters(connection, person, TaskKind.REVIEW):
        if task.title in titles and named.search(task.about):
            close_matter(connection, task, why, now)
