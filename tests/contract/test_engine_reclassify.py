"""Kept mails are classified anew: stops that were missed act, nobody goes on by themselves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from foreign_mails import a_mail
from stage import DAY, Stage

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.task import TaskKind
from sequencer.domain.triage import Decision
from sequencer.engine.absent import PERSON, SILENCE
from sequencer.engine.other_reading import Following
from sequencer.engine.reclassify import TITLE, Difference, Look, other_rules
from sequencer.engine.triage import decide
from sequencer.engine.triage_mail import Ruling
from sequencer.files.language_rules import load_rules
from sequencer.store import kept_mail, suppressions, tasks
from sequencer.store.database import Connection
from sequencer.store.kept_mail import Wanted
from sequencer.store.outside_tables import InboundRow
from sequencer.store.tasks import StoredTask

ZOE = "zoe@bank.example"
MINUTE = timedelta(minutes=1)
AWAY = "Auto-Submitted: auto-replied"
TICKET = "We have received your message and opened ticket 4711. We will get back to you."
OLD = "1-of-old"


async def received(stage: Stage, *headers: str, text: str) -> int:
    """Somebody in a cadence has sent a mail; its number."""
    stage.begin(ZOE)
    await stage.work()
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    date = f"Date: {stage.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
    mail = a_mail(f"From: Zoe <{ZOE}>", f"In-Reply-To: {sent}", date, *headers, text=text)
    stage.inboxes["ana"].deliver(mail)
    await stage.work(MINUTE)
    [kept] = stage.read(kept_mail.portion, 0, Wanted(), 10)
    return int(kept.id)


def as_if(stage: Stage, number: int, raw: bytes | None = None, **verdict: Any) -> None:
    """Let other rules have read the mail like that, or let it have been another mail."""

    def change(connection: Connection) -> None:
        mail = kept_mail.find(connection, number)
        assert mail is not None
        values: dict[str, Any] = {"version": OLD, "verdict": {**(mail.verdict or {}), **verdict}}
        values["kind"] = verdict.get("kind", mail.kind)
        if raw is not None:
            values["raw"] = raw
        connection.execute(sa.update(InboundRow).where(InboundRow.id == number).values(**values))

    stage.write(change)


def answer(stage: Stage, number: int, text: str, *headers: str) -> bytes:
    """The mail with another text: what the old rules did not understand."""
    mail = stage.read(kept_mail.find, number)
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    assert mail.raw
    date = f"Date: {mail.stored_at:%a, %d %b %Y %H:%M:%S} +0000"
    return a_mail(f"From: Zoe <{ZOE}>", f"In-Reply-To: {sent}", date, *headers, text=text)


def look(stage: Stage, **changes: Any) -> Look:
    wanted = other_rules(None)
    found = Look(stage.database, stage.desk, wanted, stage.clock.now(), **changes)
    found.count()
    return found


def reclassify(stage: Stage) -> list[Difference]:
    return list(look(stage).reclassify())


def to_do(stage: Stage) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.TRIAGE)
    return found


def stored(stage: Stage, number: int) -> tuple[str, str, Mapping[str, Any]]:
    mail = stage.read(kept_mail.find, number)
    return mail.kind, mail.version, mail.verdict


async def test_nothing_changes(each_stage: Stage) -> None:
    """What is read as before gets the new version, and nothing happens."""
    stage = each_stage
    number = await received(stage, AWAY, text=TICKET)
    assert look(stage).counts.kept == 0
    as_if(stage, number)
    found = look(stage)
    assert list(found.reclassify()) == []
    assert (found.counts.kept, found.counts.same) == (1, 1)
    assert stored(stage, number)[1] == load_rules().version
    assert look(stage).counts.kept == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Yes, please send me your prices.", FinishReason.REPLIED),
        ("Please remove me from your list.", FinishReason.OPTED_OUT),
    ],
)
async def test_a_missed_stop(each_stage: Stage, text: str, reason: FinishReason) -> None:
    """It is shown first, then it acts at once; the promises hold, as of when it was understood."""
    stage = each_stage
    number = await received(stage, AWAY, text=TICKET)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    as_if(stage, number, answer(stage, number, text))
    await stage.work(DAY)
    [shown] = look(stage).differences()
    assert (shown.follows, shown.old.kind, shown.prospect) == (Following.STOP, "auto_reply", ZOE)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert stored(stage, number)[1] == OLD
    assert [each.follows for each in reclassify(stage)] == [Following.STOP]
    assert stage.enrollment(ZOE).finish_reason is reason
    assert stored(stage, number)[:2] == (shown.new.kind, load_rules().version)
    assert stage.verify().clean
    assert reclassify(stage) == []


async def test_no_stop_after_all(each_stage: Stage) -> None:
    """A machine that was taken for a person: the end stays, and a person is asked."""
    stage = each_stage
    number = await received(stage, text="We are fine, thanks.")
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    as_if(stage, number, answer(stage, number, TICKET, AWAY))
    assert [each.follows for each in reclassify(stage)] == [Following.ASK]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    [task] = to_do(stage)
    assert task.title == TITLE
    assert f"sequencer reopen {ZOE}" in task.about
    assert stage.verify().clean


async def test_nobody_comes_off_the_list(stage: Stage) -> None:
    """An opt-out that is none by other rules is still on the list."""
    number = await received(stage, text="Please remove me from your list.")
    as_if(stage, number, answer(stage, number, "Call me."))
    assert [each.follows for each in reclassify(stage)] == [Following.ASK]
    assert [each.suppression.key for each in stage.read(suppressions.listed)] == [ZOE]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT


async def test_an_absence_that_was_missed(stage: Stage) -> None:
    """It is waited for, if its end is not past."""
    number = await received(stage, AWAY, text=TICKET)
    as_if(stage, number, answer(stage, number, "I am out of the office until 1 April 2026.", AWAY))
    assert [each.follows for each in reclassify(stage)] == [Following.WAIT]
    enrollment = stage.enrollment(ZOE)
    assert enrollment.pause_reason is PauseReason.AUTO_REPLY
    assert enrollment.resume_at is not None


async def test_a_doubt_that_was_missed(each_stage: Stage) -> None:
    """A machine passed on what may be a person's words: a person is asked, once."""
    stage = each_stage
    number = await received(stage, AWAY, text=TICKET)
    text = "Yes, can we talk on Thursday?"
    as_if(stage, number, answer(stage, number, text, "Auto-Submitted: auto-generated"))
    assert [each.follows for each in reclassify(stage)] == [Following.WAIT]
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    [task] = to_do(stage)
    assert task.title == PERSON
    as_if(stage, number)
    assert reclassify(stage) == []
    assert stage.verify().clean


