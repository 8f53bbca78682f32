"""The mailbox of an enrollment is gone: before the first mail another takes over, after it nobody.

A mailbox that only rests is waited for. Gone is one that the settings do not know any more, or that
needs somebody to sign in; what is due there is looked for from outside, for no daemon serves it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held
from sequencer.domain.ledger import Kind
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Case, Desk
from sequencer.engine.mailbox_choice import able, choose, pool
from sequencer.engine.matter import bring_up
from sequencer.engine.react import entry_of, react
from sequencer.engine.tasks import Matter
from sequencer.store import due, enrollments, ledger, mailboxes, sends
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

# A sign-in that fails may be mended within the day; asking about each person would only be noise.
PATIENCE = timedelta(hours=24)
LOOKED_AT = 200  # sends in one tick
AT_ONCE = 50  # of them are worked on


def homeless(connection: Connection, desk: Desk, now: datetime) -> list[int]:
    """Numbers of the sends in a mailbox that is gone about which something can be done now."""
    names = mailboxes.gone(connection, desk.policy.mailboxes, now)
    numbers = due.due_in(connection, names, now, LOOKED_AT) if names else []
    found = [sends.get(connection, number) for number in numbers]
    usable = able(connection, desk) if found else set()
    return [send.id for send in found if _is_ripe(connection, desk, send, usable, now)][:AT_ONCE]


def _is_ripe(
    connection: Connection, desk: Desk, send: StoredSend, usable: set[str], now: datetime
) -> bool:
    """Whether another mailbox may take it over, or a person is to be asked by now."""
    if send.mailbox not in desk.policy.mailboxes or now - send.due_at >= PATIENCE:
        return True
    if send.follow_up or not usable:
        return False
    stored = enrollments.get(connection, send.enrollment_id)
    cadence = desk.versions.get(connection, stored.version_hash).cadence
    return not usable.isdisjoint(desk.policy.mailboxes_of(cadence))


def find_home(connection: Connection, desk: Desk, send_id: int, now: datetime) -> bool:
    """Whether something was done for a send that is due in a mailbox that is gone."""
    number = sends.get(connection, send_id).enrollment_id
    stored = enrollments.get(connection, number, lock=True)
    send, case = sends.get(connection, send_id), desk.case(connection, stored)
    is_waiting = send.state in OPEN_STATES and stored.enrollment.state is EnrollmentState.ACTIVE
    if not is_waiting or send.mailbox in able(connection, desk):
        return False
    if rehome(connection, desk, case, send, now):
        return True
    if send.mailbox in desk.policy.mailboxes and now - send.due_at < PATIENCE:
        return False
    what = "needs a sign-in" if send.mailbox in desk.policy.mailboxes else "is not in the settings"
    why = f"{send.mailbox} {what}"
    event = Held(PauseReason.MAILBOX, due_at=send.due_at)
    if not react(connection, desk, stored, event, why, now):
        return False
    matter = Matter(TaskKind.MAILBOX, "The mailbox is gone", f"{stored.slug}: {why}")
    bring_up(connection, case.person.id, matter, now)
    return True


def rehome(connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime) -> bool:
    """Whether another mailbox of the cadence has taken the enrollment over."""
    every = sends.of_enrollment(connection, case.stored.id)
    if any(each.handed_at is not None for each in every):
        return False  # the person has heard from the old one, and would wonder
    load = pool(connection, desk, case.version.cadence)
    load.pop(send.mailbox, None)
    if not load:
        return False
    mailbox = choose(load, desk.policy, case.version.cadence, case.person.prospect, now)
    return move(connection, case, mailbox, f"{send.mailbox} is gone", now)


def move(connection: Connection, case: Case, mailbox: str, why: str, now: datetime) -> bool:
    """Whether an enrollment and its open send were given to another mailbox."""
    stored = case.stored
    if not enrollments.rebind(connection, stored, mailbox):
        return False
    mailboxes.ensure(connection, [mailbox])
    sends.rebind(connection, stored.id, mailbox)
    moved = replace(stored, enrollment=replace(stored.enrollment, mailbox=mailbox))
    entry = entry_of(replace(case, stored=moved), Kind.MOVED, f"to {mailbox}: {why}", now)
    ledger.write(connection, entry)
    return True
