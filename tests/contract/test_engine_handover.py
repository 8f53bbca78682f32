"""A meeting is given to a rep: who is told what, and what becomes of it, whatever happens."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import Message
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import NOON
from stage import DAY, KEYS, Stage, a_loaded, a_policy

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.handover_record import from_json
from sequencer.domain.meeting import MeetingState
from sequencer.domain.pacing import Pace
from sequencer.domain.rep import Rep
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.credit_meeting import credit
from sequencer.engine.handover import follow_meeting, rep_answered
from sequencer.engine.handover_answer import (
    HandoverError,
    accept,
    accept_number,
    refuse,
    refuse_number,
    view,
)
from sequencer.engine.handover_list import offer_meeting
from sequencer.engine.handover_mail import request_key
from sequencer.engine.handover_offer import NOBODY
from sequencer.engine.handover_trouble import TITLE
from sequencer.engine.handover_watch import lapse, remind
from sequencer.engine.meeting_by_hand import Appointment
from sequencer.engine.meeting_change import MeetingChange
from sequencer.mail.handover_link import handover_token
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase
from sequencer.store import bookings, handovers, meetings, notices, tasks
from sequencer.store.database import Connection, Database
from sequencer.store.handovers import Handover
from sequencer.store.meetings import Meeting

ZOE = "zoe@bank.example"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MADRID = ZoneInfo("Europe/Madrid")
REPS = {
    name: Rep(name, name.title(), f"{name}@field.example", MADRID) for name in ("omar", "petra")
}
STARTS = NOON + 10 * DAY
WAITING = sa.text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost")
REFUSED = Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "unknown")


@pytest.fixture
def stage(each_stage: Stage) -> Stage:
    """Somebody in a cadence, and two reps who take meetings in turn."""
    each_stage.policy = replace(
        each_stage.policy,
        reps=REPS,
        handover=HandoverPolicy(to=("omar", "petra"), answer_within=Delay(1, Unit.DAYS)),
    )
    each_stage.restart()
    each_stage.begin(ZOE)
    return each_stage


def book(stage: Stage, **changes: Any) -> Meeting:
    """A meeting that a tool has told of."""
    meeting = Meeting(
        source="calendly",
        meeting_key="m1",
        previous_key="",
        state=MeetingState.BOOKED,
        email=ZOE,
        prospect_id=stage.person(ZOE),
        starts_at=STARTS,
        ends_at=STARTS + timedelta(minutes=45),
        title="First talk",
        link="https://meet.example/1",
        enrollment_id=stage.stored(ZOE).id,
        verified=True,
    )
    meeting = replace(meeting, **changes)
    return replace(meeting, id=stage.write(meetings.add, meeting, stage.clock.now()))


def follow(
    stage: Stage, meeting: Meeting, *, instead_of: Meeting | None = None, **changes: Any
) -> Meeting:
    """Let a meeting be like that, and let it be followed."""
    meeting = replace(meeting, **changes)
    stage.write(meetings.save, meeting, stage.clock.now())
    event = BookingEvent(BookingKind.BOOKED, "calendly", "d1", "m1")
    change = MeetingChange(meeting, None, event, (), instead_of=instead_of)
    stage.write(follow_meeting, stage.desk, change, stage.clock.now())
    return meeting


def states(stage: Stage, meeting: Meeting) -> list[tuple[str, str]]:
    return [(each.rep, str(each.state)) for each in of(stage, meeting)]


def of(stage: Stage, meeting: Meeting) -> Sequence[Handover]:
    found: list[Handover] = stage.read(handovers.of_meeting, meeting.id)
    return found


def subjects(stage: Stage, rep: str) -> list[str]:
    return [subject(mail) for mail in stage.mails(f"{rep}@field.example")]


def subject(mail: Message) -> str:
    return str(make_header(decode_header(mail["Subject"])))


def calendar(mail: Message) -> list[str]:
    """Lines of the object in a mail."""
    [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    return raw.decode().replace("\r\n ", "").splitlines()


def titles(stage: Stage) -> list[str]:
    return [task.title for task in stage.read(tasks.listed)]


async def test_offered_and_taken(stage: Stage) -> None:
    """The rep gets one mail with the invitation; once taken, nobody else is asked."""
    meeting = follow(stage, book(stage))
    follow(stage, meeting)
    await stage.work()
    [mail] = stage.mails("omar@field.example")
    assert subject(mail).startswith("Meeting for you: ")
    assert mail["Auto-Submitted"] == "auto-generated"
    [handover] = of(stage, meeting)
    lines = calendar(mail)
    assert {"METHOD:REQUEST", "SEQUENCE:0", f"UID:{handover.uid}"} <= set(lines)
    assert not any("bank.example" in each for each in lines if each.startswith("ATTENDEE"))
    stage.write(accept_number, handover.id, "omar", stage.clock.now())
    stage.write(accept_number, handover.id, "omar", stage.clock.now())
    await stage.work(3 * DAY)
    assert states(stage, meeting) == [("omar", "accepted")]
    assert len(subjects(stage, "omar")) == 1
    assert "handover" in stage.timeline(ZOE)
    findings = stage.verify()
    assert findings.clean, findings.details


@pytest.mark.parametrize(
    "changes",
    [
        {"verified": False},
        {"left_out": "another kind"},
        {"state": MeetingState.REQUESTED},
        {"starts_at": NOON - MINUTE},
        {"prospect_id": None, "enrollment_id": None},
    ],
)
def test_what_is_not_handed_over(stage: Stage, changes: dict[str, Any]) -> None:
    """Who told of it is known, it is on, it lies ahead, and it is with somebody we know."""
    meeting = follow(stage, book(stage), **changes)
    assert of(stage, meeting) == []
    assert titles(stage) == []


def test_once_it_is_verified(stage: Stage) -> None:
    """What a mail told of waits for a word that counts."""
    meeting = follow(stage, book(stage, verified=False))
    assert states(stage, meeting) == []
    follow(stage, meeting, verified=True)
    assert states(stage, meeting) == [("omar", "offered")]


def test_not_unless_it_is_wanted(stage: Stage) -> None:
    """Without a way in the settings nothing is handed over, and nobody is asked."""
    stage.policy = replace(stage.policy, handover=HandoverPolicy())
    stage.restart()
    assert states(stage, follow(stage, book(stage))) == []
    assert titles(stage) == []


async def test_refused_goes_to_the_next(stage: Stage) -> None:
    """The next rep is asked, the first one's calendar forgets it; then a person is asked."""
    meeting = follow(stage, book(stage))
    await stage.work()
    now = stage.clock.now()
    stage.write(refuse_number, stage.desk, of(stage, meeting)[0].id, "omar", now, "on leave")
    assert states(stage, meeting) == [("omar", "refused"), ("petra", "offered")]
    assert of(stage, meeting)[0].note == "given back by omar: on leave"
    await stage.work(MINUTE)
    gone = calendar(stage.mails("omar@field.example")[1])
    assert {"METHOD:CANCEL", "SEQUENCE:1", "STATUS:CANCELLED"} <= set(gone)
    assert len(subjects(stage, "petra")) == 1
    stage.write(refuse_number, stage.desk, of(stage, meeting)[1].id, "petra", now, "")
    assert titles(stage).count(NOBODY) == 1
    follow(stage, meeting)
    assert titles(stage).count(NOBODY) == 1
    assert len(of(stage, meeting)) == 2


