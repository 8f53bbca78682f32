"""The stage of a kill loop: a workspace with mailboxes in the sink, and people in a cadence."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from kill.fast_clock import DATABASE_CLOCK, FACTOR, SEARCH_PATH, FastClock
from servers.settings_text import MailboxText, settings_text

from sequencer import bootstrap
from sequencer.domain.prospect import Prospect
from sequencer.engine.apply import apply_cadences
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.store import prospects
from sequencer.store.database import Database

# The provider of these files a copy in Sent by itself: what is not there did not leave.
KEPT = tuple(f"kept{number}" for number in range(5))
# For these the engine files the copy: what is not there proves nothing, and is parked.
BARE = tuple(f"bare{number}" for number in range(3))
PASSWORD = "sandbox"
STEPS = ("one", "two", "three")
ANSWERS_EVERY = 7  # every so many people write back after the first mail
# The clock is fast, and a doubt must be settled within the life of a daemon. Still longer than a
# look is good for (5 s), so that a slow daemon is done before another one searches Sent.
SETTLE = timedelta(seconds=8)

CADENCE = """\
cadence: killed
title: Three mails at once
schedule: {{window: {{mon-sun: ["00:00-24:00"]}}, timezone: workspace, jitter_minutes: 0}}
from: {{mailboxes: [{mailboxes}]}}
steps:
  - {{id: one, email: one.md}}
  - {{id: two, wait: 0 minutes, email: two.md}}
  - {{id: three, wait: 0 minutes, email: three.md}}
"""


def recipient_of(number: int) -> str:
    """The address of a person; of some the name says that they answer."""
    name = "answers" if number % ANSWERS_EVERY == 0 else "person"
    return f"{name}{number}@buyer{number}.example"


@dataclass(frozen=True)
class Scene:
    """Where everything is.

    Attributes:
        database: its URL, empty for an SQLite file in the workspace.
    """

    root: Path
    database: str
    clock: FastClock
    smtp_port: int
    imap_port: int

    @property
    def record(self) -> Path:
        """The log of the sink."""
        return self.root / "sink.jsonl"

    @property
    def held(self) -> Path:
        """Folder by which a daemon asks the sink to keep the answer to a mail back."""
        return self.root / "held"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a daemon."""
        named = {"SEQUENCER_DATABASE": self.database} if self.database else {}
        passwords = {
            f"SEQUENCER_MAILBOXES__{name.upper()}__PASSWORD": PASSWORD for name in (*KEPT, *BARE)
        }
        return {"SEQUENCER_SECRET_KEYS": "0123456789abcdef" * 2, **passwords, **named}

    def write(self) -> None:
        """Write the files of the workspace."""
        (self.root / "config/cadences").mkdir(parents=True)
        (self.root / "templates/killed").mkdir(parents=True)
        names = (*KEPT, *BARE)
        (self.root / "config/cadences/killed.yaml").write_text(
            CADENCE.format(mailboxes=", ".join(names))
        )
        mailboxes = [
            MailboxText(
                name=name,
                smtp=self.smtp_port,
                imap=self.imap_port,
                per_day=100_000,
                per_hour=100_000,
                gap_s=1,
                kept=name in KEPT,
            )
            for name in names
        ]
        (self.root / "config/sequencer.yaml").write_text(settings_text(mailboxes))
        for name in STEPS:
            text = f"---\nsubject: Hello\n---\nDear {{{{ first_name }}}}\n\nStep token: {name}.\n"
            (self.root / f"templates/killed/{name}.md").write_text(text)

    def open(self) -> bootstrap.Workspace:
        """The workspace with the fast clock and the short settling; no connection is open yet."""
        workspace = bootstrap.open_workspace(self.root, self.environ)
        workspace.database.dispose()
        policy = replace(
            workspace.desk.policy,
            settle=SETTLE,
            # As often as with a clock that is not fast, or IMAP would be all that is done.
            freshness=workspace.desk.policy.freshness * (FACTOR / 8),
            poll=workspace.desk.policy.poll,
        )
        desk = replace(workspace.desk, policy=policy)
        return replace(workspace, desk=desk, clock=self.clock)

    def fresh(self, workspace: bootstrap.Workspace) -> bootstrap.Workspace:
        """The same workspace with a database of its own, for a process that was forked."""
        return replace(workspace, database=Database(workspace.settings.database))

    def enrol(self, first: int, people: int) -> None:
        """Apply the cadence and enrol that many invented people, numbered from the first on."""
        workspace = self.open()
        now = workspace.clock.now()
        apply_cadences(workspace.database, bootstrap.check(self.root, self.environ).cadences, now)
        numbers = range(first, first + people)
        invented = [Prospect(recipient_of(n), first_name=f"P{n}") for n in numbers]
        with workspace.database.write() as connection:
            prospects.upsert(connection, invented, now)
        wanted = Enrolment("killed", [person.email for person in invented], "test")
        answers = enroll(workspace.database, workspace.desk, wanted, workspace.new_key, now)
        assert all(answer.enrolled for answer in answers), answers
        workspace.close()


def speed_up(url: str, clock: FastClock) -> str:
    """URL under which that PostgreSQL database has a clock as fast as the daemons' own."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        text = DATABASE_CLOCK.format(start=clock.start.isoformat(), factor=FACTOR)
        connection.exec_driver_sql(text)
    engine.dispose()
    fast = sa.make_url(url).update_query_dict({"options": SEARCH_PATH})
    return fast.render_as_string(hide_password=False)
