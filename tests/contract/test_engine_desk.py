from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON
from foreign_mails import a_mail
from stage import Stage, a_loaded, a_policy

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.pacing import Pace
from sequencer.domain.send import SendState
from sequencer.domain.suppression import SuppressionKind, SuppressionReason
from sequencer.engine.pause import pause, resume
from sequencer.engine.status import MailboxStatus, Status, status
from sequencer.engine.stop import (
    BATCH,
    UnknownProspectError,
    hit_by,
    stop,
    suppress,
    suppress_in_batches,
    suppressed,
    suppression_of,
)
from sequencer.engine.timeline import timeline
from sequencer.engine.why import PersonReport, why
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store import mailboxes

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
DAY = timedelta(days=1)
OFFICE = {"window": {"mon-fri": ["08:00-10:00"]}, "timezone": "prospect", "jitter_minutes": 0}


def told(stage: Stage, address: str = ZOE) -> PersonReport:
    report: PersonReport = stage.read(why, stage.desk, address, stage.clock.now())
    return report


def picture(stage: Stage) -> Status:
    found: Status = stage.read(status, stage.desk, stage.clock.now())
    return found


def test_a_stop_by_hand(stage: Stage) -> None:
    """A stop ends every cadence of the person, counts them, and says who said so."""
    stage.apply(a_loaded(), a_loaded(cadence="other"))
    stage.bring_in(ZOE)
    for slug in ("fintech-intro", "other"):
        stage.enroll(ZOE, slug=slug)
    assert stage.write(stop, stage.desk, " ZOE@bank.example", "Eva", NOON) == 2
    assert stage.write(stop, stage.desk, ZOE, "Eva", NOON) == 0
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REMOVED
    entries = stage.read(timeline, stage.desk, ZOE).entries
    assert any("stopped by Eva" in entry.detail for entry in entries)