def test_no_answer_in_time(stage: Stage) -> None:
    """Who does not answer loses it to the next, at the latest half way to the meeting."""
    meeting = follow(stage, book(stage))
    assert of(stage, meeting)[0].answer_by_at == NOON + DAY
    soon = follow(stage, book(stage, meeting_key="m2", starts_at=NOON + 2 * MINUTE))
    assert of(stage, soon)[0].answer_by_at == NOON + MINUTE


async def test_the_daemon_asks_the_next(stage: Stage) -> None:
    """Nobody has to press anything for it, and the last one keeps what nobody else takes."""
    meeting = follow(stage, book(stage))
    await stage.work(DAY - MINUTE)
    assert states(stage, meeting) == [("omar", "offered")]
    await stage.work(MINUTE)
    assert states(stage, meeting) == [("omar", "lapsed"), ("petra", "offered")]
    await stage.work(MINUTE)
    assert "METHOD:CANCEL" in calendar(stage.mails("omar@field.example")[1])
    await stage.work(DAY)
    await stage.work(MINUTE)
    assert states(stage, meeting)[1] == ("petra", "lapsed")
    assert len(subjects(stage, "petra")) == 1
    assert NOBODY in titles(stage)


def test_too_late_to_take(stage: Stage) -> None:
    """What was passed on is somebody else's."""
    meeting = follow(stage, book(stage))
    first = of(stage, meeting)[0].id
    stage.write(refuse_number, stage.desk, first, "omar", NOON)
    stage.write(refuse_number, stage.desk, first, "omar", NOON)
    with pytest.raises(HandoverError, match="given back already"):
        stage.write(accept_number, first, "omar", NOON)
    with pytest.raises(HandoverError, match="no handover 99"):
        stage.write(accept_number, 99, "omar", NOON)


