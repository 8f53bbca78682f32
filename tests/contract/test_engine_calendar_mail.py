"""Calendar mails: what each says of a meeting, and what follows for whom we write to."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from calendar_mails import (
    ANA,
    CLIENTS,
    STARTS,
    ZOE,
    Said,
    calendly,
    google,
    outlook,
    reply,
    request,
)
from stage import Stage, a_policy

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.handover import HandoverState
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.domain.task import TaskKind
from sequencer.engine.answered import ANOTHER_TIME
from sequencer.engine.meeting_asks import WHOSE
from sequencer.engine.meeting_certain import NOT_CERTAIN
from sequencer.engine.receive import IS_MEETING
from sequencer.mail.folder import Folder
from sequencer.store import aliases, handovers, inbound, meetings, suppressions, tasks
from sequencer.store.handovers import NewHandover
from sequencer.store.meetings import Meeting

ADA, BOSS = "ada@bank.example", "boss@bank.example"
STRANGER = "who@mill.example"
MINUTE = timedelta(minutes=1)
S = MeetingState


async def begin(stage: Stage, *addresses: str) -> str:
    """Zoe and others have had the first mail; the Message-ID of hers."""
    stage.begin(ZOE, *addresses)
    await stage.work()
    return str(stage.mails(ZOE)[0]["Message-ID"])


async def hear(stage: Stage, *raws: bytes) -> None:
    """These mails come in, one after another."""
    for raw in raws:
        stage.inboxes["ana"].deliver(raw)
        await stage.work(MINUTE)


def met(stage: Stage, address: str = ZOE) -> list[Meeting]:
    found: list[Meeting] = stage.read(meetings.of_person, stage.person(address))
    return found


def state(stage: Stage, address: str = ZOE) -> MeetingState | None:
    found = met(stage, address)
    assert len(found) <= 1
    return found[0].state if found else None


def ended(stage: Stage, address: str = ZOE) -> FinishReason | None:
    return stage.enrollment(address).finish_reason


def titles(stage: Stage, address: str = ZOE) -> list[str]:
    number = stage.person(address)
    return [each.title for each in stage.read(tasks.listed) if each.prospect_id == number]


def untouched(stage: Stage, address: str = ZOE) -> bool:
    """Whether nothing has become of anything."""
    is_running = stage.enrollment(address).state is EnrollmentState.ACTIVE
    return is_running and not met(stage, address) and not titles(stage, address)


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_prospect_accepts(each_stage: Stage, client: Callable[[Said], bytes]) -> None:
    """An accepted invitation is a meeting, and ends the cadence; nobody has proven who it is."""
    await begin(each_stage)
    await hear(each_stage, client(reply("ACCEPTED")))
    assert ended(each_stage) is FinishReason.MEETING_BOOKED
    (meeting,) = met(each_stage)
    assert (meeting.state, meeting.source, meeting.verified) == (S.BOOKED, "calendar", False)
    assert (meeting.starts_at, meeting.ends_at) == (STARTS, STARTS + timedelta(minutes=30))
    assert meeting.title == "Intro"
    assert titles(each_stage) == []


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_prospect_invites(stage: Stage, client: Callable[[Said], bytes]) -> None:
    """Whoever invites a rep has booked; their zone and where to meet are kept."""
    await begin(stage)
    room = ("LOCATION:Microsoft Teams", "DESCRIPTION:Join: https://teams.microsoft.com/l/1")
    said = request(organiser=ZOE, asked=((ANA, "NEEDS-ACTION"),), lines=room)
    await hear(stage, client(said))
    assert ended(stage) is FinishReason.MEETING_BOOKED
    (meeting,) = met(stage)
    assert (meeting.email, meeting.host, meeting.state) == (ZOE, ANA, S.BOOKED)
    assert (meeting.place, meeting.link) == ("Microsoft Teams", "https://teams.microsoft.com/l/1")
    assert meeting.tz == ("Europe/Berlin" if client is outlook else "")


async def test_a_tool_books(stage: Stage) -> None:
    """The copy that a booking tool sends its host tells of the meeting, and of its end."""
    await begin(stage)
    said = request(asked=((ZOE, "NEEDS-ACTION"), (ADA, "NEEDS-ACTION")))
    await hear(stage, calendly(said))
    assert (state(stage), ended(stage)) == (S.BOOKED, FinishReason.MEETING_BOOKED)
    await hear(stage, calendly(said.but(method="CANCEL", revision=1, minute=9)))
    assert state(stage) is S.CANCELLED
    assert met(stage)[0].cancelled_by == ""


async def test_nobody_in_a_cadence(stage: Stage) -> None:
    """A prospect who is in no cadence has a meeting all the same; a stranger has none."""
    stage.bring_in(ZOE)
    await stage.work()
    await hear(stage, google(reply("ACCEPTED")), google(reply("ACCEPTED", by=STRANGER)))
    assert state(stage) is S.BOOKED
    assert stage.read(meetings.count_by_state) == {S.BOOKED: 1}


async def test_our_own_invitation(stage: Stage) -> None:
    """Who has been invited and has not answered waits; sent again, that takes back no answer."""
    await begin(stage)
    stage.inboxes["ana"].deliver(outlook(request()), Folder.SENT)
    await stage.work(MINUTE)
    assert state(stage) is S.REQUESTED
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert titles(stage) == []
    await hear(stage, outlook(reply("ACCEPTED")))
    assert (state(stage), ended(stage)) == (S.BOOKED, FinishReason.MEETING_BOOKED)
    stage.inboxes["ana"].deliver(outlook(request(minute=30)), Folder.SENT)
    await stage.work(MINUTE)
    assert state(stage) is S.BOOKED
    later = STARTS + timedelta(days=1)
    moved = request(minute=40, revision=1, starts_at=later)
    stage.inboxes["ana"].deliver(outlook(moved), Folder.SENT)
    await stage.work(MINUTE)
    assert (state(stage), met(stage)[0].starts_at) == (S.REQUESTED, later)


async def test_a_copy_of_our_calendar(stage: Stage) -> None:
    """What a rep's own calendar sends them tells who has accepted by then."""
    await begin(stage)
    await hear(stage, google(request()))
    assert state(stage) is S.REQUESTED
    await hear(stage, google(request(minute=3, asked=((ZOE, "ACCEPTED"),))))
    assert (state(stage), ended(stage)) == (S.BOOKED, FinishReason.MEETING_BOOKED)


