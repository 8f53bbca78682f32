"""`sequencer triage work`: one mail after the other, one key for each."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

import click

from sequencer.cli.paragraph import show
from sequencer.cli.triage_words import EMPTY, KEYS, done_words, page_lines
from sequencer.domain.triage import Decision

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

MOST_TYPED: Final = 200  # characters of a line
OTHERS: Final = {
    "s": "skip for now",
    "u": "take the last decision back",
    "q": "end",
    "?": "these keys",
}
PROMPT: Final = "[r n a o c b p m  s u q ?] "


def work_through(workspace: "Workspace", by: str, mailbox: str | None, rep: str | None) -> None:
    """Ask about everything that waits, until nothing does or somebody has had enough."""
    session = _Session(workspace, by)
    numbers = session.waiting(mailbox, rep)
    if not numbers:
        click.echo(EMPTY)
        return
    session.run(numbers)
    click.echo(f"{session.count} decided.")


@dataclass
class _Session:
    """One person at work; what was decided may be taken back, the last first."""

    workspace: "Workspace"
    by: str
    decided: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.decided)

    def waiting(self, mailbox: str | None, rep: str | None) -> list[int]:
        from sequencer.engine.triage_list import triage_rows

        with self.workspace.database.read() as connection:
            return [row.number for row in triage_rows(connection, mailbox, rep)]

    def run(self, numbers: list[int]) -> None:
        at = 0
        while at < len(numbers):
            self._show(numbers[at], at, len(numbers))
            key = self._key()
            if key == "q":
                return
            if key == "u":
                at = self._take_back(numbers, at)
            elif key == "s" or self._decide(numbers[at], KEYS[key][0]):
                at += 1

    def _show(self, number: int, at: int, total: int) -> None:
        from sequencer.engine.triage_list import triage_page

        with self.workspace.database.read() as connection:
            page = triage_page(connection, number)
        click.echo(f"\n--- {at + 1} of {total} ---")
        show(page_lines(page, self.workspace.desk.policy.tz, self.workspace.clock.now()))

    def _key(self) -> str:
        """A key that means something; the end of what can be read is an end."""
        while True:
            click.echo(PROMPT, nl=False)
            typed = _typed()
            click.echo()
            if typed is None:
                return "q"
            if typed in KEYS or typed in {"s", "u", "q"}:
                return typed
            for line in _help():
                click.echo(line)

    def _decide(self, number: int, decision: Decision) -> bool:
        """Whether it is decided; what cannot be is told, and asked for again."""
        from sequencer.engine.tasks import TaskError
        from sequencer.engine.triage import decide
        from sequencer.engine.triage_mail import Ruling

        workspace, now = self.workspace, self.workspace.clock.now()
        ruling = Ruling(decision, self.by)
        try:
            until = _day() if decision is Decision.ABSENCE else None
            done = workspace.database.transact(
                lambda connection: decide(connection, workspace.desk, number, ruling, until, now)
            )
        except TaskError as error:
            click.echo(str(error))
            return False
        self.decided.append(number)
        click.echo(done_words(done, workspace.desk.policy.tz, now))
        return True

    def _take_back(self, numbers: list[int], at: int) -> int:
        """Where to go on: at the matter that is open again."""
        from sequencer.engine.tasks import TaskError
        from sequencer.engine.triage_undo import undo

        if not self.decided:
            click.echo("Nothing was decided here yet.")
            return at
        workspace, now, number = self.workspace, self.workspace.clock.now(), self.decided[-1]
        try:
            workspace.database.transact(
                lambda connection: undo(connection, workspace.desk, number, self.by, now)
            )
        except TaskError as error:
            click.echo(str(error))
            return at
        self.decided.pop()
        click.echo(f"{number}: taken back.")
        return numbers.index(number)


def _typed() -> str | None:
    """One key from a terminal, one line from anything else; None at its end."""
    if sys.stdin.isatty():
        return click.getchar().lower()
    line: str = sys.stdin.readline(MOST_TYPED)
    return line.strip().lower() if line else None


def _day() -> date | None:
    """The day that somebody types; none for the one that the mail names."""
    from sequencer.engine.tasks import TaskError

    click.echo("Back on (2026-05-04; nothing for what the mail says): ", nl=False)
    line: str = sys.stdin.readline(MOST_TYPED).strip()
    if not line:
        return None
    try:
        return date.fromisoformat(line)
    except ValueError as error:
        raise TaskError(f"{line!r} is no date such as 2026-05-04.") from error


def _help() -> Iterator[str]:
    for key, (decision, what) in KEYS.items():
        yield f"  {key}  {decision:<16} {what}"
    for key, what in OTHERS.items():
        yield f"  {key}  {what}"
