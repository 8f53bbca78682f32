"""Move everything to another database: what speaks against it, the copy, and the proof of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.moved import moved_to
from sequencer.store import epoch, moved, schema, transfer
from sequencer.store.at_work import at_work
from sequencer.store.database import Connection, Database, DatabaseError
from sequencer.store.transfer import TABLES, Content

Advance = Callable[[int], None]
MOST_MISFITS = 20  # that are told


class MoveError(Exception):
    """The database cannot be moved; the sentence says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a move would do.

    Attributes:
        rows: how many rows each table has.
    """

    source: str
    target: str
    rows: dict[str, int]

    @property
    def work(self) -> int:
        """How many rows are to be copied and then compared."""
        return 2 * sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved, table by table."""

    source: str
    target: str
    tables: dict[str, Content]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables.values())


def survey(source: Database, target: Database) -> Survey:
    """What is to be moved, without changing anything.

    Raises:
        MoveError: something speaks against it.
    """
    _refuse(source, target)
    with source.read() as connection:
        _refuse_what_went(connection, transfer.told(target))
        _refuse_living(connection)
        rows = {table.name: transfer.count(connection, table) for table in TABLES}
    return Survey(transfer.told(source), transfer.told(target), rows)


def move(
    source: Database, target: Database, new_key: Callable[[], str], now: datetime, advance: Advance
) -> Moved:
    """Copy all rows, compare them, and leave the source as one that nothing is sent from.

    Until the comparison has been made nothing can be seen at the target. The source is kept from
    everybody who would change it meanwhile. It is held in the end like a database from a backup:
    it does not know what happens at the target from now on. That is committed before the target is,
    so whatever fails on the way, there is never a moment in which both may send.

    Args:
        source: the database in use.
        target: one that holds nothing yet; it gets the tables.
        new_key: for the history of a source that no daemon has ever worked on.
        now: for the note in the source.
        advance: told how many rows have been copied or compared.

    Raises:
        MoveError: something speaks against it, what arrived is not what was read, or one of the
            two failed on the way.
    """
    _refuse(source, target)
    schema.upgrade(target)
    where = transfer.told(target)
    try:
        with target.write() as new, source.write() as old:
            transfer.keep_writers_out(old)
            _refuse_what_went(old, where)
            _refuse_living(old)
            transfer.keep_all_out(new)
            _refuse_what_is_there(new, where)
            tables = _carry(old, new, advance)
            epoch.ensure(old, new_key(), now)
            moved.leave(old, where, now)
    except DatabaseError as error:
        raise MoveError(_cut_off(transfer.told(source), where, error)) from error
    return Moved(transfer.told(source), where, tables)


def _carry(old: Connection, new: Connection, advance: Advance) -> dict[str, Content]:
    tables = {table.name: transfer.copy(old, new, table, advance) for table in TABLES}
    transfer.set_next_numbers(new)
    _compare(new, tables, advance)
    moved.arrive(new)
    return tables


def _cut_off(source: str, target: str, error: Exception) -> str:
    return (
        f"The move was cut off: {_cause(error)}\n"
        f"Nothing is sent from {source} if it was held by then. Move again to the same place, "
        f"which ends that; should {target} be refused because it is not empty, "
        "everything has arrived there: set `database:` to it."
    )


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip()


def _refuse(source: Database, target: Database) -> None:
    """What can be known without changing anything; who works on the source is asked apart."""
    if transfer.told(source) == transfer.told(target):
        raise MoveError(f"{transfer.told(source)} is the database that is in use already.")
    if source.is_sqlite and not target.is_sqlite:
        with source.read() as connection:
            _refuse_misfits(connection)
    if not transfer.is_missing(target):
        _look_into(target)


def _look_into(target: Database) -> None:
    told = transfer.told(target)
    try:
        with target.read() as connection:
            _refuse_what_is_there(connection, told)
    except DatabaseError as error:
        raise MoveError(f"{told} cannot be used: {_cause(error)}") from error


def _compare(new: Connection, tables: dict[str, Content], advance: Advance) -> None:
    for table in TABLES:
        if transfer.content(new, table, advance) != tables[table.name]:
            raise MoveError(f"The rows of {table.name} did not arrive as they were.")


def _refuse_misfits(connection: Connection) -> None:
    found = [
        f"{each.table} {each.key}: {each.column} has {each.why}"
        for each, _ in zip(transfer.misfits(connection), range(MOST_MISFITS), strict=False)
    ]
    if found:
        raise MoveError("\n".join(["PostgreSQL cannot hold what is in this database:", *found]))


def _refuse_what_is_there(connection: Connection, told: str) -> None:
    revision = schema.current_revision(connection)
    if revision is None and not transfer.has_tables(connection):
        return
    if revision != schema.HEAD:
        whose = f"schema {revision}" if revision else "tables of something else"
        raise MoveError(f"{told} has {whose}: name an empty database.")
    filled = [table.name for table in TABLES if transfer.count(connection, table)]
    if filled:
        raise MoveError(f"{told} is not empty ({', '.join(filled)}): name an empty database.")


def _refuse_what_went(connection: Connection, target: str) -> None:
    """What was moved is moved to the same place again at most: elsewhere it would be sent twice."""
    where = moved_to(moved.stored_why(connection))
    if where not in {"", target}:
        raise MoveError(
            f"This database was moved to {where} already, and is out of date: "
            "set `database:` to that one."
        )


def _refuse_living(connection: Connection) -> None:
    """An SQLite file tells by its lock whether a daemon has it; a server's database by its rows."""
    living = at_work(connection)
    if living:
        names = ", ".join(living)
        raise MoveError(f"Daemons work on this database: {names}. Stop them first.")
