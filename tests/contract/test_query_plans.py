import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from builders import NOON
from filling import Filling, fill
from meeting_filling import fill_meetings
from sqlalchemy import event
from stage import Stage, a_loaded, a_policy

from sequencer.domain.pacing import Limits, Pace
from sequencer.engine.policy import MailboxPolicy
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store.database import Connection, Database

BOXES = ("box0", "box1", "box2")
DUE = 24
ENROLLED = 4_000
GREAT = ("enrollment", "send", "handover", "notice")  # which no daemon may read the whole of
PARTIAL = ("ix_send_waits", "ix_send_under_way", "ix_notice_waits")  # hold only what is to be done
Statement = tuple[str, Any]


def a_stage(database: Database) -> Stage:
    """Four thousand enrolled, two dozen of them due, in three mailboxes with every limit on."""
    pace = Pace(per_day=1_000, per_hour=900, per_week=5_000, gap=timedelta(0))
    boxes = {
        name: MailboxPolicy(name, f"{name}@seller.example", "Ana", pace=pace) for name in BOXES
    }
    limits = Limits(per_domain=50, per_person_day=2, per_person_week=5)
    stage = Stage(database, policy=a_policy(mailboxes=boxes, limits=limits))
    cadence = a_loaded(mailboxes=BOXES, throttle={"new_per_day": 500, "max_active": 10_000})
    fill(database, [cadence], Filling(ENROLLED, DUE, len(BOXES), NOON))
    fill_meetings(database, ENROLLED)
    return stage


@contextmanager
def recorded(database: Database) -> Iterator[dict[str, Statement]]:
    """Every statement of what happens inside, each once, with the values that it had first."""
    seen: dict[str, Statement] = {}

    def note(
        _connection: Connection, _cursor: Any, statement: str, values: Any, _context: Any, many: Any
    ) -> None:
        seen.setdefault(statement, (statement, values[0] if many else values))

    engines = {database._writer, database._reader}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def readable(seen: dict[str, Statement]) -> list[Statement]:
    """Those that a database explains."""
    return [
        each
        for text, each in seen.items()
        if text.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
    ]


def whole_reads(database: Database, statement: Statement) -> list[str]:
    """Parts of the plan that read a great table from end to end."""
    text, values = statement
    with database.write() as connection:
        if database.is_sqlite:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
            return [row.detail for row in rows if is_whole_scan(row.detail)]
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}", values).scalar_one()
        root = json.loads(plan) if isinstance(plan, str) else plan
        return [told(node) for node in nodes(root[0]["Plan"]) if is_whole_read(node)]


def is_whole_scan(detail: str) -> bool:
    """Whether a line of SQLite's plan is a scan of a great table, or of an index over all of it."""
    scanned = re.match(r"SCAN (\w+?)(_\d+)?(?: USING (?:COVERING )?INDEX (\w+))?$", detail)
    return scanned is not None and scanned[1] in GREAT and scanned[3] not in PARTIAL


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


def is_whole_read(node: dict[str, Any]) -> bool:
    """Whether a node of PostgreSQL's plan reads a great table, or an index over all of it."""
    if node.get("Relation Name") not in GREAT:
        return False
    if node["Node Type"] == "Seq Scan":
        return True
    by_index = node["Node Type"] in {"Index Scan", "Index Only Scan"}
    return by_index and "Index Cond" not in node and node["Index Name"] not in PARTIAL


def told(node: dict[str, Any]) -> str:
    return f"{node['Node Type']} {node.get('Index Name', '')} on {node['Relation Name']}"


def offences(database: Database, seen: dict[str, Statement]) -> dict[str, list[str]]:
    found = {each[0]: whole_reads(database, each) for each in readable(seen)}
    return {text: parts for text, parts in found.items() if parts}


def analyze(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text("ANALYZE"))


async def a_day_of_work(stage: Stage) -> None:
    """Everything that may become of a mail, an idle tick, and the mails that follow."""
    outcomes = (
        Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "unknown"),
        Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 450, "4.2.0", "later"),
        Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="the line was cut"),
    )
    stride = ENROLLED // DUE
    for number, outcome in enumerate(outcomes, 1):
        for mailer in stage.mailers.values():
            person = stride * number
            mailer.plan(f"lead{person}@firm{person // 4}.example", outcome)
    await stage.work()
    await stage.work(timedelta(minutes=1))
    await stage.work(timedelta(hours=1))
    await stage.runner.take_leases()
    await stage.work(timedelta(days=3))
    await stage.work(timedelta(hours=1))


@pytest.mark.parametrize(
    ("kind", "analyzed"), [("sqlite", False), ("sqlite", True), ("postgres", True)]
)
async def test_no_work_of_a_daemon_reads_a_great_table_from_end_to_end(
    request: pytest.FixtureRequest, kind: str, *, analyzed: bool
) -> None:
    """Leases, ticks, looks, hand-overs and outcomes find their rows by an index, every time.

    On SQLite also without statistics, which nobody gathers there; a server keeps them by itself.
    """
    database: Database = request.getfixturevalue(f"{kind}_database")
    stage = a_stage(database)
    if analyzed:
        analyze(database)
    with recorded(database) as seen:
        await a_day_of_work(stage)
    assert sum(len(mailer.accepted) for mailer in stage.mailers.values()) > DUE // 2
    assert len(readable(seen)) > 30
    assert offences(database, seen) == {}


async def test_the_measure_measures(database: Database) -> None:
    """A statement that reads all enrollments, or all sends, is found."""
    fill(database, [a_loaded(mailboxes=BOXES)], Filling(ENROLLED, DUE, len(BOXES), NOON))
    queries = ("SELECT sum(prospect_id) FROM enrollment", "SELECT count(subject) FROM send")
    with recorded(database) as seen, database.read() as connection:
        for query in queries:
            connection.execute(sa.text(query))
    assert set(offences(database, seen)) == set(queries)
