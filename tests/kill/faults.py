"""The named points at which a daemon ends itself, put around its database and its mailers.

Nothing in the engine knows of them. A transaction is known by what it writes, so the points stay
where they are however the engine groups its work into transactions.
"""

import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import event

from sequencer.engine.ports import Mailer
from sequencer.mail.transaction import Envelope, Outcome
from sequencer.store.database import Database
from sequencer.store.given_rows import ROWS


class Point(StrEnum):
    """Where a daemon may end: around each kind of commit, and around the final dot."""

    BEFORE_LEASE = "before-lease"
    AFTER_LEASE = "after-lease"
    BEFORE_LOOK = "before-look"
    AFTER_LOOK = "after-look"
    AFTER_BODY = "after-body"  # the server has the body, and nothing is handed over
    BEFORE_HANDED = "before-handed"
    AFTER_HANDED = "after-handed"
    BEFORE_DOT = "before-dot"  # the engine has said yes
    AFTER_DOT = "after-dot"  # the server has accepted, and its answer is on its way
    BEFORE_OUTCOME = "before-outcome"
    AFTER_OUTCOME = "after-outcome"
    BEFORE_SETTLED = "before-settled"
    AFTER_SETTLED = "after-settled"
    BEFORE_RECEIVED = "before-received"
    AFTER_RECEIVED = "after-received"


class Write(StrEnum):
    """What a transaction turned out to be; the value is the end of its points' names."""

    LEASE = "lease"
    LOOK = "look"
    HANDED = "handed"
    OUTCOME = "outcome"
    SETTLED = "settled"
    RECEIVED = "received"


MOST_LOOKS, LOOK_S = 2_000, 0.001  # for the sink's word that it has accepted a mail

_TABLE = re.compile(
    r"\s*(?:WITH\b.*?\)\s*)?(INSERT INTO|UPDATE)\s+\"?(\w+)", re.DOTALL | re.IGNORECASE
)
_SETS_CLAIMED = "SET state='claimed'"
_NEW_ROWS = {"attempt": Write.OUTCOME, "inbound": Write.RECEIVED}
_TOLD = {
    "handed": Write.HANDED,
    "settled": Write.SETTLED,
    "resent": Write.SETTLED,
    "parked": Write.SETTLED,
}


Row = Mapping[str, Any] | Sequence[Any]  # values by name, or in the order of the statement


def write_of(statement: str, parameters: Sequence[Row]) -> Write | None:
    """What kind of transaction contains that statement; None if it could be any."""
    found = _TABLE.match(statement)
    if found is None:
        return None
    match found[1].upper(), found[2].lower():
        case "UPDATE", "mailbox" if "holder" in statement and "fence" in statement:
            return Write.LEASE
        case "UPDATE", "send" if _claims(statement, parameters):
            return Write.LOOK
        case "INSERT INTO", "ledger":
            told = {str(value) for row in parameters for value in _values(row)}
            return next((write for kind, write in _TOLD.items() if kind in told), None)
        case "INSERT INTO", table:
            return _NEW_ROWS.get(table)
    return None


def _values(row: Row) -> Iterable[Any]:
    """The values of a row, or of all rows that a server is given in one."""
    if not isinstance(row, Mapping):
        return row
    many = json.loads(row.get(ROWS, "[]"))
    return [*row.values(), *(value for each in many for value in each)]


def _claims(statement: str, parameters: Sequence[Row]) -> bool:
    """Whether an update of sends sets that state: in its text, or by the first of its values."""
    return _SETS_CLAIMED in statement or any(_new_state(row) == "claimed" for row in parameters)


def _new_state(row: Row) -> Any:
    return row.get("state") if isinstance(row, Mapping) else next(iter(row), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """End, or stop, at the n-th passage of a point; `tries` counts the daemons that missed it."""

    point: Point
    passage: int
    sleeps: bool = False
    tries: int = 0


@dataclass
class Faults:
    """Counts the passages of one process, and ends it where it was told to.

    Attributes:
        worked: called once, when the first mail was claimed.
        told: called with the name of the point right before the process ends there.
        held: folder by which the sink is asked to keep an answer back.
    """

    fault: Fault | None
    worked: Callable[[], None]
    told: Callable[[Point], None]
    held: Path
    _passed: Counter[Point] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passes(self, point: Point) -> bool:
        """Whether this is the passage that was meant."""
        with self._lock:
            self._passed[point] += 1
            number = self._passed[point]
            if point is Point.AFTER_LOOK and number == 1:
                self.worked()
        return self.fault is not None and (point, number) == (self.fault.point, self.fault.passage)

    def at(self, point: Point) -> None:
        """End here if this is the passage that was meant."""
        if self.passes(point):
            self.end(point)

    def end(self, point: Point) -> None:
        """End, or stop until somebody lets the process go on."""
        self.told(point)
        sleeps = self.fault is not None and self.fault.sleeps
        os.kill(os.getpid(), signal.SIGSTOP if sleeps else signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Put the points around the commits of a database."""
        engine = database._writer

        @event.listens_for(engine, "before_cursor_execute")
        def look(
            conn: Any, _cursor: Any, statement: str, values: Any, context: Any, many: Any
        ) -> None:
            given = values if many else [values]  # of a statement that goes to the driver as it is
            rows = getattr(context, "compiled_parameters", None) or given
            if (write := write_of(statement, rows)) is not None:
                conn.info.setdefault("writes", {})[write] = True

        @event.listens_for(engine, "commit")
        def before(conn: Any) -> None:
            conn.info["committed"] = conn.info.pop("writes", {})
            for write in conn.info["committed"]:
                self.at(Point(f"before-{write}"))

        @event.listens_for(engine, "rollback")
        def undone(conn: Any) -> None:
            conn.info.pop("writes", None)

        # The first thing that happens after a commit: the connection goes back to its pool.
        @event.listens_for(engine, "checkin")
        def after(_connection: Any, record: Any) -> None:
            for write in record.info.pop("committed", {}):
                self.at(Point(f"after-{write}"))


class FaultyMailer:
    """A mailer whose process may end around the final dot."""

    def __init__(self, mailer: Mailer, faults: Faults) -> None:
        self._mailer = mailer
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mailer, name)

    async def send(
        self, envelope: Envelope, hand: Callable[[], Awaitable[bool]], *rest: Any, **named: Any
    ) -> Outcome:
        """As the mailer, with the points around its question."""

        async def asked() -> bool:
            self._faults.at(Point.AFTER_BODY)
            if not await hand():
                return False
            self._faults.at(Point.BEFORE_DOT)
            if self._faults.passes(Point.AFTER_DOT):
                self._hold(envelope)
            return True

        return await self._mailer.send(envelope, asked, *rest, **named)

    def _hold(self, envelope: Envelope) -> None:
        (self._faults.held / envelope.recipient).touch()
        threading.Thread(target=self._end_once_accepted, args=(envelope,), daemon=True).start()

    def _end_once_accepted(self, envelope: Envelope) -> None:
        """Wait in a thread of its own for the word of the sink, which keeps its answer back."""
        accepted = self._faults.held / f"{envelope.recipient}.accepted"
        pause = threading.Event()
        for _ in range(MOST_LOOKS):
            if accepted.exists():
                self._faults.end(Point.AFTER_DOT)
            pause.wait(LOOK_S)
