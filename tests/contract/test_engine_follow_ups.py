"""What follows from meetings by the rules of cadences: when, for whom, only if it still should."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from typing import Any

import pytest
from builders import NOON, a_prospect
from stage import EVERYBODY, SLUG, Stage, a_loaded

from sequencer.domain.booking import CALENDAR, BookingEvent, BookingKind
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.follow_up import FollowUpState
from sequencer.domain.meeting_rule import MeetingCase
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.task import TaskKind
from sequencer.engine.bookings import take_in
from sequencer.engine.follow_up_deed import NOT_DONE, do_follow_up
from sequencer.engine.follow_up_list import of_meeting
from sequencer.engine.follow_up_undo import RUNS_ON
from sequencer.engine.meeting_proof import NOT_PROVEN
from sequencer.engine.next_event import next_instant
from sequencer.engine.reopen_enrollment import Request, reopen_enrollment
from sequencer.engine.suppress import suppress_address
from sequencer.engine.why import why
from sequencer.store import enrollments, follow_ups, ledger, meetings, prospects, sends, tasks
from sequencer.store.follow_ups import StoredFollowUp
from sequencer.store.tasks import StoredTask

ZOE = "zoe@bank.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS = NOON + 2 * HOUR
AGAIN = "missed-you"
MISSED = {"meeting.no_show": {"enroll": AGAIN}}
CALL = {"meeting.cancelled": {"after": "1 business_day", "task": "call"}}
K = BookingKind


def tell(stage: Stage, kind: BookingKind, key: str = "m1", **more: Any) -> None:
    """Let a booking tool tell that of Zoe's meeting."""
    now = stage.clock.now()
    event = BookingEvent(
        kind=kind,
        source="calcom",
        delivery_key=f"{kind} {key} {now}",
        meeting_key=key,
        email=ZOE,
        starts_at=STARTS,
        occurred_at=now,
        verified=True,
    )
    told = {name: getattr(event, name) for name in event.__slots__} | more
    stage.write(take_in, stage.desk, BookingEvent(**told), now)


def begin(stage: Stage, on: dict[str, Any], again: dict[str, Any] | None = None) -> None:
    """Zoe is in a cadence with these rules; `missed-you` is another that may follow."""
    other = {"cadence": AGAIN, "audience": EVERYBODY, "on": {}} | (again or {})
    stage.apply(a_loaded(on=on), a_loaded(**other))
    stage.bring_in(ZOE)
    [answer] = stage.enroll(ZOE)
    assert answer.enrolled


def rows(stage: Stage) -> list[StoredFollowUp]:
    found: list[StoredFollowUp] = stage.read(follow_ups.of_person, stage.person(ZOE))
    return found


def states(stage: Stage) -> list[FollowUpState]:
    return [row.state for row in rows(stage)]


def asked(stage: Stage) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.listed)
    return found


def ends(stage: Stage) -> dict[str, FinishReason | EnrollmentState]:
    """By cadence, how the newest enrollment ended, or where it stands."""
    every = stage.read(enrollments.of_prospect, stage.person(ZOE))
    return {
        each.slug: each.enrollment.finish_reason or each.enrollment.state
        for each in reversed(every)
    }


async def missed(stage: Stage, on: dict[str, Any] | None = None) -> None:
    """Zoe has had a mail, booked, and has not come; what is due at once was done."""
    begin(stage, on or MISSED)
    await stage.work()
    tell(stage, K.BOOKED)
    await stage.work(3 * HOUR)
    tell(stage, K.NO_SHOW)
    await stage.work()


async def test_a_cadence_begins_after_a_no_show(each_stage: Stage) -> None:
    """Who has not come gets the mails of the cadence that the rule names, each once."""
    stage = each_stage
    await missed(stage)
    assert states(stage) == [FollowUpState.DONE]
    assert ends(stage) == {SLUG: FinishReason.MEETING_BOOKED, AGAIN: EnrollmentState.ACTIVE}
    assert asked(stage) == []
    for _ in range(3):
        await stage.work(5 * DAY)
    assert len(stage.mails(ZOE)) == 1 + 3
    assert ends(stage)[AGAIN] is FinishReason.COMPLETED
    assert stage.timeline(ZOE).count("follow_up") == 2  # planned, done
    assert stage.verify().clean