@pytest.mark.parametrize("client", CLIENTS)
async def test_perhaps(stage: Stage, client: Callable[[Said], bytes]) -> None:
    """Who may come is left alone, and a person asks; once they accept, that is done."""
    await begin(stage)
    await hear(stage, client(reply("TENTATIVE")))
    assert (state(stage), ended(stage)) == (S.REQUESTED, None)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert titles(stage) == [NOT_CERTAIN]
    await hear(stage, client(reply("ACCEPTED", minute=8)))
    assert (state(stage), ended(stage)) == (S.BOOKED, FinishReason.MEETING_BOOKED)
    assert titles(stage) == []


async def test_declined(stage: Stage) -> None:
    """A refused invitation is no answer, but nothing goes on by itself, and a person sees it."""
    await begin(stage, ADA)
    await hear(stage, outlook(reply("DECLINED", comment="No budget")))
    assert (state(stage), ended(stage)) == (S.REJECTED, None)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert met(stage)[0].cancel_reason == "No budget"
    assert len(titles(stage)) == 1
    assert stage.enrollment(ADA).state is EnrollmentState.ACTIVE


async def test_declined_for_ever(stage: Stage) -> None:
    """Who asks for silence with a refusal gets it."""
    await begin(stage)
    await hear(stage, outlook(reply("DECLINED", comment="Please remove me from your list")))
    assert ended(stage) is FinishReason.OPTED_OUT
    stage.bring_in(ADA)
    said = reply("DECLINED", uid="2", asked=((ADA, "DECLINED"),), comment="Please remove me")
    await hear(stage, outlook(said))
    entries = stage.read(suppressions.listed)
    assert {each.suppression.key for each in entries} == {ZOE, ADA}


