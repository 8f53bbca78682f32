import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import holding
import pytest
from builders import NOON, a_prospect
from fakes.fake_mailer import FakeMailer
from foreign_mails import a_mail
from sqlalchemy.exc import OperationalError
from stage import Stage, a_loaded, a_policy

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S, Handing, hand_over
from sequencer.engine.leases import Lease, put_right
from sequencer.engine.look import look
from sequencer.engine.outcome import record
from sequencer.engine.recording import MAILBOX_REST
from sequencer.engine.runner import Runner
from sequencer.engine.setback import BACK_OFF
from sequencer.engine.settle import MOST_TRIES
from sequencer.engine.stop import stop, suppress
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase
from sequencer.simulation.life import Life, MortalWorld
from sequencer.store import enrollments, ledger, mailboxes, sends, suppressions
from sequencer.store.database import Connection

ZOE, ANA = "zoe@bank.example", "ana@seller.example"
ADA = "ada@bank.example"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SETTLED = timedelta(minutes=15)
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost", blame=Blame.MAILBOX)


def refusal(kind: OutcomeKind, code: int, enhanced: str, phase: Phase = Phase.RCPT) -> Outcome:
    return Outcome(kind, phase, code, enhanced, "said the server")


GONE = refusal(OutcomeKind.REJECTED, 550, "5.1.1")
GREY = refusal(OutcomeKind.DEFERRED, 450, "4.2.0")


def first(stage: Stage) -> SendState:
    return stage.sends(ZOE)[0].state


async def test_three_mails_at_their_time(stage: Stage) -> None:
    """Each step goes out once, when it is due, in one thread, and the enrollment is completed."""
    stage.begin(ZOE)
    await stage.work()
    await stage.work(3 * DAY - MINUTE)
    assert len(stage.mails(ZOE)) == 1
    await stage.work(MINUTE)
    assert len(stage.mails(ZOE)) == 2
    await stage.work(5 * DAY)
    await stage.work(30 * DAY)
    first, second, third = stage.mails(ZOE)
    assert second["Subject"] == "Re: A question about Bank Example"
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED
    assert stage.timeline(ZOE) == ["enrolled", *["queued", "handed", "sent"] * 3, "finished"]
    assert stage.verify().clean


async def test_what_a_send_cites(each_stage: Stage) -> None:
    """A send keeps what it relied on: its last look, its zone, the scan, the bytes that left."""
    each_stage.begin(ZOE)
    await each_stage.work(7 * MINUTE)
    send = each_stage.sends(ZOE)[0]
    now = NOON + 7 * MINUTE
    assert (send.looked_at, send.synced_at, send.handed_at, send.ended_at) == (now,) * 4
    assert (send.tz, send.tries, send.state) == ("UTC", 1, SendState.SENT)
    assert [each_stage.mail_of(send)] == [mail.data for mail in each_stage.mailers["ana"].accepted]
    assert send.message_id == each_stage.mails(ZOE)[0]["Message-ID"]


async def test_a_copy_is_filed_where_the_provider_files_none(stage: Stage) -> None:
    """Ana's copy is put into Sent by us, Luis' provider does so by itself."""
    stage.apply(a_loaded(mailboxes=["ana", "luis"]))
    stage.bring_in(ZOE, "p@bank.example")
    stage.enroll(ZOE, "p@bank.example")
    await stage.work()
    counts = {name: len(inbox.boxes[Folder.SENT].stored) for name, inbox in stage.inboxes.items()}
    assert counts == {"ana": 1, "luis": 0}


async def test_a_copy_that_cannot_be_filed_raises_no_doubt(stage: Stage) -> None:
    """A mail that was accepted is sent, wherever its copy is."""
    stage.begin(ZOE)
    await stage.take_leases()

    class Unwilling(FakeMailer):
        async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
            outcome = await super().send(envelope, hand)
            stage.inboxes["ana"].trouble = InboxError("full")
            return outcome

    stage.mailers["ana"] = Unwilling()
    stage.restart()
    await stage.work()
    assert first(stage) is SendState.SENT


