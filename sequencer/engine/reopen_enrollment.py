"""A stop that a person takes back: the enrollment goes on where it stood, if the gate lets it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.enrollment import REOPENABLE
from sequencer.domain.event import Reopened
from sequencer.domain.gate import Occasion, ask_gate, refusals_of
from sequencer.domain.overrides import overrides_from_json
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.send import IN_FLIGHT, SendState
from sequencer.domain.task import TaskState
from sequencer.engine.desk import Case, Desk
from sequencer.engine.doubts import count_as_sent, may_have_left
from sequencer.engine.mailbox_choice import pool
from sequencer.engine.react import react
from sequencer.engine.survey import Asked, lock_gate, survey
from sequencer.engine.why import known
from sequencer.store import draining, enrollments, sends, tasks
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import StoredSend


class NotReopenedError(Exception):
    """Why the enrollment stays as it is; the sentence is for whoever asked."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants whose enrollment to go on, and why.

    Attributes:
        slug: which cadence; empty for the one that ended last.
    """

    address: str
    by: str
    because: str
    slug: str = ""


def reopen_enrollment(
    connection: Connection, desk: Desk, wanted: Request, now: datetime
) -> StoredEnrollment:
    """The enrollment, running again.

    Its step that was cancelled is queued anew, no sooner than it was due; one that was sent never
    is, then the next comes. A mail that may have left counts as sent: who re-opens has looked.

    Raises:
        UnknownProspectError: nobody has that address.
        NotReopenedError: nothing can be re-opened, or the gate is against it.
    """
    person = known(connection, wanted.address)
    lock_gate(connection, [person])
    stored = _ended(connection, person.id, wanted)
    go_on(connection, desk, stored, wanted, now)
    return enrollments.get(connection, stored.id)


def go_on(
    connection: Connection, desk: Desk, stored: StoredEnrollment, wanted: Request, now: datetime
) -> None:
    """Let an enrollment that has ended go on, as `reopen_enrollment` does with the one it finds.

    Raises:
        NotReopenedError: the gate is against it, or nothing is left of it.
    """
    case = desk.case(connection, stored)
    refusals = refusals_against(connection, desk, case, now)
    if refusals:
        raise NotReopenedError("; ".join(f"{each.code}: {each.sentence}" for each in refusals))
    for send in sends.of_enrollment(connection, stored.id):
        if send.state is SendState.PARKED:
            count_as_sent(connection, desk, send, wanted.by, now)
    event, cause = standing_of(connection, case), f"re-opened by {wanted.by}: {wanted.because}"
    if not react(connection, desk, stored, event, cause, now):
        raise NotReopenedError(f"No step is left that {stored.slug} could go on with.")
    draining.take_out_of_archive(connection, stored.slug)


def _ended(connection: Connection, prospect_id: int, wanted: Request) -> StoredEnrollment:
    every = [
        stored
        for stored in enrollments.of_prospect(connection, prospect_id)
        if wanted.slug in {"", stored.slug}
    ]
    # Who has been through a cadence again since is not taken back to where they once stood.
    newest = {each.slug: each for each in reversed(every)}
    ended = [each for each in newest.values() if each.enrollment.finish_reason in REOPENABLE]
    if not ended:
        reasons = ", ".join(f"{each.slug}: {_word(each)}" for each in every) or "not enrolled"
        raise NotReopenedError(f"Nothing can be re-opened for {wanted.address} ({reasons}).")
    latest = max(ended, key=lambda each: (each.finished_at or each.enrolled_at, each.id))
    return enrollments.get(connection, latest.id, lock=True)


def _word(stored: StoredEnrollment) -> str:
    return str(stored.enrollment.finish_reason or stored.enrollment.state)


def refusals_against(
    connection: Connection, desk: Desk, case: Case, now: datetime
) -> list[Refusal]:
    """What the gate has against a mail to the person, and against this cadence beside others.

    How busy a mailbox or a cadence is does not count: whoever was in it once takes no new place.
    """
    overrides = overrides_from_json(case.stored.overrides)
    own = [case.stored.id]
    asked = Asked(case.version, [case.person], now, own=own, overrides=overrides)
    standing = survey(connection, desk, asked)[case.person.id]
    answers = [
        answer
        for answer in ask_gate(standing)
        if answer.rule.is_asked(Occasion.MAIL) or answer.rule.reason is Reason.EXCLUSIVE_CONFLICT
    ]
    refusals = refusals_of(answers)
    mailbox = case.stored.enrollment.mailbox
    is_gone = mailbox is not None and mailbox not in desk.policy.mailboxes
    if is_gone and not _may_move(connection, desk, case):
        refusals.append(Refusal(Reason.NO_ACTIVE_MAILBOX, f"{mailbox} is not in the settings"))
    return refusals


def _may_move(connection: Connection, desk: Desk, case: Case) -> bool:
    """Whether another mailbox may take over: nobody has heard from the one that is gone."""
    every = sends.of_enrollment(connection, case.stored.id)
    heard = any(send.handed_at is not None for send in every)
    return not heard and bool(pool(connection, desk, case.version.cadence))


def standing_of(connection: Connection, case: Case) -> Reopened:
    """Whether the step it stopped at, or a later one, has happened, or is about to."""
    every = sends.of_enrollment(connection, case.stored.id)
    step_id = _furthest(case, every)
    mails = [send for send in every if send.step_id == step_id]
    states = {send.state for send in mails}
    ended = {
        task.state
        for task in tasks.of_enrollment(connection, case.stored.id)
        if task.step_id == step_id
    }
    done_by_hand = TaskState.DONE in ended and not states
    return Reopened(
        over=any(map(may_have_left, mails)) or done_by_hand,
        under_way=bool(states & IN_FLIGHT),
        at=step_id,
    )


def _furthest(case: Case, mails: Iterable[StoredSend]) -> str | None:
    """The step it stopped at, or a later one that has left: a restore forgets how far it was."""
    stopped_at = case.stored.enrollment.step
    if stopped_at is None:
        return None
    left = {send.step_id for send in mails if may_have_left(send) or send.state in IN_FLIGHT}
    later = [each for each in case.version.cadence.ids_after(stopped_at) if each in left]
    return later[-1] if later else stopped_at