async def test_moved(stage: Stage) -> None:
    """Who has it is asked about the new time by the same invitation, and may give it back."""
    meeting = follow(stage, book(stage))
    await stage.work()
    stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    moved = follow(stage, meeting, starts_at=STARTS + DAY, ends_at=STARTS + DAY + 45 * MINUTE)
    follow(stage, moved)
    assert states(stage, meeting) == [("omar", "offered")]
    await stage.work(MINUTE)
    first, second = stage.mails("omar@field.example")
    assert subject(second).startswith("Moved: ")
    assert second["In-Reply-To"] == first["Message-ID"]
    uid = [each for each in calendar(first) if each.startswith("UID:")]
    assert {"METHOD:REQUEST", "SEQUENCE:1", *uid} <= set(calendar(second))
    assert from_json(of(stage, meeting)[0].record).starts_at == STARTS + DAY


async def test_another_place(stage: Stage) -> None:
    """Where it is changes nothing about who has it."""
    meeting = follow(stage, book(stage))
    await stage.work()
    stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    follow(stage, meeting, place="Calle Mayor 1")
    assert states(stage, meeting) == [("omar", "accepted")]
    await stage.work(MINUTE)
    assert subjects(stage, "omar")[1].startswith("Changed: ")
    assert "LOCATION:Calle Mayor 1" in calendar(stage.mails("omar@field.example")[1])


async def test_moved_before_anything_left(stage: Stage) -> None:
    """A rep is told how things stand, not all that they have been through."""
    meeting = follow(stage, book(stage))
    follow(stage, meeting, starts_at=STARTS + DAY, ends_at=None)
    await stage.work()
    [mail] = stage.mails("omar@field.example")
    assert subject(mail).startswith("Meeting for you: ")
    assert "SEQUENCE:1" in calendar(mail)


@pytest.mark.parametrize("accepted", [True, False])
async def test_cancelled(stage: Stage, *, accepted: bool) -> None:
    """Whoever had it is told, and it leaves their calendar; nobody else is asked."""
    meeting = follow(stage, book(stage))
    await stage.work()
    if accepted:
        stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    gone = follow(stage, meeting, state=MeetingState.CANCELLED)
    follow(stage, gone)
    assert states(stage, meeting) == [("omar", "withdrawn")]
    await stage.work(MINUTE)
    assert len(subjects(stage, "omar")) == 2
    assert {"METHOD:CANCEL", "SEQUENCE:1"} <= set(calendar(stage.mails("omar@field.example")[1]))
    assert subjects(stage, "petra") == []
    again = follow(stage, gone, state=MeetingState.BOOKED)
    assert states(stage, again)[1:] == [("omar", "offered")]


async def test_cancelled_before_anything_left(stage: Stage) -> None:
    """Nobody is told of what they never heard of."""
    meeting = follow(stage, book(stage))
    follow(stage, meeting, state=MeetingState.CANCELLED)
    await stage.work()
    assert subjects(stage, "omar") == []