async def test_the_back_off(stage: Stage) -> None:
    """A temporary refusal is tried again after each wait of the table, then the send has failed."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, *[GREY] * 9)
    await stage.work()
    for tries, wait in enumerate(BACK_OFF, start=1):
        [send] = stage.sends(ZOE)
        assert (send.state, send.tries) == (SendState.DEFERRED, tries)
        assert send.due_at == stage.clock.now() + wait
        await stage.work(wait - MINUTE)
        assert stage.sends(ZOE) == [send]
        await stage.work(MINUTE)
    assert first(stage) is SendState.REJECTED
    assert stage.enrollment(ZOE).finish_reason is FinishReason.FAILED
    assert stage.mails(ZOE) == []
    told = [kind for kind in stage.timeline(ZOE)[2:] if kind != "not_now"]
    assert told == ["deferred"] * 5 + ["rejected", "finished"]
    assert stage.verify().clean


async def test_a_deferred_mail_goes_out_once(stage: Stage) -> None:
    """After a temporary refusal at the dot the next try is accepted, and that is the only copy."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, replace(GREY, phase=Phase.DOT))
    await stage.work()
    [send] = stage.sends(ZOE)
    assert (send.state, send.handed_at) == (SendState.DEFERRED, None)
    await stage.work(BACK_OFF[0])
    assert first(stage) is SendState.SENT
    assert len(stage.mails(ZOE)) == 1


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
async def test_a_dead_address(stage: Stage, phase: Phase) -> None:
    """A permanent refusal of the address bounces the person out of everything, for good."""
    stage.apply(a_loaded(), a_loaded(cadence="other", mailboxes=["luis"]))
    stage.bring_in(ZOE)
    stage.enroll(ZOE, slug="other")
    await stage.work()
    stage.enroll(ZOE)
    stage.mailers["ana"].plan(ZOE, replace(GONE, phase=phase))
    await stage.work()
    assert first(stage) is SendState.REJECTED
    every = stage.read(enrollments.of_prospect, stage.person(ZOE))
    assert [each.enrollment.finish_reason for each in every] == [FinishReason.BOUNCED] * 2
    assert "suppressed" in stage.timeline(ZOE)
    await stage.work(30 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_a_refusal_of_ours_kills_no_address(stage: Stage) -> None:
    """A person who refuses us is let go; nothing about the address is put on the list."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, refusal(OutcomeKind.REJECTED, 550, "5.7.1"))
    await stage.work()
    assert stage.enrollment(ZOE).finish_reason is FinishReason.BOUNCED
    assert "suppressed" not in stage.timeline(ZOE)


async def test_a_block_rests_the_mailbox(stage: Stage) -> None:
    """What is about our reputation slows the mailbox down and is tried again, not for ever."""
    block = refusal(OutcomeKind.REJECTED, 554, "5.7.26", Phase.DOT)
    stage.begin(ZOE, "p@bank.example")
    stage.mailers["ana"].plan(ZOE, *[block] * 9)
    await stage.work()
    assert (stage.health().state, stage.mails("p@bank.example")) == (MailboxState.THROTTLED, [])
    await stage.work(timedelta(hours=1))
    assert len(stage.mails("p@bank.example")) == 1
    for _ in range(12):
        await stage.work(DAY)
    assert first(stage) is SendState.REJECTED
    assert stage.enrollment(ZOE).finish_reason is FinishReason.FAILED
    assert "suppressed" not in stage.timeline(ZOE)


MIDWAY = [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY]


def broken_line(phase: Phase) -> Outcome:
    return Outcome(OutcomeKind.DEFERRED, phase, text="line lost", blame=Blame.MAILBOX)


async def test_a_server_that_cannot_be_reached_is_nobodys_fault(stage: Stage) -> None:
    """Without a connection no try is used up: the mailbox rests, then the mail goes out once."""
    stage.begin(ZOE)
    lost = broken_line(Phase.CONNECT)
    stage.mailers["ana"].plan(ZOE, *[lost] * 12)
    for _ in range(12):
        await stage.work(3 * MINUTE)
        [send] = stage.sends(ZOE)
        assert (send.state, send.tries, send.handed_at) == (SendState.DEFERRED, 0, None)
        assert stage.health().state is MailboxState.FAILING
    await stage.work(3 * MINUTE)
    assert len(stage.mails(ZOE)) == 1
    assert stage.health().state is MailboxState.OK


@pytest.mark.parametrize("phase", MIDWAY)
async def test_a_line_lost_midway_is_nobodys_fault(stage: Stage, phase: Phase) -> None:
    """A line that breaks before the dot costs no try either; the mail waits longer each time."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, *[broken_line(phase)] * 4)
    await stage.work()
    for broken in range(1, 5):
        [send] = stage.sends(ZOE)
        assert (send.state, send.tries, send.handed_at) == (SendState.DEFERRED, 0, None)
        assert send.due_at == stage.clock.now() + MAILBOX_REST * 2**broken
        assert stage.health().state is MailboxState.FAILING
        await stage.work(MAILBOX_REST * 2**broken)
    assert len(stage.mails(ZOE)) == 1
    assert stage.health().state is MailboxState.OK


@pytest.mark.parametrize("phase", MIDWAY)
async def test_a_mail_that_breaks_the_line_delays_nobody(stage: Stage, phase: Phase) -> None:
    """The next mail leaves once the mailbox has rested, and a person looks at the first."""
    stage.begin(ZOE, "p@bank.example")
    stage.mailers["ana"].plan(ZOE, *[broken_line(phase)] * 99)
    await stage.work()
    await stage.work(MAILBOX_REST)
    assert len(stage.mails("p@bank.example")) == 1
    for _ in range(60):
        await stage.work(timedelta(hours=1))
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    [why] = told(stage)
    assert "the line broke 10 times" in why
    assert stage.verify().clean


def told(stage: Stage) -> list[str]:
    entries = stage.read(ledger.of_prospect, stage.person(ZOE))
    return [entry.detail for entry in entries if entry.kind is Kind.PAUSED]


async def test_a_quota_at_mail_parks_nobody(stage: Stage) -> None:
    """A server that lets the mailbox send nothing for days makes its mails late, and no more."""
    stage.begin(ZOE)
    full = Outcome(OutcomeKind.DEFERRED, Phase.MAIL, 550, "5.4.5", "limit", Blame.MAILBOX)
    stage.mailers["ana"].plan(ZOE, *[full] * 20)
    for _ in range(20):
        await stage.work(timedelta(hours=1, minutes=2))
        assert stage.health().state is MailboxState.THROTTLED
    await stage.work(timedelta(hours=1, minutes=2))
    assert len(stage.mails(ZOE)) == 1


async def test_a_message_that_is_too_large(stage: Stage) -> None:
    """It fails alone, with the server's words: neither its reader nor its mailbox suffers."""
    stage.begin(ZOE, "p@bank.example")
    large = Outcome(OutcomeKind.REJECTED, Phase.MAIL, 552, "5.3.4", "too large")
    stage.mailers["ana"].plan(ZOE, large)
    await stage.work()
    assert first(stage) is SendState.REJECTED
    assert "too large" in stage.sends(ZOE)[0].why
    assert stage.enrollment(ZOE).finish_reason is FinishReason.FAILED
    assert "suppressed" not in stage.timeline(ZOE)
    assert len(stage.mails("p@bank.example")) == 1
    assert stage.health().state is MailboxState.OK


def busy_database(stage: Stage, failures: int, *, after_commit: bool = False) -> list[str]:
    """Let the next writes after an answer of the server fail; returns what failed, as it does."""
    failed: list[str] = []

    class Busy(MortalWorld):
        async def transact(self, pieces: Any) -> Any:
            if record not in [piece.work for piece in pieces] or len(failed) >= failures:
                return await super().transact(pieces)
            failed.append("record")
            if after_commit:
                await super().transact(pieces)
            raise OperationalError("COMMIT", {}, Exception("database is locked"))

    world = stage.world
    stage.world = Busy(world.database, world.clock, world.desk, world.doors, life=Life())
    stage.runner = Runner(stage.world, "a daemon", {})
    return failed


@pytest.mark.parametrize("after_commit", [False, True])
async def test_an_answer_outlasts_a_busy_database(stage: Stage, *, after_commit: bool) -> None:
    """What the server said is stored as soon as the database lets us, and once."""
    stage.begin(ZOE)
    failed = busy_database(stage, 5, after_commit=after_commit)
    await stage.work()
    assert len(failed) == 5
    assert first(stage) is SendState.SENT
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_an_answer_is_not_kept_for_ever(stage: Stage) -> None:
    """A database that stays busy ends the tick, and the mail is in doubt."""
    stage.begin(ZOE)
    failed = busy_database(stage, 999)
    await stage.work()
    assert 20 < len(failed) < 40
    assert first(stage) is SendState.HANDED


async def test_a_daemon_that_ends_keeps_no_answer(stage: Stage) -> None:
    """Somebody who wants the daemon to end does not wait for the database."""
    stage.begin(ZOE)

    class Stopping(FakeMailer):
        async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
            outcome = await super().send(envelope, hand)
            stage.world.ending.set()
            return outcome

    stage.mailers["ana"] = Stopping()
    stage.restart()
    failed = busy_database(stage, 999)
    await stage.work()
    assert failed == ["record"]


async def test_a_mail_sent_again_keeps_its_bytes_through_refusals(stage: Stage) -> None:
    """After a doubt neither an early nor a late refusal makes another mail of it."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, LOST, GREY, replace(GREY, phase=Phase.DOT))
    await stage.work()
    [before] = stage.sends(ZOE)
    data = stage.mail_of(before)
    stage.mailers["ana"].accepted.clear()
    stage.write(sends.move, [before.id], SendEvent.RESEND)
    for _ in range(9):
        await stage.work(timedelta(hours=1))
    assert [mail.data for mail in stage.mailers["ana"].accepted] == [data]


async def test_a_resting_mailbox_is_left_alone(stage: Stage) -> None:
    """While a mailbox rests nothing is tried from it, but it is read."""
    stage.begin(ZOE)
    lost = Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 421, blame=Blame.MAILBOX)
    stage.mailers["ana"].plan(ZOE, lost, GONE)
    await stage.work()
    assert stage.health().state is MailboxState.THROTTLED
    await stage.work(MINUTE)
    assert stage.health().synced_at == stage.clock.now()
    assert first(stage) is SendState.DEFERRED


async def test_a_wrong_password_rests_the_mailbox(stage: Stage) -> None:
    """A refused sign-in is not tried again for a while, and a restart tries at once."""
    stage.begin(ZOE)
    refused = Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 535, "5.7.8", blame=Blame.SIGN_IN)
    stage.mailers["ana"].plan(ZOE, refused)
    await stage.work()
    assert stage.health().state is MailboxState.NEEDS_SIGN_IN
    await stage.work(14 * MINUTE)
    assert stage.mails(ZOE) == []
    stage.restart()
    await stage.work()
    assert len(stage.mails(ZOE)) == 1
    assert stage.health().state is MailboxState.OK


async def test_a_smtp_rest_outlives_trouble_of_the_inbox(stage: Stage) -> None:
    """A throttled mailbox stays so, also when its inbox could not be read for a moment."""
    stage.begin(ZOE)
    slow = refusal(OutcomeKind.DEFERRED, 452, "4.5.3")
    stage.mailers["ana"].plan(ZOE, replace(slow, text="4.7.28 rate limit", enhanced="4.7.28"))
    await stage.work()
    assert stage.health().state is MailboxState.THROTTLED
    until = stage.health().until
    stage.inboxes["ana"].trouble = InboxError("line lost")
    await stage.work(MINUTE)
    stage.inboxes["ana"].trouble = None
    await stage.work(3 * MINUTE)
    assert stage.health().until == until
    assert stage.health().state is not MailboxState.OK


async def test_no_scan_no_mail(stage: Stage) -> None:
    """Nothing leaves a mailbox whose inbox cannot be read; when it can, everything goes on."""
    stage.begin(ZOE)
    stage.inboxes["ana"].trouble = InboxError("line lost")
    for _ in range(5):
        await stage.work(MINUTE)
    assert stage.mails(ZOE) == []
    assert stage.health().state is MailboxState.FAILING
    stage.inboxes["ana"].trouble = None
    await stage.work(2 * MINUTE)
    assert len(stage.mails(ZOE)) == 1


async def test_a_clock_that_went_back(stage: Stage) -> None:
    """A scan dated in the future proves nothing, and does not silence the mailbox for years."""
    stage.begin(ZOE)
    stage.write(mailboxes.ensure, ["ana"])
    stage.write(mailboxes.mark_synced, "ana", NOON + 3_650 * DAY)
    await stage.work()
    assert len(stage.mails(ZOE)) == 1
    assert stage.sends(ZOE)[0].synced_at == NOON


async def test_trouble_of_one_mailbox_is_its_own(stage: Stage) -> None:
    """One mailbox out of order does not delay the other."""
    stage.apply(a_loaded(mailboxes=["ana", "luis"]))
    stage.bring_in(ZOE, "p@bank.example")
    stage.enroll(ZOE, "p@bank.example")
    stage.inboxes["ana"].trouble = InboxError("password", permanent=True)
    await stage.work()
    assert len(stage.mails("p@bank.example")) == 1
    assert stage.health("ana").state is MailboxState.NEEDS_SIGN_IN


async def test_the_gap_between_two_mails(stage: Stage) -> None:
    """Mails of a mailbox leave no closer than its gap, follow-ups before first touches."""
    pace = Pace(per_day=1_000, gap=10 * MINUTE)
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=pace)
    slow = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    slow.begin(*(f"p{number}@bank.example" for number in range(3)))
    sent_at = []
    for _ in range(60):
        before = len(slow.mailers["ana"].accepted)
        await slow.work(MINUTE)
        sent_at += [slow.clock.now()] * (len(slow.mailers["ana"].accepted) - before)
    assert len(sent_at) == 3
    assert all(b - a >= pace.gap for a, b in pairwise(sent_at))


async def test_the_cap_of_a_day(stage: Stage) -> None:
    """No more mails than the cap leave in 24 hours, and none is lost over it."""
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=Pace(per_day=2, gap=timedelta(0), per_hour=2))
    slow = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    slow.begin(*(f"p{number}@bank.example" for number in range(5)))
    for expected in (2, 2, 4, 4, 5):
        await slow.work()
        assert len(slow.mailers["ana"].accepted) == expected
        await slow.work(DAY / 2)


async def test_the_window(stage: Stage) -> None:
    """A mail waits for its window with the reason, and the next one counts from its real time."""
    office = {"window": {"mon-fri": ["08:00-10:00"]}, "timezone": "prospect", "jitter_minutes": 0}
    stage.apply(a_loaded(schedule=office))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    [send] = stage.sends(ZOE)
    assert send.due_at == datetime(2026, 3, 4, 7, tzinfo=UTC)
    assert send.why == "window closed until 08:00"
    await stage.work(timedelta(hours=23))
    assert stage.mails(ZOE) == []
    assert "postponed" in stage.timeline(ZOE)
    await stage.work(timedelta(hours=20))
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_no_burst_after_an_outage(stage: Stage) -> None:
    """After weeks of standstill the steps follow each other at their distance, never at once."""
    stage.begin(ZOE)
    await stage.work(60 * DAY)
    await stage.work()
    assert len(stage.mails(ZOE)) == 1
    await stage.work(3 * DAY - MINUTE)
    assert len(stage.mails(ZOE)) == 1


async def test_a_missing_value_parks(stage: Stage) -> None:
    """A value that is gone when the mail is due pauses that enrollment, and no other."""
    stage.begin(ZOE, "p@bank.example")
    forget = "UPDATE prospect SET fields = '{}' WHERE email = 'zoe@bank.example'"
    stage.write(Connection.exec_driver_sql, forget)
    await stage.work()
    enrollment = stage.enrollment(ZOE)
    assert (enrollment.state, enrollment.pause_reason) == (
        EnrollmentState.PAUSED,
        PauseReason.REVIEW,
    )
    assert len(stage.mails("p@bank.example")) == 1
    assert stage.mails(ZOE) == []


async def test_an_unforeseen_error_delays_nobody_else(stage: Stage) -> None:
    """A send that raises is pushed forward with its reason, and the next one is taken."""
    body = "---\nsubject: Hi\n---\n{% if wide %}{{ 'x' * 999999 }}{% endif %}Hello\n"
    stage.apply(a_loaded({"intro.md": body}))
    stage.bring_in(a_prospect(extra={"wide": "1"}), "p@bank.example")
    stage.enroll(ZOE, "p@bank.example")

    class Broken(FakeMailer):
        async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
            if envelope.recipient == "q@bank.example":
                raise RuntimeError("unforeseen")
            return await super().send(envelope, hand)

    stage.mailers["ana"] = Broken()
    stage.restart()
    stage.bring_in("q@bank.example")
    stage.enroll("q@bank.example")
    await stage.work()
    assert len(stage.mails("p@bank.example")) == 1
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    [send] = stage.sends("q@bank.example")
    assert (send.state, send.due_at) == (SendState.QUEUED, NOON + timedelta(hours=1))
    assert "unforeseen" in send.why
    assert "postponed" in stage.timeline("q@bank.example")


# What comes between the look and the hand.


def nothing() -> None:
    """Meddle not."""


@dataclass(slots=True)
class Meddler(FakeMailer):
    """Lets something happen before `hand` is asked, or between it and the answer to the dot."""

    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing
    asked: list[bool] = field(default_factory=list)

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """As the fake, with the meddling."""

        async def meddled() -> bool:
            self.before()
            self.asked.append(await hand())
            self.after()
            self.before = self.after = nothing
            return self.asked[-1]

        return await FakeMailer.send(self, envelope, meddled)


def meddling(
    stage: Stage, before: Callable[[], None] = nothing, after: Callable[[], None] = nothing
) -> Meddler:
    meddler = Meddler(before=before, after=after)
    stage.mailers["ana"] = meddler
    stage.restart()
    stage.begin(ZOE)
    return meddler


async def test_a_stop_before_the_dot(each_stage: Stage) -> None:
    """An enrollment that ends while its mail is on the line gets no dot, and the send an end."""
    stage = each_stage
    meddler = meddling(stage, lambda: stage.write(stop, stage.desk, ZOE, "test", NOON))
    await stage.work()
    assert meddler.asked == [False]
    assert stage.mails(ZOE) == []
    assert first(stage) is SendState.CANCELLED
    await stage.work(30 * DAY)
    assert stage.mails(ZOE) == []
    assert stage.verify().clean


async def test_a_suppression_before_the_dot(each_stage: Stage) -> None:
    """An address that gets on the list while its mail is on the line receives nothing."""
    stage = each_stage
    meddler = meddling(stage, lambda: stage.write(suppress, stage.desk, "bank.example", "t", NOON))
    await stage.work()
    assert meddler.asked == [False]
    assert first(stage) is SendState.CANCELLED
    assert stage.verify().clean


@pytest.mark.parametrize(
    ("key", "ended"),
    [(ZOE, FinishReason.OPTED_OUT), ("bank.example", FinishReason.SUPPRESSED)],
)
async def test_an_entry_that_stopped_nobody(stage: Stage, key: str, ended: FinishReason) -> None:
    """What is on the list without having stopped anybody, after a restore say, is seen in time."""
    stage.begin(ZOE)
    kind = SuppressionKind.ADDRESS if "@" in key else SuppressionKind.DOMAIN
    entry = Suppression(kind, key, SuppressionReason.OPTED_OUT)
    stage.write(suppressions.add, entry, "restored", NOON)
    await stage.work()
    assert stage.mails(ZOE) == []
    assert stage.sends(ZOE)[0].tries == 0
    assert stage.enrollment(ZOE).finish_reason is ended
    assert first(stage) is SendState.CANCELLED


async def test_a_mailbox_taken_over_before_the_dot(stage: Stage) -> None:
    """A daemon that lost its mailbox writes no dot, and leaves the send to the new one."""

    def take_over() -> None:
        stage.write(holding.take, "ana", "another", timedelta(hours=1), force=True)

    meddler = meddling(stage, take_over)
    await stage.work()
    assert meddler.asked == [False]
    assert first(stage) is SendState.QUEUED
    await stage.work(MINUTE)
    assert meddler.asked == [False]
    stage.restart()
    await stage.work(MINUTE)
    assert len(stage.mails(ZOE)) == 1


async def test_a_window_that_closes_before_the_dot(stage: Stage) -> None:
    """The look is repeated before the dot, so a slow server carries no mail past the window."""
    meddler = Meddler(before=lambda: stage.clock.advance(timedelta(hours=2)))
    stage.mailers["ana"] = meddler
    stage.restart()
    office = {"window": {"mon-fri": ["11:00-13:00"]}, "timezone": "workspace", "jitter_minutes": 0}
    stage.apply(a_loaded(schedule=office))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    assert meddler.asked == [False]
    await stage.work()
    [send] = stage.sends(ZOE)
    assert send.due_at == datetime(2026, 3, 4, 11, tzinfo=UTC)
    assert send.why == "window closed until 11:00"


async def test_an_inbox_that_is_stale_before_the_dot(stage: Stage) -> None:
    """A server that takes its time outlives the freshness of the inbox: no dot, a new look."""
    meddler = meddling(stage, lambda: stage.clock.advance(timedelta(seconds=121)))
    await stage.work()
    assert meddler.asked == [False]
    await stage.work()
    assert meddler.asked == [False, True]
    assert len(stage.mails(ZOE)) == 1


async def test_a_slow_server_is_no_obstacle(stage: Stage) -> None:
    """Half a minute between the look and the dot is fine, since everything is looked at again."""
    meddler = meddling(stage, lambda: stage.clock.advance(timedelta(seconds=30)))
    await stage.work()
    assert meddler.asked == [True]
    assert stage.sends(ZOE)[0].looked_at == NOON + timedelta(seconds=30)


async def test_a_sleep_before_the_dot(stage: Stage) -> None:
    """A machine that slept between its last commit and the dot writes none, and sends later."""
    stage.begin(ZOE)
    stage.clock.nap_s = LOOK_IS_GOOD_FOR_S + 0.1
    await stage.work()
    [send] = stage.sends(ZOE)
    assert (send.state, send.handed_at) == (SendState.DEFERRED, None)
    assert stage.mails(ZOE) == []
    stage.clock.nap_s = LOOK_IS_GOOD_FOR_S
    await stage.work()
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


@pytest.mark.parametrize("blame", [Blame.RECIPIENT, Blame.MAILBOX])
async def test_a_stop_while_the_answer_is_awaited(stage: Stage, blame: Blame) -> None:
    """A mail refused after its enrollment ended does not wait for ever: it is cancelled."""
    meddler = meddling(stage, after=lambda: stage.write(stop, stage.desk, ZOE, "test", NOON))
    meddler.plan(ZOE, replace(GREY, phase=Phase.DOT, blame=blame))
    await stage.work()
    assert meddler.asked == [True]
    assert first(stage) is SendState.CANCELLED
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REMOVED
    assert stage.verify().clean


async def test_a_stop_while_an_accept_is_awaited(stage: Stage) -> None:
    """A mail accepted after its enrollment ended is sent, and nothing follows it."""
    meddling(stage, after=lambda: stage.write(stop, stage.desk, ZOE, "test", NOON))
    await stage.work()
    await stage.work(30 * DAY)
    assert [each.state for each in stage.sends(ZOE)] == [SendState.SENT]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REMOVED
    assert stage.verify().clean


async def test_an_answer_that_comes_after_a_take_over(each_stage: Stage) -> None:
    """What a daemon learns of a send that another one has claimed since changes nothing there."""
    stage = each_stage
    other = Stage(stage.database, clock=stage.clock)

    def claim_again() -> None:
        stage.write(holding.take, "ana", "another", timedelta(hours=1), force=True)
        lease = Lease("ana", stage.read(mailboxes.get, "ana").fence)
        stage.write(put_right, other.desk, lease, NOON)
        [send] = stage.sends(ZOE)
        [claimed] = stage.write(look, other.desk, lease, NOON).claimed
        handing = Handing(send.id, lease, claimed.case)
        assert stage.write(hand_over, other.desk, [handing], NOON) == [True]

    meddler = meddling(stage, claim_again)
    await stage.work()
    assert meddler.asked == [False]
    assert first(stage) is SendState.HANDED
    assert stage.mails(ZOE) == []


# Doubt.


async def test_a_copy_in_sent_settles_the_doubt(stage: Stage) -> None:
    """After the answer was lost, a copy in Sent is the proof: the enrollment goes on."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, LOST)
    await stage.work()
    [send] = stage.sends(ZOE)
    assert send.state is SendState.UNKNOWN
    assert "line lost" in send.why
    stage.inboxes["ana"].deliver(stage.mail_of(send), Folder.SENT)
    await stage.work(MINUTE / 2)
    assert first(stage) is SendState.UNKNOWN
    await stage.work(MINUTE)
    assert [each.state for each in stage.sends(ZOE)] == [SendState.SENT, SendState.QUEUED]
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_no_copy_proves_nothing_where_we_file_it(stage: Stage) -> None:
    """A mailbox that keeps no copies leaves the doubt to a person, and the person in peace."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, LOST)
    await stage.work()
    await stage.work(SETTLED)
    await stage.work(30 * DAY)
    assert first(stage) is SendState.PARKED
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def begin_at_luis(stage: Stage, *, arrives: bool, times: int = 1) -> None:
    """A mail to Zoe whose answer gets lost, after one to Ada that the provider filed in Sent."""
    stage.apply(a_loaded(mailboxes=["luis"]))
    stage.bring_in(ADA, ZOE)
    stage.enroll(ADA)
    await stage.work()
    stage.inboxes["luis"].deliver(stage.mailers["luis"].accepted[-1].data, Folder.SENT)
    stage.write(stop, stage.desk, ADA, "test", NOON)
    stage.enroll(ZOE)
    stage.mailers["luis"].lost_are_accepted = arrives
    stage.mailers["luis"].plan(ZOE, *[LOST] * times)


async def test_no_copy_where_the_provider_files_it_means_not_sent(stage: Stage) -> None:
    """The same bytes go out again, with the same Message-ID, and only once."""
    await begin_at_luis(stage, arrives=False)
    await stage.work()
    [before] = stage.sends(ZOE)
    data = stage.mail_of(before)
    await stage.work(SETTLED)
    [_, mail] = stage.mailers["luis"].accepted
    assert mail.data == data
    assert stage.sends(ZOE)[0].state is SendState.SENT
    assert "resent" in stage.timeline(ZOE)
    assert stage.verify().clean


async def test_a_resent_mail_keeps_its_bytes_through_a_crash(stage: Stage) -> None:
    """Neither a refusal to hand over nor a restart changes what is sent again after doubt."""
    await begin_at_luis(stage, arrives=False)
    await stage.work()
    [before] = stage.sends(ZOE)
    data = stage.mail_of(before)
    stage.bring_in(a_prospect(company="Another Name"))

    class Dying(FakeMailer):
        async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
            del envelope, hand
            raise asyncio.CancelledError

    alive, stage.mailers["luis"] = stage.mailers["luis"], Dying()
    stage.restart()
    await stage.work()
    await stage.work(SETTLED)
    assert first(stage) is SendState.CLAIMED
    stage.mailers["luis"] = alive
    stage.restart()
    await stage.work(MINUTE)
    assert [mail.data for mail in alive.accepted[1:]] == [data]


async def test_a_doubt_that_never_ends_is_left_to_a_person(stage: Stage) -> None:
    """A mail whose answer is lost each time is not sent again for ever."""
    await begin_at_luis(stage, arrives=False, times=99)
    for _ in range(20):
        await stage.work(timedelta(hours=1))
    [send] = stage.sends(ZOE)
    assert (send.state, send.tries) == (SendState.PARKED, MOST_TRIES)


async def test_a_doubt_about_a_mail_that_nobody_wants_now(stage: Stage) -> None:
    """Proven not sent, and its enrollment has ended: the send is cancelled."""
    await begin_at_luis(stage, arrives=False)
    await stage.work()
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    await stage.work(SETTLED)
    assert first(stage) is SendState.CANCELLED
    assert "resent" not in stage.timeline(ZOE)
    assert stage.verify().clean


async def test_a_doubt_waits_for_the_inbox(stage: Stage) -> None:
    """Evidence that cannot be looked for decides nothing."""
    await begin_at_luis(stage, arrives=True)
    await stage.work()
    [send] = stage.sends(ZOE)
    stage.inboxes["luis"].deliver(stage.mail_of(send), Folder.SENT)
    stage.inboxes["luis"].trouble = InboxError("line lost")
    for _ in range(5):
        await stage.work(timedelta(hours=1))
        assert first(stage) is SendState.UNKNOWN
    stage.inboxes["luis"].trouble = None
    await stage.work(timedelta(hours=1))
    assert stage.sends(ZOE)[0].state is SendState.SENT


async def answered_unseen(stage: Stage) -> None:
    """Somebody is to get a mail at once, and has written since the mailbox was read."""
    stage.begin(ADA)
    await stage.work()
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", text="Call me."))


async def test_a_scan_dated_by_another_clock(stage: Stage) -> None:
    """A daemon relies on scans of its own: another machine's clock may have dated the last one."""
    await answered_unseen(stage)
    stage.restart()
    stage.write(mailboxes.mark_synced, "ana", NOON + timedelta(seconds=30))
    await stage.work()
    assert stage.mails(ZOE) == []
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED


async def test_a_clock_set_back_after_the_scan(stage: Stage) -> None:
    """How old a scan is tells the clock that nobody sets."""
    await answered_unseen(stage)
    stage.clock.boot_s += 3_600
    await stage.work()
    assert stage.mails(ZOE) == []
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
