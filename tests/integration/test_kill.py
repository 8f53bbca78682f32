"""Is a step ever doubled or lost when the daemon is killed again and again while it sends?"""

import asyncio
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from fakes.shifted_clock import ShiftedClock

from sequencer import bootstrap
from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.adapters.sandbox.smtp_server import AcceptedMail
from sequencer.domain.ledger import Kind
from sequencer.domain.prospect import Prospect
from sequencer.engine.apply import apply_cadences
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.runner import Runner
from sequencer.engine.verify import Findings, Recorded, verify
from sequencer.store import ledger, prospects

KILLS = 50
PEOPLE = 100
STEPS = 3
LIFE_S = (0.05, 0.6)  # how long a daemon lives; long enough for some mails, too short for all
ANSWER_S = 0.02  # what the server takes to answer the final dot, so that kills fall into it too
TIMEOUT_S = 30  # for a daemon to start and send its first mail
ADDRESS, PASSWORD = "ana@seller.example", "sandbox"

CADENCE = """\
cadence: killed
title: Three mails at once
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: two, wait: 0 minutes, email: two.md}
  - {id: three, wait: 0 minutes, email: three.md}
"""
SETTINGS = """\
sending: {{poll_s: 5}}
limits: {{per_domain: null, per_person_day: null, per_person_week: null}}
web: {{port: 0}}
mailboxes:
  ana:
    address: {address}
    name: Ana Ruiz
    provider: other
    smtp: {{host: 127.0.0.1, port: {smtp}, tls: plain}}
    imap: {{host: 127.0.0.1, port: {imap}, tls: plain}}
    per_day: 2000
    gap_s: 0
    keeps_sent_copy: true
"""


def run_daemon(root: str, environ: Mapping[str, str]) -> None:
    """Be a daemon until killed."""
    from sequencer.__main__ import WebFace
    from sequencer.cli.main import cli

    os.environ.update(environ)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    cli(["--workspace", root, "run"], obj={"web": WebFace}, prog_name="sequencer")


def write_workspace(root: Path, world: MailWorld) -> dict[str, str]:
    """Files of a workspace whose only mailbox is in the sandbox; what the environment must hold."""
    (root / "config/cadences").mkdir(parents=True)
    (root / "templates/killed").mkdir(parents=True)
    (root / "config/cadences/killed.yaml").write_text(CADENCE)
    (root / "config/sequencer.yaml").write_text(
        SETTINGS.format(address=ADDRESS, smtp=world.smtp.port, imap=world.imap.port)
    )
    for name in ("one", "two", "three"):
        text = f"---\nsubject: Hello\n---\nStep {name} for {{{{ first_name }}}}\n"
        (root / f"templates/killed/{name}.md").write_text(text)
    return {
        "SEQUENCER_SECRET_KEYS": "0123456789abcdef0123456789abcdef",
        "SEQUENCER_MAILBOXES__ANA__PASSWORD": PASSWORD,
    }


def enrol_everybody(workspace: bootstrap.Workspace, root: Path, environ: dict[str, str]) -> None:
    """Apply the cadence and enrol all invented people."""
    now = workspace.clock.now()
    apply_cadences(workspace.database, bootstrap.check(root, environ).cadences, now)
    people = [Prospect(f"p{n}@buyer{n}.example", first_name=f"P{n}") for n in range(PEOPLE)]
    with workspace.database.write() as connection:
        prospects.upsert(connection, people, now)
    wanted = Enrolment("killed", [person.email for person in people], "test")
    answers = enroll(workspace.database, workspace.desk, wanted, workspace.new_key, now)
    assert all(answer.enrolled for answer in answers)


async def kill_again_and_again(root: Path, environ: dict[str, str], dot: asyncio.Event) -> None:
    """Start a daemon and kill it, many times, at moments drawn from a fixed seed.

    Every fifth one dies right after a final dot: on a busy machine chance alone might miss it.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sequencer.bootstrap", "sequencer.web.app"])
    moments = random.Random(20261123)
    for number in range(KILLS):
        dot.clear()
        daemon = context.Process(target=run_daemon, args=(str(root), environ))
        daemon.start()
        if number % 5 == 0:
            await asyncio.wait_for(dot.wait(), TIMEOUT_S)
        else:
            await asyncio.sleep(moments.uniform(*LIFE_S))
        os.kill(daemon.pid or 0, signal.SIGKILL)
        await asyncio.to_thread(daemon.join)


async def finish(workspace: bootstrap.Workspace, record: list[AcceptedMail]) -> Findings:
    """Let a daemon of a quarter of an hour later settle what is in doubt and send the rest."""
    clock = ShiftedClock(timedelta(minutes=16))
    workspace.clock = clock
    world = bootstrap.build_world(workspace)
    runner = Runner(world, "the last one")
    await runner.take_leases(force=True)
    for _ in range(40):
        await runner.tick()
        await runner.drain()
        clock.shift += timedelta(minutes=1)
    for door in world.doors.values():
        await door.mailer.close()
        await door.inbox.close()
    recorded = [Recorded(mail.message_id, mail.recipient) for mail in record]
    with workspace.database.read() as connection:
        return verify(connection, workspace.desk, clock.now(), recorded)


async def test_fifty_kills_double_nothing_and_lose_nothing(tmp_path: Path) -> None:
    """Everybody gets every step exactly once, by the record of the server."""

    dot = asyncio.Event()

    async def think(_mail: AcceptedMail, _at: object) -> None:
        dot.set()
        await asyncio.sleep(ANSWER_S)

    world = MailWorld({ADDRESS: PASSWORD}, ShiftedClock().now)
    world.listeners.append(think)
    async with world:
        environ = write_workspace(tmp_path, world)
        workspace = bootstrap.open_workspace(tmp_path, environ)
        enrol_everybody(workspace, tmp_path, environ)
        await kill_again_and_again(tmp_path, environ, dot)
        before = len(world.accepted)
        findings = await finish(workspace, world.accepted)
        with workspace.database.read() as connection:
            told = Counter(entry.kind for _, entry in ledger.latest(connection, 10_000))
        workspace.close()
    assert told[Kind.IN_DOUBT] > 0, "no kill fell between the final dot and its answer"
    assert told[Kind.SETTLED] + told[Kind.RESENT] == told[Kind.IN_DOUBT]
    assert 0 < before < PEOPLE * STEPS, "the kills fell before or after all the work"
    assert Counter(mail.recipient for mail in world.accepted) == {
        f"p{n}@buyer{n}.example": STEPS for n in range(PEOPLE)
    }
    assert len({mail.message_id for mail in world.accepted}) == PEOPLE * STEPS
    assert findings.clean, findings.details
    assert findings.sends == PEOPLE * STEPS
