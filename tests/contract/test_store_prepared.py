from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from builders import NOON

from sequencer.domain.mailbox import MailboxState
from sequencer.store.database import Database
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import LedgerRow, MailboxRow

ADD = Prepared(sa.insert(MailboxRow), ("name", "state", "reason", "until", "fence"))
WELL = Prepared(
    sa.update(MailboxRow)
    .where(MailboxRow.name == sa.bindparam("one"), MailboxRow.state == MailboxState.FAILING)
    .values(state=MailboxState.OK, until=None)
)
SOME = Prepared(
    sa.select(MailboxRow.name, MailboxRow.until, MailboxRow.fence)
    .where(one_of(MailboxRow.name, "names"))
    .order_by(MailboxRow.name)
)
OF_FENCES = Prepared(sa.select(MailboxRow.name).where(one_of(MailboxRow.fence, "fences")))
NEWEST = Prepared(sa.select(LedgerRow.at).order_by(LedgerRow.id.desc()).limit(1))


def add_two(database: Database) -> None:
    rows = [
        {"name": name, "state": MailboxState.FAILING, "reason": "'; --", "until": at, "fence": 7}
        for name, at in (("ana", NOON), ("l'uis", None))
    ]
    with database.write() as connection:
        assert ADD.each(connection, rows) == 2


def test_values_and_rows_are_those_of_the_domain(database: Database) -> None:
    """Instants go in and come out aware, and a quote in a name is part of the name."""
    add_two(database)
    with database.read() as connection:
        found = SOME.all(connection, {"names": ["l'uis", "ana", "nobody"]})
        assert found == [["ana", NOON, 7], ["l'uis", None, 7]]
        assert OF_FENCES.scalar(connection, {"fences": [7]}) in {"ana", "l'uis"}


def test_a_list_may_be_empty(database: Database) -> None:
    """An empty list is in no row; the statement is the same."""
    add_two(database)
    with database.read() as connection:
        assert SOME.all(connection, {"names": []}) == []
        assert OF_FENCES.all(connection, {"fences": []}) == []


def test_changed_rows_are_counted_over_all_values(database: Database) -> None:
    """A guarded change that finds nothing does not count; no values change nothing."""
    add_two(database)
    with database.write() as connection:
        assert WELL.each(connection, [{"one": "ana"}, {"one": "nobody"}, {"one": "ana"}]) == 1
        assert WELL.each(connection, []) == 0


def test_no_row_is_none(database: Database) -> None:
    """The first value of an empty answer is None."""
    with database.read() as connection:
        assert NEWEST.scalar(connection, {}) is None


def test_an_hour_that_a_zone_has_twice(database: Database) -> None:
    """Two instants that the clocks of a zone show alike are two; Python takes them for one."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    row = {"state": "ok", "reason": "", "fence": 1}
    rows = [row | {"name": str(fold), "until": first.replace(fold=fold)} for fold in (0, 1)]
    with database.write() as connection:
        ADD.each(connection, rows)
        found = SOME.all(connection, {"names": ["0", "1"]})
    assert found[1][1] - found[0][1] == timedelta(hours=1)


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    """What a column refuses it refuses here as well."""
    row = {"name": "ana", "state": "ok", "reason": "", "until": None, "fence": 1}
    naive = (NOON + timedelta(days=1)).replace(tzinfo=None)
    with database.write() as connection, pytest.raises(ValueError, match="without a zone"):
        ADD.each(connection, [row | {"until": naive}])


def test_an_error_of_the_driver_is_one_of_the_library(database: Database) -> None:
    """Whoever tells a row's fault from the database's trouble does so as for any statement."""
    add_two(database)
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        ADD.each(
            connection,
            [{"name": "ana", "state": "ok", "reason": "", "until": None, "fence": 1}],
        )
    with database.write() as connection:
        assert WELL.each(connection, [{"one": "ana"}]) == 1


def test_a_raw_row_is_read_in_parts(database: Database) -> None:
    """What the driver gave is compared as it is, and read where it is wanted."""
    add_two(database)
    with database.read() as connection:
        row, _ = SOME.raw(connection, {"names": ["ana", "l'uis"]})
        assert list(SOME.reader(connection, slice(1))(row[:1])) == ["ana"]
        assert list(SOME.reader(connection, slice(1, None))(row[1:])) == [NOON, 7]
        assert SOME.raw(connection, {"names": ["ana"]}) == [row]
