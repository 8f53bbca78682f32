"""Let people begin who wait for room, or for their day: in order, through the gate once more.

The mailbox is bound in the transaction that queues the first touch, so nobody is bound to one that
has gone while they waited.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sequencer.domain.cadence import Version
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.event import Enrolled, Stopped
from sequencer.domain.gate import Occasion, ask_gate, decisive, passes_at, refusals_of
from sequencer.domain.ledger import Kind
from sequencer.domain.overrides import overrides_from_json
from sequencer.domain.reason import Reason
from sequencer.domain.rolling import DAY, Level, room_at
from sequencer.domain.standing import Room, Standing
from sequencer.engine.desk import Desk
from sequencer.engine.mailbox_choice import choose, pool
from sequencer.engine.react import entry_of, react
from sequencer.engine.survey import Asked, lock_gate, room_in, survey
from sequencer.store import (
    cadences,
    draining,
    enrollments,
    ledger,
    mailboxes,
    pending,
    prospects,
    wake,
)
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment

AT_ONCE = 50  # people of one cadence in one tick: the mailboxes have other things to do
_FOR_ROOM = frozenset({Reason.FIRST_RUN_LIMIT, Reason.THROTTLED})  # they keep their turn
ITS_TURN = "its turn has come"
ASKED_AGAIN = timedelta(hours=1)  # after a no that no instant heals, such as a busy account


def waiting(connection: Connection, desk: Desk, now: datetime) -> list[int]:
    """Numbers of those who may begin now, as far as their cadences have room."""
    numbers: list[int] = []
    for slug in _open_slugs(connection, now):
        version = current_version(connection, desk, slug)
        most = AT_ONCE if version is None else _places(connection, version, now)
        numbers += pending.to_activate(connection, slug, now, most) if most else []
    return numbers


def next_activation_at(connection: Connection, desk: Desk, now: datetime) -> datetime | None:
    """When somebody who waits may begin, as far as can be foreseen; None where nobody can."""
    instants = [pending.next_start_at(connection)]
    for slug in _open_slugs(connection, now):
        version = current_version(connection, desk, slug)
        if version is None or _places(connection, version, now):
            return now
        throttle = version.cadence.throttle
        if throttle.new_per_day is not None:
            begun = room_in(connection, version.cadence, now).activated
            instants.append(room_at(begun, DAY, Level(throttle.new_per_day), now))
    later = [at for at in instants if at is not None and at > now]
    return min(later, default=None)


def _open_slugs(connection: Connection, now: datetime) -> list[str]:
    """Cadences in which somebody waits who may begin, and that still let people in."""
    slugs = pending.slugs(connection, now)
    return [slug for slug in slugs if draining.since(connection, slug) is None]


def activate_waiting(
    connection: Connection,
    desk: Desk,
    enrollment_id: int,
    now: datetime,
    carried: dict[str, int] | None = None,
) -> bool:
    """Whether somebody who waited has begun; the gate may also end it, or put it off.

    `carried` are the live enrollments of each mailbox, counted once for many who begin.
    """
    slug = enrollments.get(connection, enrollment_id).slug
    cadences.current_hash(connection, slug, lock=True)  # one at a time looks for room
    person = prospects.get(connection, enrollments.get(connection, enrollment_id).prospect_id)
    lock_gate(connection, [person])
    stored = enrollments.get(connection, enrollment_id, lock=True)
    starts = stored.starts_at is None or stored.starts_at <= now
    if stored.enrollment.state is not EnrollmentState.PENDING or not starts:
        return False
    case = desk.case(connection, stored)
    overrides = overrides_from_json(stored.overrides)
    asked = Asked(case.version, [person], now, own=[stored.id], overrides=overrides)
    load = pool(connection, desk, case.version.cadence, carried)
    cadence = (current_version(connection, desk, slug) or case.version).cadence
    standing = replace(
        survey(connection, desk, asked)[person.id],
        mailboxes=tuple(load),
        starts_at=stored.starts_at,
        throttle=cadence.throttle,
        room=room_in(connection, cadence, now),
    )
    if _is_refused(connection, desk, stored, standing, now):
        return False
    mailbox = choose(load, desk.policy, case.version.cadence, person.prospect, now)
    mailboxes.ensure(connection, [mailbox])
    ledger.write(connection, entry_of(case, Kind.ACTIVATED, f"from {mailbox}", now))
    wake.call(connection, [mailbox])
    if carried is not None:
        carried[mailbox] = carried.get(mailbox, 0) + 1
    return begin(connection, desk, stored, mailbox, now)


def begin(
    connection: Connection, desk: Desk, stored: StoredEnrollment, mailbox: str, now: datetime
) -> bool:
    """Whether an enrollment was bound to its mailbox, and its first touch queued."""
    return react(connection, desk, bind(stored, mailbox), Enrolled(), ITS_TURN, now)


def bind(stored: StoredEnrollment, mailbox: str) -> StoredEnrollment:
    """The enrollment with its mailbox, not stored yet."""
    return replace(stored, enrollment=replace(stored.enrollment, mailbox=mailbox))


def current_version(connection: Connection, desk: Desk, slug: str) -> Version | None:
    """The applied version of a cadence: how fast people enter is not pinned to an old one."""
    version_hash = cadences.current_hash(connection, slug)
    return desk.versions.get(connection, version_hash) if version_hash else None


def _is_refused(
    connection: Connection, desk: Desk, stored: StoredEnrollment, standing: Standing, now: datetime
) -> bool:
    answers = ask_gate(standing, occasion=Occasion.ACTIVATION)
    found = decisive(answers)
    if found is None:
        return False
    refusals, answer = refusals_of(answers), found[0]
    if answer.rule.finish_reason is not None:
        event = Stopped(answer.rule.finish_reason)
        react(connection, desk, stored, event, answer.refusals[0].sentence, now)
    elif any(refusal.reason not in _FOR_ROOM for refusal in refusals):
        pending.start_later(connection, stored.id, passes_at(refusals) or now + ASKED_AGAIN)
    return True


def _places(connection: Connection, version: Version, now: datetime) -> int:
    """How many people may begin in a cadence at once."""
    throttle, room = version.cadence.throttle, room_in(connection, version.cadence, now)
    limits = [AT_ONCE]
    if room.most_at_first is not None:
        limits.append(room.most_at_first - room.begun_at_first)
    if throttle.max_active is not None:
        limits.append(throttle.max_active - room.active)
    if throttle.new_per_day is not None:
        limits.append(throttle.new_per_day - _of_last_day(room, now))
    return max(min(limits), 0)


def _of_last_day(room: Room, now: datetime) -> int:
    return sum(at > now - DAY for at in room.activated)
