"""Time and memory of `sequencer verify` over a great many sends, against few of them.

Prints JSON: for each number of sends the seconds that the proof took and the peak of its memory,
each in a process of its own, and how much the memory grew. On SQLite in a temporary file, or in an
empty database whose URL is given.

    python benchmarks/verify.py [--sends 10000 --sends 1000000] [--url postgresql+psycopg://...]
"""

import argparse
import json
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sequencer.domain.pacing import Limits, Pace
from sequencer.engine.desk import Desk
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.verify import verify
from sequencer.store import cadences, mailboxes, schema
from sequencer.store.cadences import StoredVersion
from sequencer.store.database import Connection, Database
from sequencer.store.every_table import METADATA

FEW, MANY = 10_000, 1_000_000
STEPS = ("intro", "bump", "last-mail")
BOXES = 20
PER_DAY = 300  # mails of a mailbox on a working day, one every two minutes from eight to six
MONDAY = datetime(2020, 1, 6, tzinfo=UTC)
DOCUMENT = {
    "cadence": "bench",
    "title": "Many mails",
    "schedule": {"window": {"mon-fri": ["08:00-18:00"]}, "timezone": "workspace"},
    "from": {"mailboxes": [f"box{number}" for number in range(BOXES)]},
    "steps": [
        {"id": step, "email": f"{step}.md", "wait": "1 business_day" if at else "0 minutes"}
        for at, step in enumerate(STEPS)
    ],
}
# Everything is generated inside the database, set by set: person i of n has three mails, and the
# number of a mail among those of its mailbox gives its day and its time.
PEOPLE = "WITH RECURSIVE person(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM person WHERE i < {n})"
FILL = (
    """
    INSERT INTO prospect (email, email_key, domain_key, account_key, fields, created_at, updated_at)
    {people} SELECT {address},
      {address}, 'firm' || (i % 5000) || '.example', '', '{{}}',
      {start}, {start} FROM person ORDER BY i
    """,
    """
    INSERT INTO enrollment (key, prospect_id, slug, version_hash, state, finish_reason, mailbox,
      overrides, enrolled_by, enrolled_at)
    {people} SELECT 'k' || i, i, 'bench', 'bench', 'finished', 'completed',
      'box' || (i % {boxes}), '{{}}', 'bench', {start} FROM person ORDER BY i
    """,
    """
    INSERT INTO ledger (at, kind, prospect_id, enrollment_id, mailbox, detail)
    {people} SELECT {start}, 'enrolled', i, i, 'box' || (i % {boxes}), 'in bench' FROM person
      ORDER BY i
    """,
)
FILL_STEP = (
    """
    INSERT INTO send (enrollment_id, step_id, mailbox, follow_up, state, runs, slug, due_at, why,
      fence, tries, message_id, subject, recipient, looked_at, tz, synced_at, handed_at, ended_at)
    {people}, mail AS (SELECT i, {step} * ({n} / {boxes} + 1) + i / {boxes} AS j FROM person)
    SELECT i, '{name}', 'box' || (i % {boxes}), {follow_up}, 'sent', false, 'bench', {at},
      '250 ok', 1, 1,
      '<' || i || '.{step}@seller.example>', 'Hello', {address},
      {at}, 'UTC', {synced}, {at}, {at} FROM mail ORDER BY i
    """,
    """
    INSERT INTO ledger (at, kind, prospect_id, enrollment_id, mailbox, step_id, detail)
    {people} SELECT {start}, kind, i, i, 'box' || (i % {boxes}), '{name}', '' FROM person,
      (SELECT 1 AS part, 'queued' AS kind UNION ALL SELECT 2, 'handed' UNION ALL SELECT 3, 'sent')
      AS told ORDER BY i, part
    """,
    """
    INSERT INTO attempt (send_id, at, outcome, phase, code, enhanced, answer)
    {people} SELECT i + {step} * {n}, {start}, 'accepted', 'dot', 250, '2.0.0', 'queued' FROM person
      ORDER BY i
    """,
)
FILL_END = (
    """
    INSERT INTO ledger (at, kind, prospect_id, enrollment_id, mailbox, detail)
    {people} SELECT {start}, 'finished', i, i, 'box' || (i % {boxes}), 'completed' FROM person
      ORDER BY i
    """,
    """
    INSERT INTO suppression (kind, key, reason, source, at)
    {people} SELECT 'address', {address}, 'opted_out', 'bench',
      {later} FROM person WHERE i % 50 = 0
    """,
)
# Day j / 300 of the mailbox, weekends left out, and second 120 * (j % 300) after eight o'clock.
SECONDS = (
    f"((j / {PER_DAY} / 5) * 604800 + (j / {PER_DAY} % 5) * 86400 + 28800 + (j % {PER_DAY}) * 120)"
)
IN_SQLITE = "strftime('%Y-%m-%d %H:%M:%S.000000', {base} + {seconds}, 'unixepoch')"
IN_POSTGRESQL = "to_timestamp({base} + {seconds})"


