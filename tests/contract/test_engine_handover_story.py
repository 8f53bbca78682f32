"""What a rep is told about somebody whom they have never met."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_prospect
from foreign_mails import a_mail
from stage import DAY, SLUG, Stage, a_loaded

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.handover_record import Record
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.domain.task import TaskEvent, TaskKind
from sequencer.engine.handover_story import FIRST_LINES, first_lines, record_of
from sequencer.mail.unsubscribe import make_token, unsubscribe_url
from sequencer.store import bookings, meetings, tasks
from sequencer.store.meetings import Meeting
from sequencer.store.tasks import NewTask

ZOE = "zoe@bank.example"
OMAR = Rep("omar", "Omar Haddad", "omar@field.example", ZoneInfo("America/New_York"))
LINK = unsubscribe_url("https://seller.example", make_token(bytes(16), [b"a key"]))


def record(stage: Stage, **changes: Any) -> Record:
    """What Omar is told of a meeting with Zoe."""
    meeting = Meeting(
        source="generic",
        meeting_key="m1",
        previous_key="",
        state=MeetingState.BOOKED,
        email=ZOE,
        prospect_id=stage.person(ZOE),
        starts_at=NOON + 9 * DAY,
        title="First\u202e talk\r\nBcc: x",
        verified=True,
    )
    meeting = replace(meeting, **changes)
    meeting = replace(meeting, id=stage.write(meetings.add, meeting, stage.clock.now()))
    event = BookingEvent(
        BookingKind.BOOKED, "generic", "d1", "m1", remarks="We are twelve\n\n\u2028people"
    )
    stage.write(bookings.add, meeting.id, event, stage.clock.now())
    made: Record = stage.read(record_of, stage.desk, meeting, OMAR, stage.clock.now())
    return made


@pytest.fixture
async def told(each_stage: Stage) -> Record:
    """What is told of somebody who had two mails, answered, and was called."""
    stage = each_stage
    stage.apply(a_loaded())
    stage.bring_in(a_prospect(email=ZOE, phone="+49 30 1", owner="luis", title="CFO"))
    stage.enroll(ZOE)
    await stage.work()
    await stage.work(3 * DAY)
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    answer = a_mail(
        f"From: Zoe <{ZOE}>",
        "To: ana@seller.example",
        f"In-Reply-To: {sent}",
        text="Yes, I am interested. Call me.\n\nOn Monday you wrote:\n> Hello",
    )
    stage.inboxes["ana"].deliver(answer)
    await stage.work(2 * timedelta(minutes=1))
    stored, whose = stage.stored(ZOE), stage.person(ZOE)
    made = NewTask(whose, TaskKind.CALL, "ana", "Call", NOON)
    number = stage.write(tasks.add, made, NOON)
    values = {"note": "likes\x1b[31m tables", "ended_at": NOON + DAY, "ended_by": "ana"}
    stage.write(tasks.move, number, TaskEvent.DO, disposition="connected", **values)
    return record(stage, enrollment_id=stored.id)


def test_the_timeline(told: Record) -> None:
    """Mails both ways in order, with their first lines and no link to opt out by; the intent."""
    assert [each.what for each in told.timeline] == ["we wrote", "we wrote", "they wrote"]
    first, bump, reply = told.timeline
    assert first.said == "A question about Bank Example\nHello Zoë,"
    assert "did you see my mail?" in bump.said
    assert reply.said.startswith("Yes, I am interested. Call me.")
    assert "Hello" not in reply.said
    assert told.intent == "meeting_proposal"
    assert not any("/u/" in each.said for each in told.timeline)


def test_the_rest(told: Record) -> None:
    """Calls with their notes, the cadence and its owner, what was booked, where the person is."""
    [call] = told.calls
    assert (call.what, call.said) == ("call by ana: connected", "likes [31m tables")
    assert (told.cadence, told.inside_rep, told.client) == ("First contact", "Luis", "")
    assert told.notes == "We are twelve\npeople"
    assert told.title == "First talk Bcc: x"
    assert (told.person_tz, told.rep_tz) == ("Europe/Berlin", "America/New_York")
    assert (told.phone, told.position, told.country) == ("+49 30 1", "CFO", "DE")


def test_somebody_of_whom_nothing_is_known(stage: Stage) -> None:
    """A record without a story is one all the same."""
    stage.bring_in(a_prospect(email=ZOE, timezone="Mars/Base", first_name="", last_name=""))
    told = record(stage, tz="Not/AZone")
    assert (told.person, told.email, told.person_tz) == ("", ZOE, "")
    assert told.timeline == told.calls == ()
    assert told.cadence == told.intent == told.inside_rep == ""


def test_the_zone_of_the_booking_counts(stage: Stage) -> None:
    """Where somebody books from says more than where they were imported from."""
    stage.bring_in(a_prospect(email=ZOE))
    assert record(stage, tz="Asia/Tokyo").person_tz == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("One\n\n  Two  words\t\r\nThree\n", "One\nTwo words\nThree"),
        ("1\n2\n3\n4", "1\n2\n3 ..."),
        (f"Hello\nNo more mail: {LINK}\nBye", "Hello\nBye"),
        ("x" * 500, f"{'x' * 196} ..."),
        ("a\ud800b", "a?b"),
    ],
)
def test_first_lines(text: str, said: str) -> None:
    """A few lines that are not empty, none too long, and never a way to opt somebody out."""
    assert first_lines(text) == said
    assert len(said.splitlines()) <= FIRST_LINES


async def test_what_is_stored_can_be_mailed(stage: Stage) -> None:
    """The slug of the cadence is no part of what a rep reads."""
    stage.begin(ZOE)
    await stage.work()
    assert SLUG not in str(record(stage, enrollment_id=stage.stored(ZOE).id))
