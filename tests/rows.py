"""Rows for tests of the store: each function adds one thing, with everything that it needs."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from builders import NOON, TEMPLATES, a_prospect, an_enrollment

from sequencer.store import cadences, enrollments, mailboxes, prospects, sends
from sequencer.store.cadences import StoredVersion
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment

_numbers = count(1)


def a_stored_version(**changes: Any) -> StoredVersion:
    """A version whose document nobody reads."""
    version = StoredVersion("c0ffee", "fintech-intro", "First contact", {"steps": [1]}, TEMPLATES)
    return replace(version, **changes)


def add_person(connection: Connection, now: datetime = NOON, **changes: Any) -> int:
    """Number of a new prospect."""
    email = changes.pop("email", f"p{next(_numbers)}@bank.example")
    return prospects.upsert(connection, [a_prospect(email=email, **changes)], now).added[0]


def add_enrollment(
    connection: Connection,
    prospect_id: int | None = None,
    slug: str = "fintech-intro",
    **changes: Any,
) -> StoredEnrollment:
    """A stored enrollment of a prospect, a new one where none is given."""
    cadences.apply_version(connection, a_stored_version(slug=slug, hash=f"hash of {slug}"), NOON)
    mailboxes.ensure(connection, ["ana", "luis"])
    changes.setdefault("key", f"{next(_numbers):032x}")
    return enrollments.add(
        connection,
        StoredEnrollment(
            id=0,
            prospect_id=prospect_id or add_person(connection),
            slug=slug,
            version_hash=f"hash of {slug}",
            enrolled_at=NOON,
            enrollment=an_enrollment(**changes),
        ),
    )


def add_send(
    connection: Connection, enrollment_id: int | None = None, **changes: Any
) -> sends.StoredSend:
    """A queued send of an enrollment, a new one where none is given."""
    wanted = {
        "enrollment_id": enrollment_id or add_enrollment(connection).id,
        "step_id": "intro",
        "mailbox": "ana",
        "follow_up": False,
        "due_at": NOON,
        "why": "",
        **changes,
    }
    sends.queue(connection, sends.Queued(**wanted))
    return sends.of_enrollment(connection, wanted["enrollment_id"])[-1]