@pytest.mark.parametrize("state", [MeetingState.NO_SHOW, MeetingState.HELD])
async def test_over(stage: Stage, state: MeetingState) -> None:
    """A meeting that was missed or held stays with whoever had it, as a record."""
    meeting = follow(stage, book(stage))
    await stage.work()
    stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    follow(stage, meeting, state=state)
    await stage.work(MINUTE)
    assert states(stage, meeting) == [("omar", "accepted")]
    assert len(subjects(stage, "omar")) == 1


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_cancelled_and_booked_again(stage: Stage, *, cancel_first: bool) -> None:
    """In whichever order that is told, the rep keeps it, as one invitation that was moved."""
    old = follow(stage, book(stage))
    await stage.work()
    stage.write(refuse_number, stage.desk, of(stage, old)[0].id, "omar", NOON)
    await stage.work(MINUTE)
    stage.write(accept_number, of(stage, old)[1].id, "petra", NOON)
    new = book(stage, meeting_key="m2", starts_at=STARTS + DAY, ends_at=None)
    if cancel_first:
        gone = follow(stage, old, state=MeetingState.CANCELLED)
        stage.write(meetings.save, replace(gone, moved_to=new.id), stage.clock.now())
        follow(stage, new, instead_of=gone)
    else:
        follow(stage, new)
        gone = follow(stage, old, state=MeetingState.CANCELLED, moved_to=new.id)
        follow(stage, new, instead_of=gone)
    assert states(stage, old)[1] == ("petra", "withdrawn")
    assert states(stage, new)[-1] == ("petra", "offered")
    assert sum(state == "offered" for _, state in states(stage, new)) == 1
    assert of(stage, new)[-1].uid == of(stage, old)[1].uid
    await stage.work(MINUTE)
    assert [each.split(":")[0] for each in subjects(stage, "petra")] == ["Meeting for you", "Moved"]
    revision = 2 if cancel_first else 1  # the cancel was written, and never left
    assert f"SEQUENCE:{revision}" in calendar(stage.mails("petra@field.example")[1])
    assert len(subjects(stage, "omar")) == 2


@pytest.mark.parametrize(
    ("answer", "becomes"),
    [
        ("ACCEPTED", [("omar", "accepted")]),
        ("accepted", [("omar", "accepted")]),
        ("TENTATIVE", [("omar", "offered")]),
        ("NEEDS-ACTION", [("omar", "offered")]),
        ("DECLINED", [("omar", "refused"), ("petra", "offered")]),
    ],
)
async def test_answered_in_the_calendar(
    stage: Stage, answer: str, becomes: list[tuple[str, str]]
) -> None:
    """What a rep presses in their calendar counts, and their calendar knows it already."""
    meeting = follow(stage, book(stage))
    await stage.work()
    uid = of(stage, meeting)[0].uid
    assert stage.write(rep_answered, stage.desk, uid, answer, NOON)
    assert states(stage, meeting) == becomes
    await stage.work(MINUTE)
    assert len(subjects(stage, "omar")) == 1


def test_answers_that_mean_nothing(stage: Stage) -> None:
    """Another invitation, an earlier time of this one, and one that is over."""
    meeting = follow(stage, book(stage))
    uid = of(stage, meeting)[0].uid
    assert not stage.write(rep_answered, stage.desk, "x@y.example", "ACCEPTED", NOON)
    assert not stage.write(rep_answered, stage.desk, "a\0b", "ACCEPTED", NOON)
    follow(stage, meeting, starts_at=STARTS + DAY)
    assert stage.write(rep_answered, stage.desk, uid, "ACCEPTED", NOON, 0)
    assert states(stage, meeting) == [("omar", "offered")]
    follow(stage, meeting, state=MeetingState.CANCELLED)
    assert stage.write(rep_answered, stage.desk, uid, "ACCEPTED", NOON, 1)
    assert states(stage, meeting) == [("omar", "withdrawn")]