async def test_a_machine_that_asks_for_silence(stage: Stage) -> None:
    """It is no person's opt-out; whether it is meant so is asked."""
    number = await received(stage, AWAY, text=TICKET)
    as_if(stage, number, answer(stage, number, "Please remove me from your list.", AWAY))
    [shown] = reclassify(stage)
    assert (shown.follows, shown.new.kind) == (Following.WAIT, "auto_reply")
    assert [each.title for each in to_do(stage)] == [SILENCE]


async def test_a_person_has_decided(stage: Stage) -> None:
    """The word of a person stands, whatever rules say later; the verdict is stored all the same."""
    receipt = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"'
    number = await received(stage, receipt, text="--b\n\nRead.\n--b--")
    [task] = to_do(stage)
    ruling = Ruling(Decision.NOTHING, "ana")
    stage.write(decide, stage.desk, task.id, ruling, None, stage.clock.now())
    as_if(stage, number, answer(stage, number, "Please remove me from your list."))
    [found] = reclassify(stage)
    assert (found.follows, found.decided) == (Following.DECIDED, "nothing, by ana")
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    kind, version, verdict = stored(stage, number)
    assert (kind, version) == ("other", load_rules().version)
    assert verdict["kind"] == "opt_out"


async def test_bytes_that_are_gone(stage: Stage) -> None:
    """What cannot be read any more is counted, and left as it is."""
    number = await received(stage, AWAY, text=TICKET)
    as_if(stage, number, kind="reply")
    assert stage.write(kept_mail.forget_bytes, [number]) == 1
    found = look(stage)
    assert (found.counts.kept, found.counts.removed) == (0, 1)
    assert list(found.reclassify()) == []
    assert stored(stage, number)[:2] == ("reply", OLD)


async def test_since(stage: Stage) -> None:
    """Mails from before a day are left alone."""
    number = await received(stage, AWAY, text=TICKET)
    as_if(stage, number)
    for days, kept in ((1, 0), (-1, 1)):
        wanted = other_rules(stage.clock.now() + days * DAY)
        assert stage.read(kept_mail.count, wanted) == (kept, 0)


async def test_somebody_was_faster(stage: Stage) -> None:
    """Where two do it at once, each mail is acted upon once."""
    number = await received(stage, AWAY, text=TICKET)
    as_if(stage, number, answer(stage, number, "Yes, call me."))
    first, second = look(stage).reclassify(), look(stage).reclassify()
    assert [each.follows for each in first] == [Following.STOP]
    assert list(second) == []
    assert stage.timeline(ZOE).count("finished") == 1


async def test_hostile_bytes(stage: Stage) -> None:
    """A mail that is anything at all ends in a reading, and the next one is read."""
    number = await received(stage, AWAY, text=TICKET)
    wreck = b"\x00\xff" * 50_000 + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 500
    as_if(stage, number, wreck)
    seen: list[int] = []
    found = look(stage, advance=seen.append)
    list(found.reclassify())
    assert sum(seen) == 1
    assert found.counts.failed + found.counts.same + sum(found.counts.follows.values()) == 1
