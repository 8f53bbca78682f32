"""What the limits of pacing cost before each mail, for a busy mailbox against an idle one.

Prints JSON: milliseconds (the median) to gather what left and to ask the limits, on SQLite in a
temporary file, for a mailbox with so many mails in the last 24 hours, all to one company. `at_cap`
is the same where the limit is reached.

    python benchmarks/pacing.py [--mails 2000]
"""

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sequencer.domain.pacing import Limits, Pace, pacing_refusals
from sequencer.domain.prospect import Prospect
from sequencer.domain.send import SendEvent
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.room import Asked, Room
from sequencer.files.cadence import LoadedCadence, cadence_from_document
from sequencer.store import enrollments, prospects, schema, sends
from sequencer.store.database import Connection, Database

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
ROUNDS = 200
DOCUMENT: dict[str, object] = {
    "cadence": "bench",
    "title": "Many mails",
    "schedule": {"window": {"mon-sun": ["00:00-24:00"]}, "timezone": "workspace"},
    "from": {"mailboxes": ["box"]},
    "throttle": {"new_per_day": 50},
    "steps": [{"id": "intro", "email": "intro.md"}],
}
TEMPLATES = {"intro.md": "---\nsubject: Hello\n---\nHello\n"}


def filled(database: Database, desk: Desk, mails: int) -> int:
    """Number of an enrollment that waits, after so many others whose mail has left."""
    loaded = LoadedCadence(cadence_from_document(DOCUMENT), DOCUMENT, TEMPLATES)
    apply_cadences(database, [loaded], NOW)
    people = [Prospect(email=f"p{number}@firm.example") for number in range(mails + 1)]
    with database.write() as connection:
        prospects.upsert(connection, people, NOW)
    keys = (f"{number:032x}" for number in range(mails + 1))
    wanted = Enrolment("bench", [each.email for each in people], "bench")
    enroll(database, desk, wanted, lambda: next(keys), NOW)
    with database.write() as connection:
        for number in range(1, mails + 1):
            at = NOW - timedelta(seconds=86_000 * number / max(mails, 1) + 200)
            sends.move(connection, [number], SendEvent.CLAIM)
            sends.move(connection, [number], SendEvent.HAND, handed_at=at)
    return mails + 1


def look(connection: Connection, desk: Desk, number: int) -> None:
    """One look at the limits, as it is taken before a mail."""
    case = desk.case(connection, enrollments.get(connection, number))
    asked = Asked(case, "box", first=True)
    room = Room(connection, desk, [asked], NOW)
    pacing_refusals(room.limits_of(asked), room.traffic_of(asked), NOW)


def median_ms(database: Database, desk: Desk, number: int, pace: Pace) -> float:
    """Milliseconds of a look at a mailbox of that pace."""
    boxes = {"box": replace(desk.policy.mailboxes["box"], pace=pace)}
    desk, took = Desk(replace(desk.policy, mailboxes=boxes), desk.versions), []
    with database.read() as connection:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            look(connection, desk, number)
            took.append(time.perf_counter() - began)
    return round(statistics.median(took) * 1_000, 2)


def measured(folder: Path, mails: int) -> dict[str, float]:
    """A mailbox below its limits, and the same one at them."""
    limits = Limits(per_domain=5, per_person_day=2, per_person_week=5)
    policy = Policy({"box": MailboxPolicy("box", "a@b.example", "A")}, (b"key",), "", limits=limits)
    desk, database = Desk(policy), Database(f"sqlite:///{folder}/{mails}.db")
    schema.upgrade(database)
    number = filled(database, desk, mails)
    free = Pace(per_day=9_000, per_hour=9_000, per_week=60_000)
    full = Pace(per_day=max(mails, 1), per_week=60_000)
    result = {
        "below_cap": median_ms(database, desk, number, free),
        "at_cap": median_ms(database, desk, number, full),
    }
    database.dispose()
    return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=2_000)
    mails = parser.parse_args().mails
    with tempfile.TemporaryDirectory() as name:
        found = {each: measured(Path(name), each) for each in (0, mails)}
    figures = {f"{each}_mails": took for each, took in found.items()}
    print(json.dumps({"what": "pacing", "milliseconds": figures}))


if __name__ == "__main__":
    main()
