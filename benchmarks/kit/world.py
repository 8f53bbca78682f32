"""An engine over a filled workspace: its real mailer, and an inbox that costs nothing."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kit.workspace import passwords, write_workspace
from sequencer.adapters.smtp import SmtpAccount, SmtpMailer
from sequencer.bootstrap import Workspace, build_world, check, open_workspace
from sequencer.domain.capability import Capability
from sequencer.engine.ports import Hand, Mailer
from sequencer.engine.world import Door, World
from sequencer.files.cadence import LoadedCadence
from sequencer.mail.greeting import Greeting
from sequencer.mail.server import Server
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.store import capabilities


class QuietInbox:
    """A mailbox in which nothing is new."""

    async def scan(self, *_: object, **__: object) -> Sequence[Any]:
        """Nothing."""
        return ()

    async def wait(self, *_: object, **__: object) -> bool:
        """Nothing came in."""
        return False

    async def has_sent(self, *_: object, **__: object) -> Any:
        """Nothing was found."""
        return False

    async def keep_copy(self, *_: object, **__: object) -> None:
        """The provider keeps copies by itself."""

    async def close(self) -> None:
        """Nothing is open."""

    def __getattr__(self, _name: str) -> Any:
        """Whatever else a port may ask for finds nothing as well."""
        return self.has_sent


class Nowhere:
    """A mailer without a wire: everything that the engine does around one, and nothing else."""

    async def send(self, envelope: Envelope, hand: Hand) -> Outcome:
        """Accepted, if the engine hands it over."""
        del envelope
        if not await hand():
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        return Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "2.0.0 Ok")

    async def greet(self) -> Greeting:
        """A warm welcome."""
        return Greeting()

    async def close(self) -> None:
        """Nothing is open."""


def loaded(root: Path, mailboxes: int) -> list[LoadedCadence]:
    """The cadence of the workspace, read and checked."""
    checked = check(root, passwords(mailboxes))
    errors = [problem.render() for problem in checked.problems if problem.severity == "error"]
    if errors:
        raise ValueError("\n".join(errors))
    return list(checked.cadences)


def opened(root: Path, database: str, mailboxes: int, port: int) -> Workspace:
    """A workspace over that database, written and opened."""
    write_workspace(root, database, mailboxes, port)
    return open_workspace(root, passwords(mailboxes))


def quiet_world(workspace: Workspace, *, wire: bool = True) -> World:
    """The world of a daemon whose mailboxes stay empty."""
    world = build_world(workspace)
    with workspace.database.write() as connection:
        for each in workspace.desk.policy.mailboxes.values():  # so that none is asked by a mail
            known = Capability(each.name, each.server, world.clock.now(), keeps_sent_copy=True)
            capabilities.save(connection, known)
    doors: Mapping[str, Door] = {
        name: Door(_mailer(workspace, name) if wire else Nowhere(), QuietInbox())
        for name in world.doors
    }
    return replace(world, doors=doors)


def _mailer(workspace: Workspace, name: str) -> Mailer:
    """The real one, without a user: the sink answers AUTH with a code of another command."""
    smtp = workspace.settings.mailboxes[name].smtp
    account = SmtpAccount(Server(smtp.host, smtp.port, smtp.tls))
    return SmtpMailer(account, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), workspace.clock.boot)
