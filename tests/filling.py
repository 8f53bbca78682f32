"""Fill a database with people who are enrolled, set by set inside the database: a million a minute.

Of the enrollments, spread evenly over the table, so many have a mail that is due; the others wait
for a later day, are paused or have ended, in parts that may be chosen. Mailboxes are `box0`, `box1`
and so on, and everybody is at the step `intro`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from sequencer.engine.apply import Applied, apply_cadences
from sequencer.files.cadence import LoadedCadence
from sequencer.store import mailboxes
from sequencer.store.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Filling:
    """What a database is filled with.

    Attributes:
        waiting, paused, finished: tenths of those that are not due.
    """

    enrolled: int
    due: int
    mailboxes: int
    now: datetime
    waiting: int = 4
    paused: int = 3

    @property
    def stride(self) -> int:
        """How far apart those lie whose mail is due."""
        return max(self.enrolled // max(self.due, 1), 1)


_PEOPLE = "WITH RECURSIVE person(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM person WHERE i < {n})"
_STATE = """CASE WHEN {is_due} OR i % 10 < {waiting} THEN 'active'
      WHEN i % 10 < {waiting} + {paused} THEN 'paused' ELSE 'finished' END"""
_MAILBOX = "'box' || ((i / {stride}) % {boxes})"
_FILL = (
    """
    INSERT INTO prospect (email, email_key, domain_key, account_key, fields, created_at, updated_at)
    {people} SELECT {address}, {address}, 'firm' || (i / 4) || '.example',
      'domain:firm' || (i / 4) || '.example',
      CAST('{{"first_name": "Ana' || i || '", "last_name": "Ruiz", "company": "Firm ' || (i / 4)
        || '", "title": "Head of planning", "country": "ES", "stage": "lead"}}' AS {json}),
      {enrolled_at}, {enrolled_at} FROM person ORDER BY i
    """,
    """
    INSERT INTO enrollment (key, prospect_id, slug, version_hash, state, step_id, pause_reason,
      resume_at, remaining_s, finish_reason, mailbox, overrides, enrolled_by, enrolled_at,
      activated_at, finished_at)
    {people}, told AS (SELECT i, {state} AS state FROM person)
    SELECT {key}, i, '{slug}', '{version}', state,
      CASE WHEN state = 'finished' THEN NULL ELSE 'intro' END,
      CASE WHEN state = 'paused' THEN 'manual' END,
      CASE WHEN state = 'paused' AND i % 2 = 0 THEN {later} END,
      CASE WHEN state = 'paused' THEN 3600 END,
      CASE WHEN state = 'finished' THEN 'replied' END, {mailbox}, '{{}}', 'bench', {enrolled_at},
      {enrolled_at}, CASE WHEN state = 'finished' THEN {long_ago} END
    FROM told ORDER BY i
    """,
    """
    INSERT INTO send (enrollment_id, step_id, mailbox, follow_up, state, runs, slug, due_at, why,
      fence, tries)
    {people}, told AS (SELECT i, {state} AS state FROM person)
    SELECT i, 'intro', {mailbox}, false, CASE WHEN state = 'active' THEN 'queued'
        ELSE 'cancelled' END, state = 'active', '{slug}',
      CASE WHEN {is_due} THEN {due} ELSE {later} END, '', 0, 0
    FROM told WHERE state <> 'finished' ORDER BY i
    """,
    """
    INSERT INTO send (enrollment_id, step_id, mailbox, follow_up, state, runs, slug, due_at, why,
      fence, tries, message_id, subject, recipient, looked_at, tz, synced_at, handed_at, ended_at)
    {people}, told AS (SELECT i, {state} AS state FROM person)
    SELECT i, 'intro', {mailbox}, false, 'sent', false, '{slug}', {long_ago}, '250 ok', 1, 1,
      '<' || i || '@seller.example>', 'The stock', {address}, {long_ago}, 'UTC', {long_ago},
      {long_ago}, {long_ago} FROM told WHERE state = 'finished' ORDER BY i
    """,
    """
    INSERT INTO ledger (at, kind, prospect_id, enrollment_id, mailbox, detail)
    {people} SELECT {enrolled_at}, 'enrolled', i, i, {mailbox}, 'in bench' FROM person ORDER BY i
    """,
)
_IN_SQLITE = "strftime('%Y-%m-%d %H:%M:%S.000000', {base} + {seconds}, 'unixepoch')"
_IN_POSTGRESQL = "to_timestamp({base} + {seconds})"
_DAY = 86_400


def fill(database: Database, loaded: list[LoadedCadence], filling: Filling) -> None:
    """Apply the cadence, and enrol everybody in it."""
    applied = apply_cadences(database, loaded, filling.now - timedelta(days=100))
    with database.write() as connection:
        mailboxes.ensure(connection, [f"box{number}" for number in range(filling.mailboxes)])
        values = _values(connection, filling, applied[0])
        sign = "%" if database.is_sqlite else "%%"  # the driver of PostgreSQL wants it twice
        for statement in _FILL:
            connection.exec_driver_sql(statement.format(**values).replace("%", sign))
    if not database.is_sqlite:  # as autovacuum does it there; nobody does it on SQLite
        with database.write() as connection:
            connection.execute(sa.text("ANALYZE"))


def _values(connection: Connection, filling: Filling, applied: Applied) -> dict[str, object]:
    base = int(filling.now.timestamp())

    def instant(seconds: str) -> str:
        form = _IN_SQLITE if connection.dialect.name == "sqlite" else _IN_POSTGRESQL
        return form.format(base=base, seconds=seconds)

    at_stride = f"i % {filling.stride} = 0 AND i / {filling.stride} <= {filling.due}"
    parts = {
        "is_due": f"({at_stride})" if filling.due else "(1 = 0)",
        "waiting": filling.waiting,
        "paused": filling.paused,
    }
    sqlite = connection.dialect.name == "sqlite"
    return parts | {
        "n": filling.enrolled,
        "stride": filling.stride,
        "boxes": filling.mailboxes,
        "people": _PEOPLE.format(n=filling.enrolled),
        "state": _STATE.format(**parts),
        "mailbox": _MAILBOX.format(stride=filling.stride, boxes=filling.mailboxes),
        "address": "'lead' || i || '@firm' || (i / 4) || '.example'",
        "key": "printf('%032x', i * 7919)" if sqlite else "lpad(to_hex(i::bigint * 7919), 32, '0')",
        "json": "text" if sqlite else "json",
        "slug": applied.slug,
        "version": applied.hash,
        "enrolled_at": instant(f"-{90 * _DAY}"),
        "long_ago": instant(f"-{60 * _DAY} + (i % {40 * _DAY})"),
        "later": instant(f"{10 * _DAY} + (i % {30 * _DAY})"),
        "due": instant(f"-{_DAY} + (i % 7200)"),
    }
