"""Many daemons on one PostgreSQL: each composed as `sequencer run` does, several in a process."""

import asyncio
import faulthandler
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa
from servers.namespace import Host, enter
from servers.relay import relay
from servers.seller import Seller

from sequencer import bootstrap
from sequencer.store.database import Database

# Longer than a look is good for (5 s): who hesitates is done before another one searches Sent.
SETTLE = timedelta(seconds=8)
END_S = 60.0
STATES = sa.text(
    "SELECT p.email, s.state FROM send s JOIN enrollment e ON e.id = s.enrollment_id"
    " JOIN prospect p ON p.id = e.prospect_id"
)
HOLDERS = sa.text("SELECT name, holder FROM mailbox WHERE lease_until > clock_timestamp()")


@dataclass(frozen=True)
class Fleet(Seller):
    """A workspace on a server's database, and the daemons that work on it."""

    database: str = ""
    began: list[BaseProcess] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """What a daemon needs of the environment."""
        return {**super().environ, "SEQUENCER_DATABASE": self.database}

    def start(self, number: int, host: Host | None = None, database: str = "") -> BaseProcess:
        """A process with that many daemons, perhaps on a host that knows the database otherwise."""
        environ = {**self.environ, "SEQUENCER_DATABASE": database or self.database}
        log = self.root / f"daemons-{len(self.began)}.log"
        started = multiprocessing.get_context("forkserver").Process(
            target=be_daemons, args=(self.root, environ, number, log, host)
        )
        started.start()
        self.began.append(started)
        return started

    def enrol_all(self, people: Callable[[str, str], list[str]], wave: str) -> None:
        """Enrol the people of a wave, mailbox by mailbox."""
        for box in self.boxes:
            self.enrol(box.name, people(box.name, wave))

    def ask(self, question: sa.TextClause) -> Sequence[sa.Row[tuple[object, ...]]]:
        """Rows that answer a question to the database."""
        with _engine(self.database).connect() as connection:
            return connection.execute(question).all()

    def holders(self) -> dict[str, str]:
        """Which daemon holds which mailbox."""
        return {row.name: row.holder for row in self.ask(HOLDERS) if row.holder}

    def states(self) -> dict[str, str]:
        """The state of each person's mail."""
        return {row.email: row.state for row in self.ask(STATES)}

    def said(self, words: str) -> int:
        """How often the daemons have said these words."""
        logs = self.root.glob("daemons-*.log")
        return sum(log.read_text("utf-8", "replace").count(words) for log in logs)


@cache
def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url, pool_pre_ping=True)


@contextmanager
def fleet(seller: Fleet) -> Iterator[Fleet]:
    """A fleet of which nobody is left at the end."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(["servers.fleet"])
    try:
        yield seller
    finally:
        for each in seller.began:
            if each.is_alive():
                each.kill()
            each.join()
        _engine(seller.database).dispose()


async def end(*processes: BaseProcess) -> None:
    """Ask processes to end in order, and see that they do; one that does not logs where it is."""
    for each in processes:
        os.kill(each.pid or 0, signal.SIGTERM)
    for each in processes:
        await asyncio.to_thread(each.join, END_S)
        if each.exitcode is None:
            os.kill(each.pid or 0, signal.SIGABRT)
            await asyncio.to_thread(each.join)
    assert [each.exitcode for each in processes] == [0] * len(processes)


def be_daemons(
    root: Path, environ: Mapping[str, str], number: int, log: Path, host: Host | None
) -> None:
    """Be that many daemons until SIGTERM."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    sys.stderr = sys.stdout = os.fdopen(descriptor, "w", buffering=1)
    if host is not None:
        enter(host.namespace)
    faulthandler.enable()  # where is it, should it not end
    bootstrap.configure_logging(as_json=True)
    workspace = bootstrap.open_workspace(root, environ)
    policy = replace(workspace.desk.policy, settle=SETTLE)
    workspace = replace(workspace, desk=replace(workspace.desk, policy=policy))
    asyncio.run(_work(workspace, number, host))


async def _work(workspace: bootstrap.Workspace, number: int, host: Host | None) -> None:
    if host is not None:
        await _bring_near(workspace, host)

    async def serve(stopping: asyncio.Event) -> None:
        await stopping.wait()

    daemons = []
    for _ in range(number):
        mine = replace(workspace, database=Database(workspace.settings.database))
        daemons.append(bootstrap.build_daemon(bootstrap.build_world(mine), {}, serve))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for each in daemons:
            each.stop()

    loop.add_signal_handler(signal.SIGTERM, stop)
    await asyncio.gather(*(each.run() for each in daemons))


async def _bring_near(workspace: bootstrap.Workspace, host: Host) -> None:
    """Let the mail servers seem to be on the host: those without TLS have to be."""
    settings = workspace.settings.mailboxes.values()
    for port in {port for each in settings for port in (each.smtp.port, each.imap.port)}:
        await relay("127.0.0.1", host.machine, port)
