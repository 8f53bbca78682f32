"""Many rows in one statement: what goes in comes out, whatever it is, and in its order."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import NOON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sequencer.domain.ledger import Entry, Kind
from sequencer.store import ledger
from sequencer.store.columns import TEXT_LIMIT
from sequencer.store.database import Connection, Database
from sequencer.store.given_rows import MOST_BYTES, MOST_ROWS
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.table import Base
from sequencer.store.tables import (
    FolderRow,
    LedgerRow,
    MailboxRow,
    SignInRow,
    VersionRow,
)

Rows = Sequence[Mapping[str, Any]]
# One database for all examples: each takes back what it has written.
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
HOSTILE = (
    "",
    " ",
    "NULL",
    "null",
    "{}",
    '{"a", NULL}',
    '"quoted"',
    "it's; --",
    "back\\slash \\n \\u0000 \\",
    "%s %(given_rows)s %%",
    ":name ::text $1 ?",
    "tab\t line\r\n bell\x07 \x1b \x7f",
    "\u2028\u2029\u00a0\ufeff\u202e",
    "é ß 日本 \U0001f388 e\u0301",
    "x" * TEXT_LIMIT,
)
TEXTS = st.sampled_from(HOSTILE) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=40
)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")
INSTANTS = st.builds(
    lambda since, name: (NOON + since).astimezone(ZoneInfo(name)),
    st.timedeltas(-timedelta(days=50_000), timedelta(days=50_000)),
    st.sampled_from(ZONES),
)
JSONS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
SIGN_INS = st.fixed_dictionaries(
    {
        "version": st.integers(-(2**31), 2**31 - 1),
        "account": st.just("ana@us.example"),
        "sealed": st.binary(max_size=300) | st.just(bytes(range(256))),
        "renewed_at": INSTANTS,
        "expires_at": INSTANTS,
        "ends_at": st.none() | INSTANTS,
        "claim": st.just(""),
        "claimed_until": st.none() | INSTANTS,
        "trouble": TEXTS,
        "needs_person": st.booleans(),
        "rests_until": st.none(),
    }
)
VERSIONS = st.fixed_dictionaries(
    {
        "slug": st.just("a"),
        "title": TEXTS,
        "document": JSONS,
        "templates": JSONS,
        "attachments": JSONS,
        "applied_at": INSTANTS,
    }
)
BIG = st.integers(-(2**63), 2**63 - 1) | st.sampled_from((2**53 + 1, -(2**53) - 1))
FOLDERS = st.fixed_dictionaries(
    {"mailbox": st.just("ana"), "uidvalidity": BIG, "last_uid": BIG, "begun_at": INSTANTS}
)


class TakenBackError(Exception):
    """An example is over: nothing of it is to stay."""


@contextmanager
def taken_back(database: Database) -> Iterator[Connection]:
    with suppress(TakenBackError), database.write() as connection:
        yield connection
        raise TakenBackError


def numbered(key: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: f"row {number:03}", **row} for number, row in enumerate(rows)]


def added(connection: Connection, table: type[Base], rows: Rows) -> int:
    return Prepared(sa.insert(table), tuple(rows[0])).each(connection, rows)


def stored(connection: Connection, table: type[Base], key: str) -> list[dict[str, Any]]:
    query = sa.select(table.__table__).order_by(sa.column(key))
    return [dict(row) for row in connection.execute(query).mappings()]


def in_utc(rows: Rows) -> list[dict[str, Any]]:
    """As they are to come back: in Python no two zones are equal in an hour that comes twice."""
    return [
        {
            name: value.astimezone(UTC) if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def comes_back(database: Database, table: type[Base], key: str, rows: Rows) -> None:
    with taken_back(database) as connection:
        assert added(connection, table, rows) == len(rows)
        assert stored(connection, table, key) == in_utc(rows)


@SHARED
@given(rows=st.lists(SIGN_INS, min_size=1, max_size=6))
def test_values_come_back(database: Database, rows: list[dict[str, Any]]) -> None:
    """Texts, bytes, numbers, instants and what is missing; of one row as well as of many."""
    comes_back(database, SignInRow, "mailbox", numbered("mailbox", rows))


@SHARED
@given(rows=st.lists(VERSIONS, min_size=1, max_size=4))
def test_json_comes_back(database: Database, rows: list[dict[str, Any]]) -> None:
    """A value of JSON is the same value, though the rows travel as JSON themselves."""
    comes_back(database, VersionRow, "hash", numbered("hash", rows))


@SHARED
@given(rows=st.lists(FOLDERS, min_size=1, max_size=4))
def test_large_numbers_are_not_rounded(database: Database, rows: list[dict[str, Any]]) -> None:
    """A number beyond what a float holds comes back to the last digit."""
    box = {"name": "ana", "state": "ok", "reason": "", "fence": 1}
    with taken_back(database) as connection:
        added(connection, MailboxRow, [box])
        new = numbered("folder", rows)
        assert added(connection, FolderRow, new) == len(new)
        assert stored(connection, FolderRow, "folder") == in_utc(new)


CHANGE = Prepared(
    sa.update(SignInRow)
    .where(
        SignInRow.mailbox == sa.bindparam("one"),
        SignInRow.version == sa.bindparam("was_version"),
        SignInRow.ends_at.is_not_distinct_from(sa.bindparam("was_ends_at")),
    )
    .values(
        account="it's 100 % new",
        rests_until=None,
        trouble=sa.bindparam("new_trouble", type_=SignInRow.trouble.type),
        sealed=sa.bindparam("new_sealed", type_=SignInRow.sealed.type),
        ends_at=sa.bindparam("new_ends_at", type_=SignInRow.ends_at.type),
        needs_person=sa.bindparam("new_needs_person", type_=SignInRow.needs_person.type),
    )
)
CHANGED = ("trouble", "sealed", "ends_at", "needs_person")


@SHARED
@given(pairs=st.lists(st.tuples(SIGN_INS, SIGN_INS, st.booleans()), min_size=1, max_size=6))
def test_each_row_is_changed_as_it_says(
    database: Database, pairs: list[tuple[dict[str, Any], dict[str, Any], bool]]
) -> None:
    """A row takes the values that were meant for it, unless it is not what it was taken for."""
    before = numbered("mailbox", [old for old, _, _ in pairs])
    given = [
        {
            "one": old["mailbox"],
            "was_version": old["version"] if meant else 0 if old["version"] else 1,
            "was_ends_at": old["ends_at"],
            **{f"new_{name}": new[name] for name in CHANGED},
        }
        for old, (_, new, meant) in zip(before, pairs, strict=True)
    ]
    after = [
        {**old, "account": "it's 100 % new", **{name: new[name] for name in CHANGED}}
        if meant
        else old
        for old, (_, new, meant) in zip(before, pairs, strict=True)
    ]
    with taken_back(database) as connection:
        added(connection, SignInRow, before)
        assert CHANGE.each(connection, given) == sum(meant for _, _, meant in pairs)
        assert stored(connection, SignInRow, "mailbox") == in_utc(after)


def test_numbers_follow_the_order_of_the_rows(database: Database) -> None:
    """Entries are numbered as they were given, also where they are too many for one statement."""
    entries = [
        Entry(NOON - timedelta(seconds=number), Kind.IMPORTED, f"entry {number}")
        for number in range(2 * MOST_ROWS + 7)
    ]
    with database.write() as connection:
        ledger.write_all(connection, entries)
        kept = connection.execute(sa.select(LedgerRow.detail).order_by(LedgerRow.id)).scalars()
        assert list(kept) == [each.detail for each in entries]
        newest = connection.execute(sa.select(sa.func.max(LedgerRow.id))).scalar_one()
        assert ledger.latest(connection, 1, newest - 1) == [(newest, entries[-1])]


LISTED = Prepared(
    sa.select(VersionRow.title).where(one_of(VersionRow.title, "many")).order_by(VersionRow.hash)
)


def test_a_list_may_have_any_text(database: Database) -> None:
    """Whatever a text looks like in a list, it is that text, and no other one."""
    row = {
        "slug": "a",
        "document": {},
        "templates": {},
        "attachments": {},
        "applied_at": NOON,
    }
    with database.write() as connection:
        added(connection, VersionRow, numbered("hash", [row | {"title": each} for each in HOSTILE]))
        found = LISTED.all(connection, {"many": list(HOSTILE)})
        assert [title for (title,) in found] == list(HOSTILE)
        for each in HOSTILE:
            assert [list(row) for row in LISTED.all(connection, {"many": [each]})] == [[each]]
            assert LISTED.all(connection, {"many": [f"{each}!"]}) == []


def test_many_bytes_come_back(database: Database) -> None:
    """Also where they are too many for one statement."""
    row = {
        "version": 1,
        "account": "",
        "renewed_at": NOON,
        "expires_at": NOON,
        "ends_at": None,
        "claim": "",
        "claimed_until": None,
        "trouble": "",
        "needs_person": False,
        "rests_until": None,
    }
    parts = [bytes([number]) * (MOST_BYTES // 3) for number in range(5)]
    rows = numbered("mailbox", [row | {"sealed": data} for data in (b"", *parts, b"")])
    comes_back(database, SignInRow, "mailbox", rows)


@pytest.mark.postgres
def test_a_text_that_is_too_long_is_refused(postgres_database: Database) -> None:
    """No text is cut to fit its column: the server says no, as it does to one row."""
    rows = [
        {"name": f"{number}", "state": "x" * 129, "reason": "", "fence": 1} for number in range(3)
    ]
    for some in (rows[:1], rows):
        with pytest.raises(sa.exc.DataError), postgres_database.write() as connection:
            added(connection, MailboxRow, some)


@pytest.mark.postgres
def test_a_text_that_no_server_stores_is_refused(postgres_database: Database) -> None:
    """Many rows are refused as one is, and the transaction stores nothing."""
    rows = [{"name": name, "state": "ok", "reason": "\0", "fence": 1} for name in ("ana", "eva")]
    for some in (rows[:1], rows):
        with pytest.raises(sa.exc.DataError), postgres_database.write() as connection:
            added(connection, MailboxRow, some)