async def test_reminders(stage: Stage) -> None:
    """The rep is reminded as often as the settings say, and the prospect never."""
    before = (timedelta(days=1), timedelta(hours=1))
    policy = replace(stage.policy.handover, remind_before=before, answer_within=None)
    stage.policy = replace(stage.policy, handover=policy)
    stage.restart()
    meeting = follow(stage, book(stage))
    await stage.work(9 * DAY)
    await stage.work(MINUTE)
    assert [each.split(":")[0] for each in subjects(stage, "omar")] == ["Meeting for you", "Soon"]
    await stage.work(23 * timedelta(hours=1))
    await stage.work(MINUTE)
    assert len(subjects(stage, "omar")) == 3
    await stage.work(2 * DAY)
    assert len(subjects(stage, "omar")) == 3
    assert of(stage, meeting)[0].remind_at is None
    assert not any("Soon" in subject(mail) for mail in stage.mails(ZOE))


async def test_a_full_queue_keeps_no_handover_back(stage: Stage) -> None:
    """Where a mailbox may send one mail an hour, the next one is the one to the rep."""
    pace = Pace(per_day=100, gap=HOUR)
    boxes = {name: replace(box, pace=pace) for name, box in stage.policy.mailboxes.items()}
    stage.policy = replace(stage.policy, mailboxes=boxes)
    stage.restart()
    others = [f"p{number}@firm{number}.example" for number in range(5)]
    stage.bring_in(*others)
    stage.enroll(*others)
    await stage.work()
    follow(stage, book(stage))
    await stage.work(2 * HOUR)
    assert len(subjects(stage, "omar")) == 1
    assert len(stage.mailers["ana"].accepted) == 2
    await stage.work(2 * HOUR)
    assert len(stage.mailers["ana"].accepted) == 3


@pytest.mark.parametrize("outcome", [LOST, REFUSED])
async def test_a_mail_that_may_not_have_arrived(stage: Stage, outcome: Outcome) -> None:
    """It is not sent again; a person is asked to tell the rep, once."""
    mailer = stage.mailers["ana"]
    mailer.lost_are_accepted = False
    mailer.plan("omar@field.example", outcome)
    meeting = follow(stage, book(stage))
    await stage.work()
    await stage.work(HOUR)
    assert subjects(stage, "omar") == []
    assert titles(stage).count(TITLE) == 1
    stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    assert TITLE not in titles(stage)


@pytest.mark.parametrize(("blame", "arrives"), [(Blame.MAILBOX, True), (Blame.RECIPIENT, False)])
async def test_a_server_that_is_down(stage: Stage, blame: Blame, *, arrives: bool) -> None:
    """A mail is not given up for the trouble of its own mailbox, and soon for the rep's."""
    down = Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, text="refused", blame=blame)
    stage.mailers["ana"].plan("omar@field.example", *[down] * 9)
    follow(stage, book(stage))
    for _ in range(10):
        await stage.work(31 * MINUTE)
    assert len(subjects(stage, "omar")) == arrives
    assert titles(stage).count(TITLE) == (0 if arrives else 1)


async def test_a_daemon_that_died_at_the_dot(stage: Stage) -> None:
    """What was handed over and never heard of is not sent again, and a person hears of it."""
    follow(stage, book(stage))
    [waiting] = [stage.read(notices.due, "ana", NOON)]
    stage.write(notices.hand, waiting.id, NOON)
    await stage.work(MINUTE)
    assert titles(stage) == []
    await stage.work(stage.policy.settle)
    assert titles(stage) == [TITLE]
    await stage.work(DAY)
    assert not any(each.startswith("Meeting for you") for each in subjects(stage, "omar"))


async def test_a_mailbox_that_is_gone(stage: Stage) -> None:
    """What nobody can send any more is given up, and a person tells the rep."""
    meeting = follow(stage, book(stage))
    boxes = {"luis": stage.policy.mailboxes["luis"]}
    stage.policy = replace(stage.policy, mailboxes=boxes)
    stage.restart()
    await stage.work()
    assert titles(stage).count(TITLE) == 1
    key = request_key(of(stage, meeting)[0], 0)
    assert stage.read(notices.fates, [key])[0].outcome == "the mailbox ana is gone"