async def test_our_own_words_suppress_nobody(stage: Stage) -> None:
    """What a rep writes with a refusal asks nobody for silence."""
    await begin(stage)
    no = reply("", organiser=ZOE, by=ANA, asked=((ANA, "DECLINED"),), comment="Please remove me")
    await hear(stage, outlook(no))
    assert stage.read(suppressions.listed) == []
    assert state(stage) is S.REJECTED


@pytest.mark.parametrize("client", CLIENTS)
async def test_another_time(stage: Stage, client: Callable[[Said], bytes]) -> None:
    """Who proposes another time has answered; the task says which, on both clocks."""
    await begin(stage)
    later = STARTS + timedelta(hours=3)
    said = Said("COUNTER", 5, asked=((ZOE, "TENTATIVE"),), starts_at=later, comment="Afternoon?")
    await hear(stage, client(said))
    assert (state(stage), ended(stage)) == (S.ASKED_AGAIN, FinishReason.REPLIED)
    answer = [each for each in stage.read(tasks.listed) if each.title == ANOTHER_TIME]
    assert [each.kind for each in answer] == [TaskKind.REPLY]
    assert "Afternoon?" in answer[0].about
    assert "15:00 to 15:30 (UTC)" in answer[0].about
    assert ("16:00 to 16:30 (Europe/Berlin)" in answer[0].about) is (client is outlook)
    assert met(stage)[0].starts_at is None


