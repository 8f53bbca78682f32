"""Whatever happens to a meeting, in whatever order: the calendars of the reps show who has it."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

from builders import NOON
from fakes.fast_database import laid_anew
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from stage import DAY, Stage

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.handover import WITH_SOMEBODY, HandoverState
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.handover_record import from_json
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.engine.handover import follow_meeting, rep_answered
from sequencer.engine.handover_answer import accept_number, refuse_number
from sequencer.engine.meeting_change import MeetingChange
from sequencer.mail.handover_link import handover_token
from sequencer.store import handovers, meetings
from sequencer.store.database import Database
from sequencer.store.handovers import Handover
from sequencer.store.meetings import Meeting

ZOE = "zoe@bank.example"
NAMES = ("omar", "petra", "quinn")
REPS = {
    name: Rep(name, name.title(), f"{name}@field.example", ZoneInfo("Europe/Madrid"))
    for name in NAMES
}
DEEDS = ("move", "cancel", "rebook", "again", "elsewhere", "accept", "refuse", "decline", "wait")
COURSES = st.lists(st.tuples(st.sampled_from(DEEDS), st.booleans()), max_size=10)
Events = dict[str, tuple[int, datetime | None]]


class Course:
    """A meeting and what happens to it; mails leave in between, or not."""

    def __init__(self, database: Database) -> None:
        """It is booked."""
        policy = HandoverPolicy(to=NAMES, answer_within=Delay(1, Unit.DAYS))
        self.stage = Stage(database)
        self.stage.policy = replace(self.stage.policy, reps=REPS, handover=policy)
        self.stage.restart()
        self.stage.begin(ZOE)
        self.declined: set[str] = set()
        self.number = 0
        self.meeting = self._booked(NOON + 200 * DAY)
        self.follow()

    def _booked(self, at: datetime) -> Meeting:
        self.number += 1
        meeting = Meeting(
            source="calendly",
            meeting_key=f"m{self.number}",
            previous_key="",
            state=MeetingState.BOOKED,
            email=ZOE,
            prospect_id=self.stage.person(ZOE),
            starts_at=at,
            verified=True,
        )
        return replace(meeting, id=self.stage.write(meetings.add, meeting, NOON))

    def follow(self, instead_of: Meeting | None = None) -> None:
        """Let the meeting be followed as it is."""
        now, stage = self.stage.clock.now(), self.stage
        stage.write(meetings.save, self.meeting, now)
        told = BookingEvent(BookingKind.BOOKED, "calendly", "d", "m")
        change = MeetingChange(self.meeting, None, told, (), instead_of=instead_of)
        stage.write(follow_meeting, stage.desk, change, now)

    def held(self) -> list[Handover]:
        every: list[Handover] = self.stage.read(handovers.listed)
        return [each for each in every if each.state in WITH_SOMEBODY]

    async def do(self, deed: str) -> None:
        """One thing that happens, where it can."""
        at, now = self.meeting.starts_at or NOON, self.stage.clock.now()
        stands = self.meeting.state is MeetingState.BOOKED
        if deed == "move" and stands:
            self.meeting = replace(self.meeting, starts_at=at + timedelta(hours=1))
        elif deed == "cancel":
            self.meeting = replace(self.meeting, state=MeetingState.CANCELLED)
        elif deed == "rebook":
            self.meeting = replace(self.meeting, state=MeetingState.BOOKED)
        elif deed == "elsewhere":
            old, self.meeting = self.meeting, self._booked(at + timedelta(hours=2))
            gone = replace(old, state=MeetingState.CANCELLED, moved_to=self.meeting.id)
            self.stage.write(meetings.save, gone, now)
            self.follow(instead_of=gone)
        elif deed == "wait":
            await self.stage.work(DAY)
        for each in self.held() if deed in {"accept", "refuse", "decline"} else ():
            self.answer(deed, each)
        self.follow()

    def answer(self, deed: str, handover: Handover) -> None:
        """What whoever has it says."""
        now, stage = self.stage.clock.now(), self.stage
        if deed == "accept":
            stage.write(accept_number, handover.id, handover.rep, now)
        elif deed == "refuse":
            stage.write(refuse_number, stage.desk, handover.id, handover.rep, now)
        else:
            told = (handover.uid, "DECLINED", now, handover.revision)
            assert stage.write(rep_answered, stage.desk, *told)
            self.declined.add(handover.uid)

    def calendar(self, rep: str) -> Events:
        """What a calendar makes of the mails to a rep: the highest revision of each counts."""
        events: Events = {}
        seen: set[tuple[str, int]] = set()
        for mail in self.stage.mailers["ana"].accepted:
            if mail.recipient != REPS[rep].address:
                continue
            parts = message_from_bytes(mail.data).walk()
            [part] = [each for each in parts if each.get_content_type() == "text/calendar"]
            raw = part.get_payload(decode=True)
            assert isinstance(raw, bytes)
            whole = Calendar.from_ical(raw.decode())
            [event] = whole.walk("VEVENT")
            uid, revision = str(event["UID"]), int(event.decoded("SEQUENCE"))
            assert (uid, revision) not in seen
            seen.add((uid, revision))
            assert revision > events.get(uid, (-1, None))[0]
            at = event.decoded("DTSTART") if whole["METHOD"] == "REQUEST" else None
            events[uid] = (revision, at)
        return events


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(course=COURSES)
async def test_calendars_show_who_has_it(
    fast_engine: Database, sqlite_template: Path, course: list[tuple[str, bool]]
) -> None:
    """One rep has it or nobody; their calendar has it once, at its time, and no other's has."""
    with laid_anew(fast_engine, sqlite_template) as database:
        told = Course(database)
        for deed, leaves in course:
            if leaves:
                await told.stage.work()
            await told.do(deed)
            assert len(told.held()) <= 1
        await told.stage.work(timedelta(minutes=1))
        held, every = told.held(), told.stage.read(handovers.listed)
        if told.meeting.state is not MeetingState.BOOKED:
            assert not held
        at = told.meeting.starts_at
        kept = {
            each.uid
            for each in every
            if each.state is HandoverState.LAPSED
            and (each.meeting_id, from_json(each.record).starts_at) == (told.meeting.id, at)
        }
        stays = not held and told.meeting.state is MeetingState.BOOKED
        for name in NAMES:
            shown = {uid: when for uid, (_, when) in told.calendar(name).items() if when}
            due = {each.uid: at for each in held if each.rep == name}
            left = told.declined | (kept if stays else set())
            assert {uid: when for uid, when in shown.items() if uid not in left} == due
        assert all(len(handover_token(each.key, told.stage.policy.keys)) == 35 for each in every)
