"""To whom a meeting is credited, and what a person is asked where nobody can know."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from booking_series import PAT, STARTS
from builders import NOON, a_prospect
from stage import EVERYBODY, Stage, a_loaded

from sequencer.domain.booking import CALENDAR, FEED, BookingEvent, BookingKind
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.reason import Reason
from sequencer.domain.task import TaskState
from sequencer.engine.bookings import take_in
from sequencer.engine.credit_meeting import credit
from sequencer.engine.meeting_asks import SAME, WHOSE
from sequencer.engine.meeting_by_hand import MeetingError, UnknownMeetingError
from sequencer.engine.stop import UnknownProspectError
from sequencer.store import aliases, meetings, tasks
from sequencer.store.database import Database
from sequencer.store.meetings import Meeting

K = BookingKind
HOME, ADA = "pat@home.example", "ada@prospect.example"
BOOKED = BookingEvent(
    K.BOOKED, "calendly", "d1", "m1", starts_at=STARTS, occurred_at=NOON, verified=True
)


@pytest.fixture
def stage(database: Database) -> Stage:
    """An engine over each kind of database in turn, with two people of one company."""
    stage = Stage(database)
    stage.begin(PAT, ADA)
    return stage


def tell(stage: Stage, event: BookingEvent = BOOKED, **more: Any) -> Meeting:
    event = replace(event, **more)
    found: Meeting | None = stage.write(take_in, stage.desk, event, stage.clock.now())
    assert found is not None
    return found


def credited(meeting: Meeting) -> tuple[int | None, int | None, str]:
    return meeting.prospect_id, meeting.enrollment_id, meeting.credited_by


def whose(stage: Stage, address: str, by: str) -> tuple[int, int, str]:
    return stage.person(address), stage.stored(address).id, by


def asked(stage: Stage) -> list[tuple[str, int]]:
    return [(task.title, task.prospect_id) for task in stage.read(tasks.listed)]


def is_booked(stage: Stage, address: str) -> bool:
    return stage.enrollment(address).finish_reason is FinishReason.MEETING_BOOKED


def give(stage: Stage, number: int, address: str) -> Meeting:
    found: Meeting = stage.write(credit, stage.desk, number, address, "ana", stage.clock.now())
    return found


@pytest.mark.parametrize("email", [PAT, "PAT@Prospect.Example", "pat+cal@prospect.example"])
def test_by_address(stage: Stage, email: str) -> None:
    """Whoever booked with their own address, however it is spelt, has the credit."""
    found = tell(stage, email=email)
    assert credited(found) == whose(stage, PAT, "address")
    assert is_booked(stage, PAT)
    assert asked(stage) == []


def test_by_token(stage: Stage) -> None:
    """Our own link finds the enrollment with any address; a person is asked whose that is."""
    key = stage.stored(PAT).enrollment.key
    found = tell(stage, email=HOME, token=key)
    assert credited(found) == whose(stage, PAT, "token")
    assert is_booked(stage, PAT)
    assert asked(stage) == [(SAME, stage.person(PAT))]


def test_a_token_outweighs_an_address(stage: Stage) -> None:
    """A link that was passed on to a colleague is credited where it came from, and stops both."""
    key = stage.stored(PAT).enrollment.key
    found = tell(stage, email=ADA, token=key)
    assert credited(found) == whose(stage, PAT, "token")
    assert is_booked(stage, PAT)
    assert is_booked(stage, ADA)
    assert asked(stage) == []


def test_the_token_of_an_old_run(stage: Stage) -> None:
    """The enrollment that the link was sent in has the credit, though it ended long ago."""
    first = stage.stored(PAT)
    stage.apply(a_loaded(cadence="second"))
    stage.enroll(PAT, slug="second")
    found = tell(stage, email=PAT, token=first.enrollment.key)
    assert found.enrollment_id == first.id
    assert is_booked(stage, PAT)


def test_the_newest_that_runs(stage: Stage) -> None:
    """Of several enrollments that run, the newest has the credit, and keeps it."""
    stage.apply(a_loaded(cadence="second"))
    stage.enroll(PAT, slug="second")
    newest = stage.stored(PAT).id
    assert tell(stage, email=PAT).enrollment_id == newest
    stage.apply(a_loaded(cadence="third"))
    stage.enroll(PAT, slug="third")
    assert tell(stage, kind=K.HELD, delivery_key="d2", email=PAT).enrollment_id == newest


def test_the_same_company_is_asked_about(stage: Stage) -> None:
    """An address that nobody has stops nobody, and is a question for whoever knows the company."""
    found = tell(stage, email="new@prospect.example")
    assert credited(found) == (None, None, "")
    assert not is_booked(stage, PAT)
    assert not is_booked(stage, ADA)
    [(title, person)] = asked(stage)
    assert (title, person) == (WHOSE, stage.person(ADA))
    [task] = stage.read(tasks.listed)
    assert PAT in task.about
    assert ADA in task.about
    assert f"sequencer meeting credit {found.id} PROSPECT" in task.about


@pytest.mark.parametrize("email", ["who@gmail.com", "who@nobody.example", "", "no address"])
def test_nobody_to_ask(stage: Stage, email: str) -> None:
    """A free mail host makes nobody a colleague, and of a strange company nobody knows anything."""
    stage.bring_in("other@gmail.com")
    stage.enroll("other@gmail.com")
    assert tell(stage, email=email).prospect_id is None
    assert asked(stage) == []


def test_a_company_without_enrollments(stage: Stage) -> None:
    """People who were only imported have nothing that a meeting could end."""
    stage.bring_in("lea@other.example")
    tell(stage, email="new@other.example")
    assert asked(stage) == []


def test_what_fell_through_is_not_asked_about(stage: Stage) -> None:
    """Whose meeting it was that was cancelled before it was known matters to nobody."""
    tell(stage, kind=K.CANCELLED, email="new@prospect.example")
    assert asked(stage) == []


def test_a_person_says_whose(stage: Stage) -> None:
    """The credit ends the cadence, closes the question, and keeps the address for the next time."""
    number = tell(stage, email="new@prospect.example").id
    found = give(stage, number, PAT)
    assert credited(found) == whose(stage, PAT, "person")
    assert is_booked(stage, PAT)
    assert asked(stage) == []
    assert stage.read(aliases.of_person, stage.person(PAT)) == ["new@prospect.example"]
    later = replace(BOOKED, delivery_key="d2", meeting_key="m2", starts_at=STARTS.replace(day=20))
    assert tell(stage, later, email="NEW@prospect.example").credited_by == "alias"


def test_the_word_of_a_person_stands(stage: Stage) -> None:
    """What the tool tells later changes nothing about whose meeting it is."""
    number = tell(stage, email=ADA).id
    give(stage, number, PAT)
    found = tell(stage, kind=K.HELD, delivery_key="d2", email=ADA)
    assert credited(found) == whose(stage, PAT, "person")
    assert stage.read(aliases.of_person, stage.person(PAT)) == []  # it is Ada's own


def test_another_word_of_a_person(stage: Stage) -> None:
    """Who was mistaken says it again: meeting and address go over."""
    number = tell(stage, email=HOME).id
    give(stage, number, ADA)
    assert credited(give(stage, number, PAT)) == whose(stage, PAT, "person")
    assert stage.read(aliases.of_person, stage.person(ADA)) == []
    assert stage.read(aliases.of_person, stage.person(PAT)) == [HOME]


def test_the_same_person_is_confirmed(stage: Stage) -> None:
    """A credit by token is confirmed for its address, and everything else stays as it is."""
    number = tell(stage, email=HOME, token=stage.stored(PAT).enrollment.key).id
    before = stage.timeline(PAT).count("finished")
    found = give(stage, number, PAT)
    assert found.credited_by == "person"
    assert asked(stage) == []
    assert stage.timeline(PAT).count("finished") == before
    with pytest.raises(MeetingError, match="already"):
        give(stage, number, PAT)


def test_other_meetings_of_that_address(stage: Stage) -> None:
    """Whatever else was booked with the address is the same person's."""
    first = tell(stage, email=HOME)
    second = tell(stage, email=HOME, delivery_key="d2", meeting_key="m2", starts_at=None)
    give(stage, first.id, PAT)
    found: Meeting = stage.read(meetings.get, second.id)
    assert credited(found) == whose(stage, PAT, "alias")


