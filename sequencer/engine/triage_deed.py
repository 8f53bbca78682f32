"""What a decision did, in so many words that it can be taken back without any guess."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sequencer.domain.suppression import Suppression
from sequencer.store import enrollments, triage
from sequencer.store.database import Connection
from sequencer.store.stand import Stand, as_json, from_json, read_instant, stand_of

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """An enrollment before and after a decision; `step` is where it was afterwards."""

    before: Stand
    after: Stand
    step: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry that a decision put on the list, and the one whose place it took."""

    entry: Json
    was: Json | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What a decision did.

    Attributes:
        tasks: that it opened.
        handed: what other matters would have given back, had it not been decided.
        kind: what the mail was before; empty where it stayed that. Since `judged_at`, if not when
            it came in.
        confirming: key of the address to which a confirmation of an opt-out goes; empty for none.
    """

    changes: tuple[Change, ...] = ()
    listed: tuple[Listed, ...] = ()
    tasks: tuple[int, ...] = ()
    handed: tuple[tuple[int, Stand], ...] = ()
    kind: str = ""
    judged_at: datetime | None = None
    confirming: str = ""


def changes_since(connection: Connection, before: Iterable[Stand]) -> list[Change]:
    """Those enrollments that stand otherwise by now."""
    found = []
    for stand in before:
        stored = enrollments.get(connection, stand.enrollment_id)
        after = stand_of(stored)
        if after != stand:
            found.append(Change(stand, after, stored.enrollment.step))
    return found


def listings(connection: Connection, entries: Sequence[Suppression]) -> list[Json | None]:
    """How these entries lie on the list now."""
    return [triage.listing(connection, entry) for entry in entries]


def newly_listed(
    connection: Connection, entries: Sequence[Suppression], before: Sequence[Json | None]
) -> list[Listed]:
    """Those entries that have been put on the list since, or have replaced one."""
    found = []
    for was, entry in zip(before, listings(connection, entries), strict=True):
        if entry is not None and (was is None or was["at"] != entry["at"]):
            found.append(Listed(entry, was))
    return found


def as_stored(deed: Deed) -> dict[str, Any]:
    """A deed as JSON."""
    return {
        "changes": [
            {
                "id": each.before.enrollment_id,
                "before": as_json(each.before),
                "after": as_json(each.after),
                "step": each.step,
            }
            for each in deed.changes
        ],
        "listed": [
            {"entry": dict(each.entry), "was": dict(each.was) if each.was else None}
            for each in deed.listed
        ],
        "tasks": list(deed.tasks),
        "handed": [
            {"task": number, "id": stand.enrollment_id, "stand": as_json(stand)}
            for number, stand in deed.handed
        ],
        "kind": deed.kind,
        "judged_at": deed.judged_at.isoformat() if deed.judged_at else None,
        "confirming": deed.confirming,
    }


def from_stored(did: Json) -> Deed:
    """The deed that was stored."""
    return Deed(
        changes=tuple(
            Change(
                from_json(each["id"], each["before"]),
                from_json(each["id"], each["after"]),
                each["step"],
            )
            for each in did["changes"]
        ),
        listed=tuple(Listed(each["entry"], each["was"]) for each in did["listed"]),
        tasks=tuple(did["tasks"]),
        handed=tuple(
            (each["task"], from_json(each["id"], each["stand"])) for each in did["handed"]
        ),
        kind=did["kind"],
        judged_at=read_instant(did["judged_at"]),
        confirming=did["confirming"],
    )