async def test_by_default_a_person_is_asked(each_stage: Stage) -> None:
    """Where no rule is written nothing is sent: one task, at once, and once however often told."""
    stage = each_stage
    await missed(stage, {"meeting.held": {"task": "letter"}})
    tell(stage, K.NO_SHOW, delivery_key="told again")
    await stage.work(30 * DAY)
    [task] = asked(stage)
    assert (task.title, task.kind) == ("Nobody came to the meeting", TaskKind.REVIEW)
    assert f"sequencer reopen {ZOE}" in task.about
    assert len(stage.mails(ZOE)) == 1
    tell(stage, K.NO_SHOW_UNDONE)
    assert asked(stage) == []
    assert states(stage) == [FollowUpState.UNDONE]


async def test_nothing_follows_from_what_went_well(each_stage: Stage) -> None:
    """A booked and a held meeting ask nobody for anything, unless a rule says so."""
    begin(each_stage, CALL)
    tell(each_stage, K.BOOKED)
    tell(each_stage, K.HELD)
    await each_stage.work(30 * DAY)
    assert (rows(each_stage), asked(each_stage)) == ([], [])


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (datetime(2026, 3, 5, 9, tzinfo=UTC), datetime(2026, 3, 6, 9, tzinfo=UTC)),
        (datetime(2026, 3, 6, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)),
        (datetime(2026, 4, 2, 9, tzinfo=UTC), datetime(2026, 4, 7, 9, tzinfo=UTC)),  # Easter
        (datetime(2026, 3, 28, 9, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)),  # summer
    ],
)
async def test_delays_count_in_the_prospects_calendar(
    each_stage: Stage, at: datetime, due: datetime
) -> None:
    """A business day passes weekends and the holidays of the prospect, on their clock."""
    stage = each_stage
    begin(stage, CALL)
    tell(stage, K.BOOKED)
    stage.clock.advance(at - NOON)
    tell(stage, K.CANCELLED)
    [row] = rows(stage)
    assert (row.state, row.due_at) == (FollowUpState.WAITING, due)
    assert stage.read(next_instant, stage.desk, at) == due
    await stage.work(due - at - timedelta(seconds=1))
    assert asked(stage) == []
    await stage.work(timedelta(seconds=1))
    [task] = asked(stage)
    assert (task.kind, task.title) == (TaskKind.CALL, "Call: the meeting was cancelled")
    assert task.assignee == "ana"


async def test_the_host_is_another_case(each_stage: Stage) -> None:
    """What the host cancels is no matter of the rule about what the invitee cancels."""
    begin(each_stage, CALL)
    tell(each_stage, K.BOOKED)
    tell(each_stage, K.CANCELLED, cancelled_by="host")
    [task] = asked(each_stage)
    assert (task.kind, task.due_at) == (TaskKind.REVIEW, NOON + DAY)
    await each_stage.work(9 * DAY)
    assert len(asked(each_stage)) == 1


@pytest.mark.parametrize("kind", [K.BOOKED, K.RESCHEDULED])
@pytest.mark.parametrize("after", [HOUR, 20 * HOUR])
async def test_booked_again_in_time(each_stage: Stage, kind: BookingKind, after: timedelta) -> None:
    """What waits is dropped with its reason where the meeting is on again, or was moved."""
    stage = each_stage
    begin(stage, CALL)
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    stage.clock.advance(after)
    tell(stage, kind, "m2", previous_key="m1", starts_at=STARTS + 9 * DAY)
    [row] = rows(stage)
    assert row.state is FollowUpState.DROPPED
    assert row.why
    await stage.work(5 * DAY)
    assert asked(stage) == []
    assert stage.verify().clean