def test_a_request_that_is_credited(stage: Stage) -> None:
    """What is only asked for pauses whoever it is credited to."""
    number = tell(stage, kind=K.REQUESTED, email=HOME).id
    give(stage, number, PAT)
    assert stage.enrollment(PAT).pause_reason is PauseReason.REVIEW


def test_a_lost_meeting_that_is_credited(stage: Stage) -> None:
    """What was cancelled stops nobody, and is a matter of whoever it is credited to."""
    number = tell(stage, kind=K.CANCELLED, email=HOME, cancelled_by="invitee").id
    give(stage, number, PAT)
    assert stage.enrollment(PAT).state is EnrollmentState.ACTIVE
    assert asked(stage) == [("The meeting was cancelled", stage.person(PAT))]


def test_it_turns_out_to_be_one(stage: Stage) -> None:
    """A meeting known by two addresses is one as soon as both are known to be one person's."""
    first = tell(stage, email=PAT)
    second = tell(stage, email=HOME, source=FEED, delivery_key="d2")
    assert first.id != second.id
    give(stage, second.id, PAT)
    found = stage.read(meetings.of_person, stage.person(PAT))
    assert [each.state for each in found] == [first.state]


def test_what_cannot_be_credited(stage: Stage) -> None:
    """A number that there is not, and a prospect who is not there, are said to be so."""
    number = tell(stage, email=HOME).id
    with pytest.raises(UnknownMeetingError, match="no meeting 99"):
        give(stage, 99, PAT)
    with pytest.raises(UnknownProspectError):
        give(stage, number, "nobody@prospect.example")