async def test_somebody_else_comes(stage: Stage) -> None:
    """Who sends a colleague has booked, and the colleague is a guest, in a cadence or not."""
    await begin(stage, ADA)
    delegated = (f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:{ADA}":mailto:{ZOE}',)
    await hear(stage, google(reply("", asked=(), by=ZOE, lines=delegated)))
    assert state(stage) is S.BOOKED
    assert ended(stage) is ended(stage, ADA) is FinishReason.MEETING_BOOKED


async def test_an_accept_is_no_answer(stage: Stage) -> None:
    """Colleagues of whoever accepts go on: nobody has written."""
    await begin(stage, ADA)
    await hear(stage, google(reply("ACCEPTED")))
    assert stage.enrollment(ADA).state is EnrollmentState.ACTIVE
    assert stage.read(inbound.counts) == {"calendar": 1}


async def test_one_of_a_series(stage: Stage) -> None:
    """One occurrence of a series is a meeting of its own: it falls through alone."""
    await begin(stage)
    await hear(stage, google(reply("ACCEPTED")))
    week = STARTS + timedelta(days=7)
    one = (f"RECURRENCE-ID:{week:%Y%m%dT%H%M%SZ}",)
    said = request(organiser=ZOE, asked=((ANA, "NEEDS-ACTION"),), lines=one, starts_at=week)
    await hear(stage, google(said), google(said.but(method="CANCEL", minute=9, revision=1)))
    assert sorted(each.state for each in met(stage)) == [S.BOOKED, S.CANCELLED]


async def test_old_news(stage: Stage) -> None:
    """An answer to an invitation that was changed since, and an older invitation, are too late."""
    await begin(stage)
    theirs = request(organiser=ZOE, asked=((ANA, "NEEDS-ACTION"),))
    later = theirs.but(revision=2, minute=20, starts_at=STARTS + timedelta(days=1))
    await hear(stage, google(later), google(theirs.but(revision=1, minute=30)))
    assert met(stage)[0].starts_at == STARTS + timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (request(organiser=STRANGER, asked=((ZOE, "ACCEPTED"), (ANA, ""))), "a stranger's"),
        (request(organiser=BOSS, asked=((ZOE, "ACCEPTED"),), by=ZOE), "passed on"),
        (request(organiser=STRANGER, asked=((ZOE, "ACCEPTED"),), by=ZOE), "passed on"),
        (Said("PUBLISH", asked=((ZOE, "ACCEPTED"),)), "a ticket"),
        (Said("REFRESH", organiser=ANA), "asked for again"),
        (Said("DECLINECOUNTER"), "our own no"),
        (reply("ACCEPTED", organiser=STRANGER), "somebody else's meeting"),
        (reply("", asked=(), by=ZOE), "no answer"),
        (
            reply(
                "",
                asked=(),
                by="room5@bank.example",
                lines=(
                    "ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED;CN=Room 5:mailto:room5@bank.example",
                ),
            ),
            "a room",
        ),
        (reply("ACCEPTED", asked=(("meeting-room.2@bank.example", "ACCEPTED"),)), "a room by name"),
        (reply("ACCEPTED", asked=((STRANGER, "ACCEPTED"),)), "a stranger"),
        (Said("CANCEL", organiser=STRANGER, asked=((ANA, ""),)), "somebody else's"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_no_meeting(stage: Stage, said: Said, why: str) -> None:
    """What is no meeting of ours changes nothing."""
    del why
    await begin(stage)
    await hear(stage, google(said))
    unanswered = said.method == "REPLY" and not said.asked and not said.lines
    assert untouched(stage) is not unanswered


async def test_certain_and_unclear(stage: Stage) -> None:
    """What is certain to be an answer to us, and no meeting that we know, is for a person."""
    sent = await begin(stage)
    thread = (f"In-Reply-To: {sent}",)
    passed_on = request(organiser=STRANGER, by=ZOE, headers=thread, asked=((ZOE, "ACCEPTED"),))
    await hear(stage, google(passed_on))
    assert titles(stage) == [IS_MEETING]
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW


async def test_another_address(stage: Stage) -> None:
    """Who accepts from an address that we do not know is known by the invitation, or the thread."""
    sent = await begin(stage)
    alias = "zoe.smith@home.example"
    stage.inboxes["ana"].deliver(google(request()), Folder.SENT)
    await stage.work(MINUTE)
    await hear(stage, google(reply("ACCEPTED", asked=((alias, "ACCEPTED"),))))
    assert (state(stage), ended(stage)) == (S.BOOKED, FinishReason.MEETING_BOOKED)
    assert sent


async def test_another_address_in_the_thread(stage: Stage) -> None:
    """The same where the mail answers ours, and where a person has said whose address it is."""
    sent = await begin(stage, ADA)
    alias = "zoe.smith@home.example"
    said = reply("ACCEPTED", asked=((alias, "ACCEPTED"),), headers=(f"In-Reply-To: {sent}",))
    await hear(stage, outlook(said))
    assert state(stage) is S.BOOKED
    other = "ada@home.example"
    stage.write(aliases.add, other, stage.person(ADA), "ana", stage.clock.now())
    await hear(stage, outlook(reply("ACCEPTED", uid="77", asked=((other, "ACCEPTED"),))))
    assert state(stage, ADA) is S.BOOKED


async def test_an_assistant(stage: Stage) -> None:
    """Who invites or answers through an assistant is the one who meets."""
    await begin(stage, ADA)
    secretary = "desk@bank.example"
    sent_by = f'ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:{ZOE}":mailto:{secretary}'
    await hear(stage, outlook(reply("", asked=(), by=secretary, lines=(sent_by,))))
    assert state(stage) is S.BOOKED
    colleague = request(organiser=BOSS, uid="88", asked=((ANA, ""), (ADA, "ACCEPTED")))
    await hear(stage, outlook(colleague))
    assert (state(stage, ADA), ended(stage, ADA)) == (S.BOOKED, FinishReason.MEETING_BOOKED)


async def test_a_colleague_whom_nobody_knows(stage: Stage) -> None:
    """Who is at the company of a prospect has a meeting; whose it is, a person says."""
    await begin(stage)
    await hear(stage, outlook(request(organiser=BOSS, asked=((ANA, ""),))))
    assert stage.read(meetings.count_by_state) == {S.BOOKED: 1}
    assert met(stage) == []
    assert titles(stage) == [WHOSE]


async def test_a_rep_refuses_an_invitation(stage: Stage) -> None:
    """What a rep declines by hand, as it lies in Sent, is a meeting that was refused."""
    await begin(stage)
    theirs = request(organiser=ZOE, asked=((ANA, "NEEDS-ACTION"),))
    await hear(stage, outlook(theirs))
    no = theirs.but(method="REPLY", minute=9, asked=((ANA, "DECLINED"),), to=ZOE)
    stage.inboxes["ana"].deliver(outlook(no), Folder.SENT)
    await stage.work(MINUTE)
    assert state(stage) is S.REJECTED


async def test_our_own_cancel(stage: Stage) -> None:
    """A meeting that our own rep cancels was cancelled by the host."""
    await begin(stage)
    await hear(stage, google(reply("ACCEPTED")))
    cancel = Said("CANCEL", 20, 1, lines=("STATUS:CANCELLED",), comment="Ill")
    stage.inboxes["ana"].deliver(google(cancel), Folder.SENT)
    await stage.work(MINUTE)
    (meeting,) = met(stage)
    assert (meeting.state, meeting.cancelled_by) == (S.CANCELLED, "host")
    assert meeting.cancel_reason == "Ill"


async def test_floating_times(stage: Stage) -> None:
    """A time without a zone is by the clock of the workspace, where the mailbox has none."""
    policy = a_policy(tz=ZoneInfo("Europe/Berlin"))
    there = Stage(stage.database, policy=policy)
    await begin(there)
    raw = google(request(organiser=ZOE, asked=((ANA, ""),)))
    for name in (b"DTSTART", b"DTEND"):
        raw = raw.replace(name + b":20260307T120000Z", name + b":20260307T120000")
    raw = raw[: raw.index(b"--b\r\nContent-Type: application/ics")] + b"--b--\r\n"
    await hear(there, raw)
    assert met(there)[0].starts_at == STARTS - timedelta(hours=1)


async def test_a_mail_without_its_object(stage: Stage) -> None:
    """Of what Outlook hides in a form of its own, a person is asked."""
    await begin(stage)
    raw = (
        f"From: {ZOE}\r\nSubject: Accepted\r\nContent-Type: application/ms-tnef; name=winmail.dat"
        "\r\n\r\n"
    ).encode() + b"\x78\x9f\x3e\x22\x01\x00IPM.Schedule.Meeting.Resp.Pos\x00"
    await hear(stage, raw)
    assert titles(stage) == [IS_MEETING]


async def test_a_rep_answers(stage: Stage) -> None:
    """What a rep answers to an invitation of ours is no meeting of a prospect's."""
    rep = Rep("eva", "Eva", "eva@client.example", ZoneInfo("Europe/Madrid"))
    there = Stage(stage.database, policy=a_policy(reps={"eva": rep}))
    await begin(there)
    await hear(there, google(reply("ACCEPTED", asked=(("eva@client.example", "ACCEPTED"),))))
    assert untouched(there)
    await hear(there, calendly(request()))
    new = NewHandover("k", met(there)[0].id, "eva", "", "h1@google.com", 0, {}, None, None)
    there.write(handovers.add, new, there.clock.now())
    await hear(
        there, google(reply("", uid="h1", asked=(("eva@client.example", "ACCEPTED"),), minute=9))
    )
    handover = there.read(handovers.by_uid, "h1@google.com")
    assert handover.state is HandoverState.ACCEPTED
    assert state(there) is S.BOOKED


MOVED = STARTS + timedelta(days=1)
SERIES = (
    request(),
    reply("TENTATIVE", minute=4),
    reply("ACCEPTED", minute=5),
    request(minute=10, revision=1, starts_at=MOVED),
    reply("ACCEPTED", minute=12, revision=1, starts_at=MOVED),
)


def about(said: Said, person: str) -> Said:
    """The same of a meeting of its own with somebody else."""
    asked = tuple((person, answer) for _, answer in said.asked)
    return said.but(asked=asked, uid=person.partition("@")[0])


@pytest.mark.parametrize("end", [S.BOOKED, S.CANCELLED])
async def test_every_order(stage: Stage, end: MeetingState) -> None:
    """Whatever comes first, and however often, the meeting ends the same."""
    cancel = [Said("CANCEL", 20, 2, starts_at=MOVED)] if end is S.CANCELLED else []
    orders = list(permutations([*SERIES, *cancel]))[:: 90 if cancel else 15]
    people = [f"p{number}@bank.example" for number in range(len(orders))]
    stage.begin(*people)
    await stage.work()
    ends = set()
    for person, order in zip(people, orders, strict=True):
        own = [outlook(about(said, person)) for said in order]
        await hear(stage, *own, own[0], own[-1])
        (meeting,) = met(stage, person)
        ends.add((meeting.state, meeting.starts_at, meeting.verified))
    assert ends == {(end, MOVED, False)}