async def test_another_meeting_in_its_place(each_stage: Stage) -> None:
    """A meeting that was booked anew within the grace time is the same, moved."""
    stage = each_stage
    begin(stage, {"meeting.cancelled": {"after": "3 days", "enroll": AGAIN}})
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    stage.clock.advance(HOUR)
    tell(stage, K.BOOKED, "m2", starts_at=STARTS + 9 * DAY)
    assert states(stage) == [FollowUpState.DROPPED]


async def test_another_meeting_is_coming(each_stage: Stage) -> None:
    """Nothing follows from a meeting that fell through where they have another one."""
    stage = each_stage
    begin(stage, {"meeting.cancelled": {"after": "3 days", "enroll": AGAIN}})
    tell(stage, K.BOOKED, "m2", starts_at=STARTS + 9 * DAY)
    stage.clock.advance(2 * DAY)
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    assert (rows(stage), asked(stage)) == ([], [])


async def test_a_no_show_that_is_taken_back_before_a_mail(each_stage: Stage) -> None:
    """What began is removed where nothing has left; and begins anew where they were missing."""
    stage = each_stage
    hours = {"window": {"mon-fri": ["08:00-10:00"]}, "timezone": "workspace", "jitter_minutes": 0}
    begin(stage, MISSED, {"schedule": hours})
    await stage.work()
    tell(stage, K.BOOKED)
    await stage.work(3 * HOUR)
    tell(stage, K.NO_SHOW)
    await stage.work()
    assert ends(stage)[AGAIN] is EnrollmentState.ACTIVE
    await stage.work(HOUR)
    tell(stage, K.NO_SHOW_UNDONE)
    assert ends(stage)[AGAIN] is FinishReason.REMOVED
    assert states(stage) == [FollowUpState.UNDONE]
    await stage.work(30 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert asked(stage) == []
    tell(stage, K.NO_SHOW)
    await stage.work()
    assert ends(stage)[AGAIN] is EnrollmentState.ACTIVE
    assert len(stage.read(enrollments.of_prospect, stage.person(ZOE))) == 2
    assert stage.verify().clean


async def test_a_no_show_that_is_taken_back_too_late(each_stage: Stage) -> None:
    """What has reached the person goes on, and a task says so."""
    stage = each_stage
    await missed(stage)
    await stage.work(DAY)
    assert len(stage.mails(ZOE)) == 2
    tell(stage, K.NO_SHOW_UNDONE)
    assert ends(stage)[AGAIN] is EnrollmentState.ACTIVE
    [task] = asked(stage)
    assert (task.title, f"sequencer stop {ZOE}" in task.about) == (RUNS_ON, True)


async def test_it_goes_on_at_the_next_step(each_stage: Stage) -> None:
    """A rule re-opens what the meeting had ended: each step once, in the thread it was in."""
    stage = each_stage
    await missed(stage, {"meeting.no_show": {"reopen": "next_step"}})
    assert ends(stage) == {SLUG: EnrollmentState.ACTIVE}
    for _ in range(4):
        await stage.work(4 * DAY)
    mails = stage.mails(ZOE)
    assert [send.step_id for send in stage.sends(ZOE)] == ["intro", "bump", "last-mail"]
    assert len(mails) == 3
    assert mails[1]["In-Reply-To"] == mails[0]["Message-ID"]
    assert stage.verify().clean


async def test_what_went_on_ends_again(each_stage: Stage) -> None:
    """Taken back, a no-show ends again what it had let go on, as the meeting did before."""
    stage = each_stage
    await missed(stage, {"meeting.no_show": {"reopen": "next_step"}})
    tell(stage, K.NO_SHOW_UNDONE)
    assert ends(stage) == {SLUG: FinishReason.MEETING_BOOKED}
    await stage.work(30 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert asked(stage) == []
    assert stage.verify().clean


async def test_a_refusal_is_left_to_a_person(each_stage: Stage) -> None:
    """Where the gate is against it nothing begins, and a task says why."""
    stage = each_stage
    audience = {**EVERYBODY, "min_days_since_touch": 7}
    begin(stage, MISSED, {"audience": audience})
    await stage.work()
    tell(stage, K.BOOKED)
    await stage.work(3 * HOUR)
    tell(stage, K.NO_SHOW)
    await stage.work()
    assert AGAIN not in ends(stage)
    [task] = asked(stage)
    assert (task.title, "touched_too_recently" in task.about) == (NOT_DONE, True)
    [row] = rows(stage)
    assert "touched_too_recently" in row.why
    tell(stage, K.NO_SHOW_UNDONE)
    assert asked(stage) == []


async def test_a_cadence_that_nobody_knows(each_stage: Stage) -> None:
    """A rule that names a cadence that was not applied leaves a task."""
    await missed(each_stage, {"meeting.no_show": {"enroll": "not-there"}})
    [task] = asked(each_stage)
    assert "no cadence not-there" in task.about


async def test_a_mail_in_doubt(each_stage: Stage) -> None:
    """A rule has not looked whether a mail has left: that is for a person, the prospect's owner."""
    stage = each_stage
    begin(stage, {"meeting.cancelled": {"after": "1 day", "reopen": "next_step"}})
    number = stage.sends(ZOE)[0].id
    stage.write(sends.move, [number], SendEvent.PARK)
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    stage.write(prospects.set_owner, stage.person(ZOE), "luis", stage.clock.now())
    await stage.work(DAY)
    [task] = asked(stage)
    assert (task.title, task.assignee) == (NOT_DONE, "luis")
    assert "may have left" in task.about
    assert stage.sends(ZOE)[0].state is SendState.PARKED


async def test_what_no_meeting_has_ended(each_stage: Stage) -> None:
    """Nothing goes on that ended otherwise, or that somebody has let go on already."""
    stage = each_stage
    begin(stage, {"meeting.cancelled": {"after": "1 day", "reopen": "next_step"}})
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    now = stage.clock.now()
    wanted = Request(ZOE, "Eva", "she called")
    stage.write(reopen_enrollment, stage.desk, wanted, now)
    await stage.work(DAY)
    [task] = asked(stage)
    assert "no meeting has ended fintech-intro, it is active" in task.about
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


NO_SHOW = {
    "meeting.no_show": [{"enroll": AGAIN}, {"after": "2 hours", "task": "call"}],
    "meeting.cancelled": {"after": "1 hour", "reopen": "next_step"},
    "meeting.held": {"task": "letter"},
}
SERIES = [
    [(K.BOOKED, "m1"), (K.NO_SHOW, "m1")],
    [(K.BOOKED, "m1"), (K.NO_SHOW, "m1"), (K.NO_SHOW_UNDONE, "m1")],
    [(K.BOOKED, "m1"), (K.HELD, "m1"), (K.NO_SHOW, "m1")],
    [(K.BOOKED, "m1"), (K.CANCELLED, "m1")],
    [(K.BOOKED, "m1"), (K.CANCELLED, "m1"), (K.RESCHEDULED, "m2")],
    [(K.REQUESTED, "m1"), (K.REJECTED, "m1")],
]


@pytest.mark.parametrize("number", range(len(SERIES)))
async def test_any_order_comes_to_the_same(number: int, stage: Stage) -> None:
    """Whatever is told first, and however often: the same follows, and the same is taken back."""
    series = SERIES[number]
    people = [f"p{at}@bank.example" for at in range(len(list(permutations(series))))]
    stage.apply(a_loaded(on=NO_SHOW), a_loaded(cadence=AGAIN, audience=EVERYBODY, on={}))
    stage.bring_in(*people)
    stage.enroll(*people)
    now, came_to = stage.clock.now(), set()
    for who, order in zip(people, permutations(range(len(series))), strict=True):
        for at in (*order, order[0]):
            kind, key = series[at]
            event = BookingEvent(
                kind=kind,
                source="calcom",
                delivery_key=f"{who} {at}",
                meeting_key=f"{who} {key}",
                previous_key=f"{who} m1" if key == "m2" else "",
                email=who,
                starts_at=STARTS + (DAY if key == "m2" else timedelta(0)),
                occurred_at=NOON + timedelta(minutes=at),
                verified=True,
            )
            stage.write(take_in, stage.desk, event, now)
    await stage.work()
    for _ in range(3):
        await stage.work(4 * HOUR)
    for who in people:
        person = stage.person(who)
        every = stage.read(follow_ups.in_force, person)
        follows = sorted((str(row.rule), str(row.state)) for row in every)
        open_tasks = sorted(task.title for task in asked(stage) if task.prospect_id == person)
        ended = sorted(
            (each.slug, str(each.enrollment.finish_reason or each.enrollment.state))
            for each in stage.read(enrollments.of_prospect, person)
        )
        mails = len(stage.mails(who))
        came_to.add((tuple(follows), tuple(open_tasks), tuple(ended), mails))
    assert len(came_to) == 1
    assert stage.verify().clean


async def test_another_rep(each_stage: Stage) -> None:
    """A rule may give the person and the task to somebody else; undone, both go back."""
    stage = each_stage
    on = {"meeting.no_show": [{"task": "call", "assign": "luis"}, {"task": "letter"}]}
    await missed(stage, on)
    assert {(task.kind, task.assignee) for task in asked(stage)} == {
        (TaskKind.CALL, "luis"),
        (TaskKind.LETTER, "luis"),
    }
    owner = stage.read(prospects.get, stage.person(ZOE)).prospect.owner
    assert owner == "luis"
    tell(stage, K.NO_SHOW_UNDONE)
    assert asked(stage) == []
    assert stage.read(prospects.get, stage.person(ZOE)).prospect.owner == ""


async def test_each_is_done_once(each_stage: Stage) -> None:
    """Two daemons that find the same work do it once, and neither does it too soon."""
    stage = each_stage
    begin(stage, {"meeting.no_show": {"after": "1 hour", "task": "call"}})
    tell(stage, K.BOOKED)
    tell(stage, K.NO_SHOW)
    [row] = rows(stage)
    now = stage.clock.now()
    assert not stage.write(do_follow_up, stage.desk, row.id, now)
    assert stage.write(do_follow_up, stage.desk, row.id, now + HOUR)
    assert not stage.write(do_follow_up, stage.desk, row.id, now + HOUR)
    assert len(asked(stage)) == 1


async def test_one_that_fails_is_put_out_of_the_way(each_stage: Stage) -> None:
    """A follow-up at which the engine fails is tried again later, and keeps nothing back."""
    stage = each_stage
    begin(stage, {"meeting.no_show": [{"enroll": AGAIN}, {"task": "call"}]})
    tell(stage, K.BOOKED)
    tell(stage, K.NO_SHOW)
    with stage.database.write() as connection:
        newest = "UPDATE cadence_version SET document = '{}' WHERE slug = 'missed-you'"
        connection.exec_driver_sql(newest)
    stage.forget_versions()
    await stage.work()
    [begins, asks] = rows(stage)
    assert (begins.state, begins.due_at) == (FollowUpState.WAITING, NOON + HOUR)
    assert "internal error" in begins.why
    assert asks.state is FollowUpState.DONE


async def test_it_is_shown(each_stage: Stage) -> None:
    """What is to follow stands in `why`, and what has followed with the meeting."""
    stage = each_stage
    begin(stage, CALL)
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    report = stage.read(why, stage.desk, ZOE, stage.clock.now())
    [told] = report.follow_ups
    assert (told.case, told.what) == (MeetingCase.CANCELLED, "ask for a call")
    assert (told.state, told.due_at) == (FollowUpState.WAITING, NOON + DAY)
    [meeting] = stage.read(meetings.of_person, stage.person(ZOE))
    await stage.work(DAY)
    [view] = stage.read(of_meeting, meeting.id)
    assert view.sentence == f"ask for a call, by the rule of {SLUG}, for {ZOE}: done"
    assert (view.due_at, view.cadence) == (NOON + DAY, SLUG)
    said = [
        entry.detail
        for entry in stage.read(ledger.of_prospect, stage.person(ZOE))
        if entry.kind == "follow_up"
    ]
    assert said == [
        f"ask for a call on 2026-03-04 12:00 UTC, by the rule of {SLUG} for meeting.cancelled",
        f"ask for a call, by the rule of {SLUG}: done",
    ]


def names(found: Sequence[StoredTask]) -> list[str]:
    return [task.title for task in found]


async def test_who_answers_meanwhile_is_left_alone(each_stage: Stage) -> None:
    """An answer after the meeting fell through keeps the rule from beginning anything."""
    stage = each_stage
    begin(stage, {"meeting.cancelled": {"after": "1 day", "enroll": AGAIN}})
    await stage.work()
    tell(stage, K.BOOKED)
    tell(stage, K.CANCELLED)
    sent = stage.mails(ZOE)[0]["Message-ID"]
    answer = (
        f"From: {ZOE}\r\nTo: ana@seller.example\r\nSubject: Re: A question\r\n"
        f"Message-ID: <a@bank.example>\r\nIn-Reply-To: {sent}\r\n\r\nSorry, I am ill.\r\n"
    )
    stage.inboxes["ana"].deliver(answer.encode())
    await stage.work(HOUR)
    await stage.work(DAY)
    assert AGAIN not in ends(stage)
    assert NOT_DONE in names(asked(stage))


async def test_a_guest_who_comes_after_all(each_stage: Stage) -> None:
    """Of several who are missing each has what follows; who came has it taken back."""
    stage = each_stage
    other = "kim@bank.example"
    begin(stage, {})
    stage.bring_in(a_prospect(email=other))
    tell(stage, K.BOOKED, guests=(other,))
    tell(stage, K.NO_SHOW)
    tell(stage, K.NO_SHOW, email=other, delivery_key="kim")
    assert len(asked(stage)) == 2
    stage.clock.advance(HOUR)
    tell(stage, K.NO_SHOW_UNDONE, email=other, delivery_key="kim")
    [task] = asked(stage)
    assert task.prospect_id == stage.person(ZOE)


async def test_who_has_opted_out(each_stage: Stage) -> None:
    """Nothing begins, and nobody is asked to call: a person only gets to know."""
    stage = each_stage
    on = [{"task": "call"}, {"enroll": AGAIN}, {"after": "1 day", "reopen": "next_step"}]
    begin(stage, {"meeting.no_show": on})
    await stage.work()
    tell(stage, K.BOOKED)
    now = stage.clock.now()
    stage.write(suppress_address, stage.desk, ZOE, SuppressionReason.OPTED_OUT, "a mail", now)
    tell(stage, K.NO_SHOW)
    await stage.work()
    await stage.work(DAY)
    assert sorted(names(asked(stage))) == ["Nobody came to the meeting", NOT_DONE, NOT_DONE]
    assert {task.kind for task in asked(stage)} == {TaskKind.REVIEW}
    assert ends(stage) == {SLUG: FinishReason.MEETING_BOOKED}
    assert len(stage.mails(ZOE)) == 1


DEEDS = (K.BOOKED, K.CANCELLED, K.NO_SHOW, K.NO_SHOW_UNDONE, None)


async def test_no_step_twice_and_none_beside_a_meeting(stage: Stage) -> None:
    """Whatever happens to meetings, each step leaves once, and none while a meeting is ahead."""
    on = {
        "meeting.cancelled": {"after": "1 hour", "reopen": "next_step"},
        "meeting.no_show": {"reopen": "next_step"},
    }
    courses = list(product(DEEDS, repeat=3))[::3]
    people = {f"p{at}@bank.example": course for at, course in enumerate(courses)}
    stage.apply(a_loaded(on=on))
    stage.bring_in(*people)
    stage.enroll(*people)
    await stage.work()
    is_on = dict.fromkeys(people, True)
    for who in people:
        tell(stage, K.BOOKED, f"{who} 0", email=who, starts_at=STARTS + 99 * DAY)
    for at in range(3):
        for who, course in people.items():
            kind = course[at]
            if kind is not None:
                key = f"{who} {at + 1 if kind is K.BOOKED else 0}"
                tell(stage, kind, key, email=who, starts_at=STARTS + 99 * DAY)
                is_on[who] = kind is K.BOOKED or (kind is K.NO_SHOW_UNDONE and is_on[who])
        before = {who: len(stage.mails(who)) for who in people}
        await stage.work(4 * DAY)
        for who in people:
            assert not is_on[who] or len(stage.mails(who)) == before[who]
    await stage.work(30 * DAY)
    found = stage.verify()
    assert found.clean, found.details


BY_MAIL: dict[str, Any] = {"source": CALENDAR, "verified": False}


@pytest.mark.parametrize("deed", [{"enroll": AGAIN}, {"reopen": "next_step"}])
@pytest.mark.parametrize("kind", [K.CANCELLED, K.REJECTED, K.ASKED_AGAIN])
async def test_only_a_mail_says_so(
    each_stage: Stage, kind: BookingKind, deed: dict[str, str]
) -> None:
    """Anybody can write that a meeting is off: nobody is mailed for that, a person is asked."""
    stage = each_stage
    begin(stage, {f"meeting.{kind}": {"after": "2 hours", **deed}})
    await stage.work()
    tell(stage, K.BOOKED)
    await stage.work(HOUR)
    tell(stage, kind, "a mail", **BY_MAIL)
    await stage.work(3 * HOUR)
    await stage.work(20 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert ends(stage) == {SLUG: FinishReason.MEETING_BOOKED}
    [task] = asked(stage)
    assert (task.title, NOT_PROVEN in task.about) == (NOT_DONE, True)
    assert stage.verify().clean


async def test_a_booking_that_only_a_mail_tells_of(each_stage: Stage) -> None:
    """It begins nothing either, unless somebody of whom we know who they are tells of it."""
    stage = each_stage
    begin(stage, {"meeting.booked": {"enroll": AGAIN}})
    await stage.work()
    tell(stage, K.BOOKED, "a mail", starts_at=NOON + 9 * DAY, **BY_MAIL)
    await stage.work(2 * HOUR)
    assert len(stage.mails(ZOE)) == 1
    assert [task.title for task in asked(stage)] == [NOT_DONE]


async def test_a_mail_that_is_faster_than_its_tool(each_stage: Stage) -> None:
    """Whoever can prove it has an hour to say the same: then the rule does what it says."""
    stage = each_stage
    begin(stage, {"meeting.rejected": {"enroll": AGAIN}})
    await stage.work()
    tell(stage, K.BOOKED)
    await stage.work(timedelta(minutes=1))
    tell(stage, K.REJECTED, "a mail", **BY_MAIL)
    await stage.work(timedelta(minutes=1))
    assert states(stage) == [FollowUpState.WAITING]
    tell(stage, K.REJECTED)
    await stage.work(HOUR)
    assert states(stage) == [FollowUpState.DONE]
    assert ends(stage)[AGAIN] is EnrollmentState.ACTIVE


async def test_a_task_tells_that_only_a_mail_says_so(each_stage: Stage) -> None:
    """Who looks at a meeting that fell through knows how sure that is."""
    stage = each_stage
    begin(stage, {})
    await stage.work()
    tell(stage, K.BOOKED)
    await stage.work(timedelta(minutes=1))
    tell(stage, K.CANCELLED, "a mail", cancelled_by="invitee", **BY_MAIL)
    [task] = asked(stage)
    assert "So far only a mail says so" in task.about
    await stage.work(timedelta(minutes=1))
    tell(stage, K.BOOKED, delivery_key="told anew")
    await stage.work(timedelta(minutes=1))
    tell(stage, K.CANCELLED, cancelled_by="invitee")
    [task] = asked(stage)
    assert "only a mail" not in task.about