async def test_a_rep_who_cannot_be_written_to(stage: Stage) -> None:
    """An address that no mail can have is told to a person, and keeps nothing else from working."""
    strange = replace(REPS["omar"], address="omár@field.example")
    stage.policy = replace(stage.policy, reps={**REPS, "omar": strange})
    stage.restart()
    meeting = follow(stage, book(stage))
    assert states(stage, meeting) == [("omar", "offered")]
    assert titles(stage) == [TITLE]


def test_a_rep_who_is_gone(stage: Stage) -> None:
    """Whoever left the settings is written to no more; the meeting goes on as it must."""
    meeting = follow(stage, book(stage))
    stage.policy = replace(stage.policy, reps={"petra": REPS["petra"]})
    stage.restart()
    follow(stage, meeting, starts_at=STARTS + DAY)
    assert states(stage, meeting) == [("omar", "offered")]
    follow(stage, meeting, state=MeetingState.CANCELLED)
    assert states(stage, meeting) == [("omar", "withdrawn")]


@pytest.mark.parametrize("change", ["moved", "cancelled"])
async def test_a_rep_who_is_gone_has_a_meeting(stage: Stage, change: str) -> None:
    """Nobody can write to them, so a person is asked to tell them what has become of it."""
    meeting = follow(stage, book(stage))
    await stage.work()
    stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    stage.policy = replace(stage.policy, reps={"petra": REPS["petra"]})
    stage.restart()
    meeting = follow(stage, meeting)
    assert TITLE not in titles(stage)
    if change == "moved":
        follow(stage, meeting, starts_at=STARTS + DAY)
    else:
        follow(stage, follow(stage, meeting, state=MeetingState.CANCELLED))
    assert titles(stage) == [TITLE]


def test_links(stage: Stage) -> None:
    """The link of the mail shows the meeting and takes the answer; any other shows nothing."""
    meeting = follow(stage, book(stage))
    token = handover_token(of(stage, meeting)[0].key, KEYS[1:])
    shown = stage.read(view, stage.desk, token, NOON)
    assert (shown.person, shown.may_accept, shown.record.email) == ("Omar", True, ZOE)
    assert shown.good_until == STARTS + 45 * MINUTE + 30 * DAY
    taken = stage.write(accept, stage.desk, token, "omar by link", NOON)
    assert (taken.state, taken.may_accept, taken.may_refuse) == ("accepted", False, True)
    given_back = stage.write(refuse, stage.desk, token, "omar by link", NOON, "ill")
    assert (given_back.state, given_back.may_refuse) == ("refused", False)
    for bad in ("", "x" * 35, token[:-1], token[:-1] + "!", token.swapcase()):
        with pytest.raises(HandoverError, match="holds no more"):
            stage.read(view, stage.desk, bad, NOON)
    with pytest.raises(HandoverError, match="holds no more"):
        stage.read(view, stage.desk, token, shown.good_until + MINUTE)
    with pytest.raises(HandoverError, match="not yours"):
        stage.write(accept, stage.desk, token, "omar", NOON)


def test_over_and_done(stage: Stage) -> None:
    """Nobody takes or gives back a meeting that has been."""
    meeting = follow(stage, book(stage))
    number, after = of(stage, meeting)[0].id, STARTS + HOUR
    with pytest.raises(HandoverError, match="is over"):
        stage.write(accept_number, number, "omar", after)
    with pytest.raises(HandoverError, match="is over"):
        stage.write(refuse_number, stage.desk, number, "omar", after)


def test_offered_by_hand(stage: Stage) -> None:
    """A person chooses the rep, whoever had it, or lets the settings choose another."""
    meeting = follow(stage, book(stage))
    offered = stage.write(offer_meeting, stage.desk, meeting.id, "petra", "ana", NOON)
    assert (offered.rep, offered.because) == ("petra", "petra: chosen by ana")
    assert states(stage, meeting) == [("omar", "withdrawn"), ("petra", "offered")]
    with pytest.raises(HandoverError, match="petra has this meeting"):
        stage.write(offer_meeting, stage.desk, meeting.id, "petra", "ana", NOON)
    offered = stage.write(offer_meeting, stage.desk, meeting.id, "", "ana", NOON)
    assert offered.rep == "omar"