def test_an_account_by_its_name(stage: Stage) -> None:
    """A mail of somebody unknown is asked about once, however often it is told."""
    stage.bring_in(a_prospect(email="sam@prospect.example", account="Other"))
    mail = replace(BOOKED, source=CALENDAR, verified=False, email="new@prospect.example", uid="u1")
    tell(stage, mail)
    tell(stage, mail, delivery_key="d2", revision=1)
    assert len(asked(stage)) == 1
    states = [task.state for task in stage.read(tasks.open_matters, stage.person(ADA), "review")]
    assert states == [TaskState.OPEN]


@pytest.mark.parametrize("days", [-30, 1])
def test_a_mail_takes_no_meeting_from_anybody(stage: Stage, days: int) -> None:
    """Who knows the name that calendars have for a meeting has not booked it with that."""
    tell(stage, email=PAT, uid="u1")
    forged: dict[str, Any] = {"source": CALENDAR, "meeting_key": "u1", "verified": False}
    found = tell(stage, **forged, email=ADA, uid="u1", occurred_at=NOON + timedelta(days=days))
    assert credited(found) == whose(stage, PAT, "address")
    assert found.email == PAT
    assert is_booked(stage, ADA)


def test_nobody_enters_before_their_meeting(stage: Stage) -> None:
    """Whoever has a meeting ahead enters nothing that is not meant for that; later they may."""
    zoe = "zoe@prospect.example"
    audience = {**EVERYBODY, "beside_meeting": False}
    stage.apply(a_loaded(cadence="usual", audience=audience), a_loaded(cadence="prepare"))
    stage.bring_in(zoe)
    tell(stage, email=zoe)
    [answer] = stage.enroll(zoe, slug="usual")
    assert [each.reason for each in answer.refusals] == [Reason.MEETING_AHEAD]
    assert [each.enrolled for each in stage.enroll(zoe, slug="prepare")] == [True]
    stage.clock.advance(STARTS - stage.clock.now())
    assert [each.enrolled for each in stage.enroll(zoe, slug="usual")] == [True]