async def test_a_pause_by_hand(stage: Stage) -> None:
    """A person is left alone until somebody says otherwise; then the rest of the wait follows."""
    stage.begin(ZOE)
    await stage.work()
    stage.clock.advance(DAY)
    assert stage.write(pause, stage.desk, ZOE, "Eva", stage.clock.now()) == 1
    await stage.work(30 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert stage.write(resume, stage.desk, ZOE, "Eva", stage.clock.now()) == 1
    assert stage.write(resume, stage.desk, ZOE, "Eva", stage.clock.now()) == 0
    assert stage.sends(ZOE)[1].due_at == stage.clock.now() + 2 * DAY
    assert stage.timeline(ZOE)[-3:] == ["paused", "resumed", "postponed"]


async def test_a_doubt_is_ended_by_hand(stage: Stage) -> None:
    """Who lets a person go on after a doubt has looked: the mail counts as sent, never twice."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, Outcome(OutcomeKind.UNKNOWN, Phase.DOT))
    await stage.work()
    await stage.work(timedelta(minutes=15))
    assert stage.write(resume, stage.desk, ZOE, "Eva", stage.clock.now()) == 1
    assert [each.state for each in stage.sends(ZOE)] == [SendState.SENT, SendState.QUEUED]
    await stage.work(3 * DAY)
    assert len(stage.mails(ZOE)) == 2
    assert stage.verify().clean


def test_a_stop_of_a_stranger(stage: Stage) -> None:
    """Nobody is stopped by mistake: an address that nobody has is an error."""
    for work in (stop, why):
        with pytest.raises(UnknownProspectError):
            stage.write(work, stage.desk, "x@y.example", *(["Eva"] if work is stop else []), NOON)
    with pytest.raises(UnknownProspectError):
        stage.read(timeline, stage.desk, "x@y.example")


@pytest.mark.parametrize(
    ("target", "kind", "key"),
    [
        ("zoe@bank.example", SuppressionKind.ADDRESS, ZOE),
        (" Zoe@BANK.example. ", SuppressionKind.ADDRESS, ZOE),
        ("bank.example", SuppressionKind.DOMAIN, "bank.example"),
        ("@bank.example", SuppressionKind.DOMAIN, "bank.example"),
        ("BÄNK.example", SuppressionKind.DOMAIN, "xn--bnk-qla.example"),
    ],
)
def test_what_is_suppressed(each_stage: Stage, target: str, kind: str, key: str) -> None:
    """An address or a domain in any spelling is one entry of the list."""
    found = each_stage.write(suppress, each_stage.desk, target, "Eva", NOON)
    assert (found.new, found.stopped) == (True, 0)
    assert not each_stage.write(suppress, each_stage.desk, target, "Eva", NOON).new
    [entry] = each_stage.read(suppressed)
    assert (entry.suppression.kind, entry.suppression.key) == (kind, key)
    assert (entry.suppression.reason, entry.source) == (SuppressionReason.MANUAL, "by Eva")


@pytest.mark.parametrize(
    "target",
    [
        "",
        "bank",
        "@",
        "zoe@",
        "zoe@bank",
        "a@b@",
        "..",
        "a b.example",
        "zoe marin@bank.example",
        "https://bank.example/x",
        "bank.example/",
        "*.example",
        "a\x00.example",
    ],
)
def test_what_cannot_be_suppressed(each_stage: Stage, target: str) -> None:
    """What is neither an address nor a domain is refused, and not taken for something else."""
    with pytest.raises(ValueError, match="neither an address nor a domain"):
        each_stage.write(suppress, each_stage.desk, target, "Eva", NOON)
    assert each_stage.read(suppressed) == []


def test_suppressing_a_domain_stops_everybody_there(each_stage: Stage) -> None:
    """All live enrollments at the domain end, and each timeline says why."""
    stage = each_stage
    stage.begin(ZOE, ADA, "x@other.example")
    assert stage.write(suppress, stage.desk, "bank.example", "Eva", NOON).stopped == 2
    for address in (ZOE, ADA):
        assert stage.enrollment(address).finish_reason is FinishReason.SUPPRESSED
        assert stage.timeline(address)[-3:] == ["suppressed", "finished", "cancelled"]
    assert stage.enrollment("x@other.example").state is EnrollmentState.ACTIVE


def test_why_before_the_daemon_ever_ran(stage: Stage) -> None:
    """A person's report needs no daemon: a mailbox that was never read is one of the reasons."""
    stage.begin(ZOE)
    [report] = told(stage).enrollments
    assert [refusal.code for refusal in report.refusals] == ["sync_stale"]
    assert report.next_send is not None
    assert (report.slug, report.tz) == ("fintech-intro", "UTC")


async def test_why_nothing_stands_in_the_way(stage: Stage) -> None:
    """With everything open there is no reason left."""
    stage.begin(ZOE)
    await stage.work()
    [report] = told(stage).enrollments
    assert report.refusals == ()
    assert report.next_send is not None
    assert report.next_send.due_at == NOON + 3 * DAY


async def test_why_names_every_gate(stage: Stage) -> None:
    """All that stands in the way is told at once, with the instant at which time heals it."""
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=Pace(per_day=1, gap=timedelta(hours=3)))
    slow = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    slow.begin(ADA)
    await slow.work()
    slow.apply(a_loaded(cadence="office", schedule=OFFICE))
    slow.bring_in(ZOE)
    slow.enroll(ZOE, slug="office")
    slow.clock.advance(timedelta(hours=1))
    absent = "Auto-Submitted: auto-replied"
    slow.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", "In-Reply-To", absent))
    await slow.work()
    slow.write(mailboxes.set_health, "ana", MailboxState.THROTTLED, "421", NOON + DAY)
    slow.clock.advance(timedelta(hours=1))
    codes = {refusal.code: refusal.until for refusal in told(slow).enrollments[0].refusals}
    assert list(codes) == [
        "paused:auto_reply",
        "outside_window",
        "cap_mailbox",
        "gap",
        "mailbox_unhealthy",
        "sync_stale",
    ]
    assert codes["cap_mailbox"] == NOON + DAY
    assert codes["mailbox_unhealthy"] == NOON + DAY
    assert codes["sync_stale"] is None