@pytest.mark.parametrize(
    ("changes", "rep", "said"),
    [
        ({"state": MeetingState.CANCELLED}, "petra", "is cancelled"),
        ({"verified": False}, "petra", "meeting confirm"),
        ({"prospect_id": None, "enrollment_id": None}, "petra", "with whom"),
        ({"starts_at": NOON}, "petra", "begun"),
        ({}, "petre", "did you mean `petra`"),
        ({}, "luc", "works for acme"),
    ],
)
def test_what_cannot_be_offered(stage: Stage, changes: dict[str, Any], rep: str, said: str) -> None:
    """The sentence says what is in the way, and nothing is taken from anybody."""
    luc = Rep("luc", "Luc", "luc@acme.example", MADRID, client="acme")
    stage.policy = replace(stage.policy, reps={**REPS, "luc": luc})
    stage.restart()
    meeting = book(stage, **changes)
    with pytest.raises(HandoverError, match=said):
        stage.write(offer_meeting, stage.desk, meeting.id, rep, "ana", NOON)
    with pytest.raises(HandoverError, match="no meeting 99"):
        stage.write(offer_meeting, stage.desk, 99, rep, "ana", NOON)
    assert of(stage, meeting) == []


async def test_a_bad_row_is_out_of_the_way(stage: Stage) -> None:
    """A handover at which the daemon fails waits, and the next one gets its turn."""
    broken, meeting = follow(stage, book(stage)), follow(stage, book(stage, meeting_key="m2"))
    number = of(stage, broken)[0].id
    stage.write(handovers.keep, number, record={"starts_at": "no instant"})
    await stage.work(DAY)
    assert ("omar", "lapsed") in states(stage, meeting)
    assert states(stage, broken)[0] == ("omar", "offered") or of(stage, broken)[0].note


@pytest.mark.parametrize("change", ["nothing", "over", "moved", "refused", "cancelled"])
async def test_reminders_that_had_to_wait(stage: Stage, change: str) -> None:
    """One that could not leave in time never leaves once it tells nothing that is so."""
    policy = replace(stage.policy.handover, remind_before=(HOUR,), answer_within=None)
    stage.policy = replace(stage.policy, handover=policy)
    stage.restart()
    meeting = follow(stage, book(stage))
    await stage.work()
    stage.clock.advance(10 * DAY - 50 * MINUTE)
    [handover] = of(stage, meeting)
    assert stage.write(remind, stage.desk, handover.id, stage.clock.now())
    if change == "moved":
        follow(stage, meeting, starts_at=STARTS + DAY)
    elif change == "cancelled":
        follow(stage, meeting, state=MeetingState.CANCELLED)
    elif change == "refused":
        stage.write(refuse_number, stage.desk, handover.id, "omar", stage.clock.now())
    await stage.work(DAY if change == "over" else MINUTE)
    soon = [each for each in subjects(stage, "omar") if each.startswith("Soon")]
    assert len(soon) == (1 if change == "nothing" else 0)
    assert TITLE not in titles(stage)


async def test_links_stay_whole(stage: Stage) -> None:
    """The address of a video call may be long, and half of one leads nowhere."""
    link = f"https://video.example/l/meetup-join/{'a' * 300}?context={'b' * 100}"
    follow(stage, book(stage, link=link, place=f"{link} (video)"))
    await stage.work()
    [mail] = stage.mails("omar@field.example")
    lines = calendar(mail)
    assert f"URL:{link}" in lines
    assert f"LOCATION:{link} (video)" in lines


