"""Enrollments: stored state, loaded as domain values and saved under a guard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from sequencer.domain.enrollment import (
    Enrollment,
    EnrollmentState,
    FinishReason,
    PauseReason,
)
from sequencer.store import sends
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.race import LostRaceError
from sequencer.store.tables import EnrollmentRow, ProspectRow
from sequencer.store.turns import by_column

LIVE = (EnrollmentState.PENDING, EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


# Statements that every look makes are built once: that takes longer than to run them.
_NUMBERED = sa.select(EnrollmentRow.__table__).where(EnrollmentRow.id == sa.bindparam("one"))
_ONE, _LOCKED = Prepared(_NUMBERED), Prepared(_NUMBERED.with_for_update())
TO_RESUME = Prepared(
    sa.select(EnrollmentRow.id)
    .where(
        EnrollmentRow.state == EnrollmentState.PAUSED,
        EnrollmentRow.resume_at <= sa.bindparam("now", type_=EnrollmentRow.resume_at.type),
    )
    .order_by(EnrollmentRow.resume_at)
    .limit(sa.bindparam("most"))
)
NEXT_RESUME_AT = Prepared(
    sa.select(sa.func.min(EnrollmentRow.resume_at, type_=EnrollmentRow.resume_at.type)).where(
        EnrollmentRow.state == EnrollmentState.PAUSED
    )
)
_ADD = sa.insert(EnrollmentRow).returning(EnrollmentRow.id, sort_by_parameter_order=True)


_COLUMNS = (
    "state",
    "step_id",
    "pause_reason",
    "resume_at",
    "remaining_s",
    "finish_reason",
    "mailbox",
    "activated_at",
    "finished_at",
)
# What may change where an enrollment goes on to its next step, which no index looks at: to set a
# column to what it was costs an index over it as much as any other value.
_STEP = ("step_id", "remaining_s")


def _saving(columns: Sequence[str]) -> Prepared:
    new = {
        name: sa.bindparam(f"new_{name}", type_=EnrollmentRow.__table__.c[name].type)
        for name in columns
    }
    return Prepared(
        sa.update(EnrollmentRow)
        .where(
            EnrollmentRow.id == sa.bindparam("number"),
            EnrollmentRow.state == sa.bindparam("was_state"),
            EnrollmentRow.step_id.is_not_distinct_from(sa.bindparam("was_step")),
        )
        .values(new),
        takes=by_column,
    )


_SAVE, _SAVE_STEP = _saving(_COLUMNS), _saving(_STEP)
COLUMNS = list(EnrollmentRow.__table__.c)


@dataclass(frozen=True, slots=True)
class StoredEnrollment:
    """An enrollment, and what it belongs to.

    Attributes:
        raw: the row as the driver gave it, where that is kept: it tells soonest what has changed.
    """

    id: int
    prospect_id: int
    slug: str
    version_hash: str
    enrolled_at: datetime
    enrollment: Enrollment
    enrolled_by: str = ""
    starts_at: datetime | None = None
    activated_at: datetime | None = None
    finished_at: datetime | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    raw: Sequence[Any] = field(default=(), compare=False, repr=False)


def add(connection: Connection, new: StoredEnrollment) -> StoredEnrollment:
    """The enrollment as stored, with its number; `new.id` is ignored.

    Raises:
        IntegrityError: the prospect is live in this cadence already (a unique index says so).
    """
    return get(connection, add_each(connection, [new])[0])


def add_each(connection: Connection, new: Sequence[StoredEnrollment]) -> list[int]:
    """Numbers of the enrollments as they were added, in their order; their own are ignored.

    Raises:
        IntegrityError: somebody is live in this cadence already (a unique index says so).
    """
    rows = [
        {
            "key": each.enrollment.key,
            "prospect_id": each.prospect_id,
            "slug": each.slug,
            "version_hash": each.version_hash,
            "enrolled_at": each.enrolled_at,
            "enrolled_by": cut(each.enrolled_by),
            "starts_at": each.starts_at,
            "activated_at": each.activated_at,
            "finished_at": each.finished_at,
            "overrides": dict(each.overrides),
            **_state_values(each.enrollment),
        }
        for each in new
    ]
    return list(connection.execute(_ADD, rows).scalars()) if rows else []


def get(connection: Connection, enrollment_id: int, *, lock: bool = False) -> StoredEnrollment:
    """The enrollment of that number; `lock` keeps it until the transaction ends."""
    [row] = (_LOCKED if lock else _ONE).all(connection, {"one": enrollment_id})
    return stored_in(row)


def newest(connection: Connection) -> int:
    """Number of the newest enrollment, 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(EnrollmentRow.id))).scalar() or 0


