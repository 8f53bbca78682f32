"""A house whose database is put back from a backup, with what lies outside of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from builders import NOON
from servers.backup import Backup
from servers.databases import Databases
from stage import DAY, Stage, a_policy

from sequencer.adapters.marker import MarkerFile
from sequencer.adapters.opt_out_log import OptOutLog
from sequencer.engine.against_sent import Disagreement, compare_with_sent
from sequencer.engine.history import HistoryWatch
from sequencer.engine.opt_out_book import OptOutBook
from sequencer.engine.reconcile import Report, Wanted, reconcile
from sequencer.store import epoch
from sequencer.store.database import Database

ZOE, ADA, BOB = "zoe@bank.example", "ada@bank.example", "bob@mill.example"
HOUR = timedelta(hours=1)


@dataclass
class House:
    """A stage whose servers file what they take in Sent, with a backup and what lies outside."""

    stage: Stage
    backup: Backup
    folder: Path
    logs: list[OptOutLog] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.marker = MarkerFile(self.folder / "history.json")
        self.logs = [OptOutLog(self.folder / "opt-outs.log")]
        self.start()

    def start(self, *, on_another_host: bool = False) -> None:
        """A new daemon, which knows what this host has seen."""
        if on_another_host:
            self.marker.path.unlink(missing_ok=True)
        self.stage.database.newest.forget()
        self.stage.restart()
        self.stage.runner.history = HistoryWatch(self.marker, self.stage.new_key)
        self.stage.database.tell = OptOutBook(self.logs[0]).note

    async def work(self, after: timedelta = timedelta(0)) -> None:
        """As the stage, with the leases renewed, and the copies filed by the provider."""
        self.stage.clock.advance(after)
        await self.stage.take_leases()
        await self.stage.work()
        await self.stage.take_leases()

    def restore(self, *, on_another_host: bool = False) -> None:
        """Put the backup back, and start a daemon on it."""
        self.backup.restore()
        self.start(on_another_host=on_another_host)

    async def reconcile(self, **wanted: Any) -> Report:
        """What an operator does then."""
        stage = self.stage
        assert stage.runner.history is not None
        return await reconcile(stage.world, Wanted(**wanted), stage.runner.history, self.logs)

    async def disagreements(self) -> list[Disagreement]:
        """What Sent and the ledger do not agree on."""
        compared = await compare_with_sent(self.stage.world, NOON - DAY)
        return [each for mailbox in compared for each in mailbox.disagreements]

    def held(self) -> str:
        """Why nothing leaves."""
        why: str = self.stage.read(epoch.why_held)
        return why

    def copies(self, address: str) -> int:
        """How many mails a person has got."""
        return len(self.stage.mails(address))


async def a_house(database: Database, folder: Path, server: Databases | None = None) -> House:
    """Two people are enrolled, and a daemon has taken the mailboxes."""
    stage = Stage(database, a_policy(probes=False))
    stage.begin(ZOE, ADA)
    made = House(stage, Backup(database, folder, server), folder)
    await stage.take_leases()
    return made