async def test_credited_to_somebody_else(stage: Stage) -> None:
    """Whoever has the meeting was told of the wrong person: it is taken back, and offered anew."""
    stage.bring_in("bob@other.example")
    wanted = Appointment(STARTS)
    meeting = stage.write(by_hand.book, stage.desk, ZOE, wanted, "ana", NOON)
    await stage.work()
    stage.write(accept_number, of(stage, meeting)[0].id, "omar", NOON)
    stage.write(credit, stage.desk, meeting.id, "bob@other.example", "ana", NOON)
    await stage.work()
    assert states(stage, meeting) == [("omar", "withdrawn"), ("omar", "offered")]
    assert from_json(of(stage, meeting)[1].record).email == "bob@other.example"
    words = [each.split(":")[0] for each in subjects(stage, "omar")]
    assert words == ["Meeting for you", "Cancelled", "Meeting for you"]


async def test_mail_from_the_same_client(stage: Stage) -> None:
    """A rep of a client is written to by those who work for it, and answers to nobody else."""
    ana, luis = stage.policy.mailboxes["ana"], stage.policy.mailboxes["luis"]
    rep = replace(REPS["omar"], client="acme")
    stage.policy = replace(stage.policy, mailboxes={"luis": luis, "ana": ana}, reps={"omar": rep})
    stage.restart()
    stage.apply(
        a_loaded(cadence="for-acme", client="acme", mailboxes=("luis",)),
        a_loaded(cadence="for-beta", client="beta", mailboxes=("ana",)),
    )
    stage.bring_in("bob@other.example")
    stage.enroll("bob@other.example", slug="for-acme")
    acme = stage.stored("bob@other.example").id
    stage.enroll("bob@other.example", slug="for-beta")
    person = stage.person("bob@other.example")
    follow(stage, book(stage, prospect_id=person, enrollment_id=acme))
    await stage.work()
    [mail] = stage.mails("omar@field.example")
    assert (mail["From"], mail["Reply-To"]) == ("Luis <luis@seller.example>", None)


def test_moved_as_it_lapses(postgres_database: Database) -> None:
    """A daemon that waits while a meeting is moved takes the new offer from nobody."""
    ways = HandoverPolicy(to=("omar", "petra"), answer_within=Delay(1, Unit.DAYS))
    stage = Stage(postgres_database, policy=a_policy(reps=REPS, handover=ways))
    stage.begin(ZOE)
    meeting = follow(stage, book(stage))
    [handover] = of(stage, meeting)
    late = NOON + DAY + HOUR
    moved = replace(meeting, starts_at=STARTS + DAY, ends_at=None)
    event = BookingEvent(BookingKind.RESCHEDULED, "calendly", "d2", "m1")
    with ThreadPoolExecutor(1) as threads:
        with stage.database.write() as connection:
            bookings.lock(connection)
            lapsing = threads.submit(stage.write, lapse, stage.desk, handover.id, late)
            while not stage.read(is_waited_for):
                assert not lapsing.done()
            meetings.save(connection, moved, late)
            follow_meeting(connection, stage.desk, MeetingChange(moved, None, event, ()), late)
        assert lapsing.result() is False
    assert states(stage, meeting) == [("omar", "offered")]


def is_waited_for(connection: Connection) -> bool:
    """Whether somebody waits for a lock of somebody else."""
    return connection.execute(WAITING).first() is not None


async def test_a_mail_that_came_back(stage: Stage) -> None:
    """A report about the mail to a rep has a person tell them, once, and stops no prospect."""
    meeting = follow(stage, book(stage))
    await stage.work()
    [mail] = stage.mails("omar@field.example")
    for named in ("<other@seller.example>", mail["Message-ID"], mail["Message-ID"]):
        assert titles(stage).count(TITLE) == 0 or named == mail["Message-ID"]
        stage.inboxes["ana"].deliver(report_about(named, "Omar@field.example"))
        await stage.work(MINUTE)
    assert titles(stage).count(TITLE) == 1
    assert states(stage, meeting) == [("omar", "offered")]
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


def report_about(message_id: str, recipient: str) -> bytes:
    """A delivery report that quotes the headers of a mail."""
    lines = (
        "From: MAILER-DAEMON@mx.example",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        "Status: 5.1.1",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {message_id}",
        "",
        "--b--",
        "",
    )
    return "\r\n".join(lines).encode()