def by_key(connection: Connection, key: str) -> StoredEnrollment | None:
    """The enrollment with that random key."""
    row = connection.execute(
        sa.select(EnrollmentRow.__table__).where(EnrollmentRow.key == key)
    ).one_or_none()
    return stored_in(row) if row is not None else None


def save(
    connection: Connection, stored: StoredEnrollment, after: Enrollment, now: datetime
) -> bool:
    """Whether the new state was stored: only if nobody changed it since `stored` was loaded."""
    if not _SAVE.each(connection, [_saved(stored, after, now)]):
        return False
    _tell_sends(connection, [(stored, after)])
    return True


def save_each(
    connection: Connection, changes: Sequence[tuple[StoredEnrollment, Enrollment, datetime]]
) -> None:
    """Store many new states, each as of its instant.

    Raises:
        LostRaceError: one of them has changed since it was loaded.
    """
    if not changes:
        return
    steps, others = list[dict[str, object]](), list[dict[str, object]]()
    for stored, after, now in changes:
        if _only_goes_on(stored, after):
            steps.append({**_guarded(stored), **_step_values(after)})
        else:
            others.append(_saved(stored, after, now))
    saved = _SAVE_STEP.each(connection, steps) + _SAVE.each(connection, others)
    if saved != len(changes):
        raise LostRaceError
    _tell_sends(connection, [(stored, after) for stored, after, _ in changes])


def _only_goes_on(stored: StoredEnrollment, after: Enrollment) -> bool:
    """Whether an enrollment that runs is at another step now, and nothing else of it changes."""
    before = stored.enrollment
    runs = before.state is after.state is EnrollmentState.ACTIVE
    began = stored.activated_at is not None and stored.finished_at is None
    return runs and began and _others(before) == _others(after)


# What may change besides the state, the step and what remains of its wait.
_others = attrgetter("pause_reason", "resume_at", "finish_reason", "mailbox")


def _tell_sends(
    connection: Connection, changes: Sequence[tuple[StoredEnrollment, Enrollment]]
) -> None:
    """Let the sends know whose enrollment has begun or ceased to run."""
    active = EnrollmentState.ACTIVE
    sends.mark_running(
        connection,
        {
            stored.id: after.state is active
            for stored, after in changes
            if (stored.enrollment.state is active) is not (after.state is active)
        },
    )


def _saved(stored: StoredEnrollment, after: Enrollment, now: datetime) -> dict[str, object]:
    return {**_guarded(stored), **_state_values(after), **_instants(stored, after, now)}


def _guarded(stored: StoredEnrollment) -> dict[str, object]:
    """What tells whether somebody has changed it since."""
    before = stored.enrollment
    return {"number": stored.id, "was_state": before.state, "was_step": before.step}


def _instants(stored: StoredEnrollment, after: Enrollment, now: datetime) -> dict[str, object]:
    """When it began and when it ended; one that was re-opened has not ended."""
    begins = stored.activated_at is None and after.state is EnrollmentState.ACTIVE
    ended = after.state is EnrollmentState.FINISHED
    return {
        "activated_at": now if begins else stored.activated_at,
        "finished_at": (stored.finished_at or now) if ended else None,
    }


def rebind(connection: Connection, stored: StoredEnrollment, mailbox: str) -> bool:
    """Whether the enrollment was given another mailbox; not if it has changed since."""
    result = connection.execute(
        sa.update(EnrollmentRow)
        .where(
            EnrollmentRow.id == stored.id,
            EnrollmentRow.state == stored.enrollment.state,
            EnrollmentRow.mailbox == stored.enrollment.mailbox,
        )
        .values(mailbox=mailbox)
    )
    return result.rowcount == 1