def instant(connection: Connection, seconds: str) -> str:
    """SQL for an instant so many seconds after the first Monday."""
    form = IN_SQLITE if connection.dialect.name == "sqlite" else IN_POSTGRESQL
    return form.format(base=int(MONDAY.timestamp()), seconds=seconds)


def fill(database: Database, sends: int) -> None:
    """A database in which that many mails have been sent, and nothing was violated."""
    schema.upgrade(database)
    people = sends // len(STEPS)
    with database.write() as connection:
        version = StoredVersion("bench", "bench", "Many mails", DOCUMENT, {})
        cadences.apply_version(connection, version, MONDAY)
        mailboxes.ensure(connection, [f"box{number}" for number in range(BOXES)])
        values = {
            "n": people,
            "people": PEOPLE.format(n=people),
            "boxes": BOXES,
            "address": "'p' || i || '@firm' || (i % 5000) || '.example'",
            "start": instant(connection, "0"),
            "later": instant(connection, "500000000"),
            "at": instant(connection, SECONDS),
            "synced": instant(connection, f"{SECONDS} - i % 97"),
        }
        run(connection, FILL, values)
        for number, name in enumerate(STEPS):
            follow_up = "true" if number else "false"
            step = {"step": number, "name": name, "follow_up": follow_up}
            run(connection, FILL_STEP, values | step)
        run(connection, FILL_END, values)
        connection.execute(sa.text("ANALYZE"))


def run(connection: Connection, statements: tuple[str, ...], values: dict[str, object]) -> None:
    """Run the statements with their places filled; the driver of PostgreSQL wants `%%`."""
    sign = "%" if connection.dialect.name == "sqlite" else "%%"
    for statement in statements:
        connection.exec_driver_sql(statement.format(**values).replace("%", sign))


def desk() -> Desk:
    """Settings under which everything was right."""
    pace = Pace(per_day=PER_DAY, gap=timedelta(seconds=90))
    names = [f"box{number}" for number in range(BOXES)]
    policies = {
        name: MailboxPolicy(name, f"{name}@seller.example", "", pace=pace) for name in names
    }
    limits = Limits(per_domain=1_000, per_person_day=2, per_person_week=3)
    return Desk(Policy(policies, (bytes(32),), "https://seller.example", limits=limits))


def prove(url: str) -> dict[str, Any]:
    """What it took to verify a database, as the whole work of this process."""
    database = Database(url)
    began, cpu_began = time.perf_counter(), time.process_time()
    with database.read() as connection:
        found = verify(connection, desk(), MONDAY + timedelta(days=10_000))
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "sends": found.sends,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
        "peak_mb": round(peak_mb, 1),
        "violations": {proof.code: proof.violations for proof in found.proofs},
        "residual": found.residual.mails,
    }


def measured(url: str, sends: int) -> dict[str, Any]:
    """Figures of a process of its own over a database with that many sends."""
    database = Database(url)
    began = time.perf_counter()
    fill(database, sends)
    filled = round(time.perf_counter() - began, 1)
    database.dispose()
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        figures = process.submit(prove, url).result()
    return {**figures, "seconds_to_fill": filled}


def clear(url: str) -> None:
    """Leave nothing behind in a database that was given."""
    database = Database(url)
    with database.write() as connection:
        METADATA.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    database.dispose()


def compared(sizes: list[int], url: str | None) -> list[dict[str, Any]]:
    """Figures for each number of sends."""
    figures = []
    for sends in sizes:
        with tempfile.TemporaryDirectory(prefix="verify-") as folder:
            figures.append(measured(url or f"sqlite:///{Path(folder) / 'many.db'}", sends))
        if url:
            clear(url)
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure `sequencer verify`.")
    parser.add_argument("--sends", type=int, action="append")
    parser.add_argument("--url")
    given = parser.parse_args()
    runs = compared(given.sends or [FEW, MANY], given.url)
    grown = round(runs[-1]["peak_mb"] - runs[0]["peak_mb"], 1)
    print(json.dumps({"what": "verify", "grown_mb": grown, "runs": runs}))