async def test_why_of_somebody_on_the_list(stage: Stage) -> None:
    """Suppressions are named with the person, and an ended enrollment by its reason."""
    stage.begin(ZOE)
    stage.write(suppress, stage.desk, ZOE, "Eva", NOON)
    stage.write(suppress, stage.desk, "bank.example", "Eva", NOON)
    report = told(stage)
    assert [str(each.kind) for each in report.suppressions] == ["address", "domain"]
    [enrollment] = report.enrollments
    assert enrollment.enrollment.finish_reason is FinishReason.SUPPRESSED
    assert (enrollment.next_send, enrollment.refusals) == (None, ())


async def test_why_of_a_mailbox_that_is_gone(stage: Stage) -> None:
    """An enrollment whose mailbox was taken out of the settings is told so."""
    stage.begin(ZOE)
    policy = a_policy()
    other = Stage(stage.database, replace(policy, mailboxes={"luis": policy.mailboxes["luis"]}))
    [report] = told(other).enrollments
    assert [refusal.code for refusal in report.refusals] == ["no_active_mailbox"]
    await other.work()
    assert other.mails(ZOE) == []


def test_an_empty_workspace(each_stage: Stage) -> None:
    """With nothing in it there is a row per mailbox, and nothing else."""
    found = picture(each_stage)
    assert (found.cadences, found.enrollments, found.received) == ((), (), {})
    assert [each.name for each in found.mailboxes] == ["ana", "luis"]
    assert found.mailboxes[0].health.state is MailboxState.OK


async def test_the_whole_picture(each_stage: Stage) -> None:
    """Mails of the last day against the cap, what waits, what is in doubt, what comes next."""
    stage = each_stage
    stage.begin(ZOE, ADA, "late@bank.example")
    stage.mailers["ana"].plan(ADA, Outcome(OutcomeKind.UNKNOWN, Phase.DOT))
    stage.inboxes["ana"].deliver(b"")
    await stage.work()
    found = picture(stage)
    ana: MailboxStatus = found.mailboxes[0]
    assert (ana.waiting, ana.in_doubt, ana.parked) == (2, 1, 0)
    assert (ana.usage.sent_24h, ana.usage.per_day, ana.usage.ramp_to) == (2, 1_000, None)
    assert ana.held_by == stage.runner.holder
    assert found.cadences == ("fintech-intro",)
    assert [(each.state, each.number) for each in found.enrollments] == [("active", 3)]
    await stage.work(timedelta(minutes=15))
    ana = picture(stage).mailboxes[0]
    assert (ana.waiting, ana.in_doubt, ana.parked) == (2, 0, 1)
    assert ana.next_due_at == NOON + 3 * DAY
    reasons = {(each.state, each.reason): each.number for each in picture(stage).enrollments}
    assert reasons == {("active", ""): 2, ("paused", "review"): 1}
    stage.clock.advance(DAY - timedelta(minutes=1))
    assert picture(stage).mailboxes[0].usage.sent_24h == 1


async def test_a_large_domain_is_stopped_in_batches(stage: Stage) -> None:
    """The entry is there before anybody is stopped, and each batch is a transaction of its own."""
    people = [f"p{number}@googlemail.com" for number in range(BATCH + 50)]
    stage.begin(*people)
    entry, seen = suppression_of("googlemail.com"), []

    def advance(done: int) -> None:
        live = [stage.enrollment(each).state for each in (people[0], people[-1])]
        seen.append((done, len(stage.read(suppressed)), live.count(EnrollmentState.FINISHED)))

    assert stage.read(hit_by, [entry]) == BATCH + 50
    done = suppress_in_batches(stage.database, stage.desk, entry, "Eva", NOON, advance)
    assert (done.new, done.stopped) == (True, BATCH + 50)
    assert seen == [(BATCH, 1, 1), (50, 1, 2)]
    await stage.work()
    assert stage.mailers["ana"].accepted == []
    assert "suppressed" in stage.timeline(people[-1])
    assert stage.verify().clean