def live_of(connection: Connection, prospect_ids: Sequence[int]) -> list[StoredEnrollment]:
    """Enrollments of these people that have not ended, locked until the transaction ends."""
    rows = connection.execute(
        sa.select(EnrollmentRow.__table__)
        .where(EnrollmentRow.prospect_id.in_(prospect_ids), EnrollmentRow.state.in_(LIVE))
        .order_by(EnrollmentRow.id)
        .with_for_update()
    )
    return [stored_in(row) for row in rows]


def live_of_accounts(
    connection: Connection, keys: Sequence[str], but: Sequence[int]
) -> list[StoredEnrollment]:
    """Live enrollments of everybody else of these accounts, locked until the transaction ends."""
    rows = connection.execute(
        sa.select(EnrollmentRow.__table__)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(
            ProspectRow.account_key.in_(keys),
            EnrollmentRow.prospect_id.not_in(but),
            EnrollmentRow.state.in_(LIVE),
        )
        .order_by(EnrollmentRow.id)
        .with_for_update(of=EnrollmentRow)
    )
    return [stored_in(row) for row in rows]


def of_prospect(connection: Connection, prospect_id: int) -> list[StoredEnrollment]:
    """Every enrollment of a person, newest first."""
    rows = connection.execute(
        sa.select(EnrollmentRow.__table__)
        .where(EnrollmentRow.prospect_id == prospect_id)
        .order_by(EnrollmentRow.id.desc())
    )
    return [stored_in(row) for row in rows]


def to_resume(connection: Connection, now: datetime, limit: int = 200) -> list[int]:
    """Numbers of the paused enrollments whose date has come."""
    return [number for (number,) in TO_RESUME.all(connection, {"now": now, "most": limit})]


def resume_later(connection: Connection, enrollment_id: int, at: datetime) -> None:
    """Give a pause that could not be ended another date."""
    connection.execute(
        sa.update(EnrollmentRow)
        .where(EnrollmentRow.id == enrollment_id, EnrollmentRow.state == EnrollmentState.PAUSED)
        .values(resume_at=at)
    )


def _step_values(enrollment: Enrollment) -> dict[str, object]:
    remaining = enrollment.remaining
    return {
        "step_id": enrollment.step,
        "remaining_s": None if remaining is None else int(remaining.total_seconds()),
    }


def _state_values(enrollment: Enrollment) -> dict[str, object]:
    return {
        **_step_values(enrollment),
        "state": enrollment.state,
        "pause_reason": enrollment.pause_reason,
        "resume_at": enrollment.resume_at,
        "finish_reason": enrollment.finish_reason,
        "mailbox": enrollment.mailbox,
    }


def stored_in(row: Sequence[Any], raw: Sequence[Any] = ()) -> StoredEnrollment:
    """The enrollment in a row of the columns of one; `raw` is that row, to be kept."""
    (
        number,
        key,
        prospect_id,
        slug,
        version_hash,
        state,
        step_id,
        paused,
        resume_at,
        remaining_s,
        finished,
        mailbox,
        overrides,
        enrolled_by,
        enrolled_at,
        starts_at,
        activated_at,
        finished_at,
    ) = row
    return StoredEnrollment(
        id=number,
        prospect_id=prospect_id,
        slug=slug,
        version_hash=version_hash,
        enrolled_at=enrolled_at,
        enrolled_by=enrolled_by,
        starts_at=starts_at,
        activated_at=activated_at,
        finished_at=finished_at,
        overrides=overrides,
        raw=raw,
        enrollment=Enrollment(
            key=key,
            state=EnrollmentState(state),
            step=step_id,
            pause_reason=PauseReason(paused) if paused else None,
            resume_at=resume_at,
            remaining=None if remaining_s is None else timedelta(seconds=remaining_s),
            finish_reason=FinishReason(finished) if finished else None,
            mailbox=mailbox,
        ),
    )
