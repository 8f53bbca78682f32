"""What does an edit do to one person under way, and when does their next step come then?"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sequencer.domain.cadence import Cadence, StepKind, Version
from sequencer.domain.due import Due
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.migration import (
    Edit,
    Finish,
    Keep,
    Migrate,
    NeedsDecision,
    Place,
    Verdict,
    migrate,
)
from sequencer.domain.send import SendState
from sequencer.engine.desk import Case, Desk
from sequencer.engine.plan import due_after_wait, due_at_or_after
from sequencer.engine.plan_place import open_row, place_of, waiting_of
from sequencer.store.under_way import MailSoFar, TaskSoFar, UnderWay


class Word(StrEnum):
    """What becomes of somebody, in a word."""

    KEEPS = "keeps"
    WAITS = "under_way"
    NEEDS = "needs_decision"
    MOVES = "moves"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one person under way.

    Attributes:
        key: names the enrollment.
        step: where they stand; None where they have not begun.
        why: why nothing happens to them, where something was wanted.
        step_after: where they stand then; None where they have not begun, or end.
        due_at: when what waits is due; None where nothing waits, or they are paused.
        due_after_at: when it is due then.
        loses: steps that do not come any more.
        gains: steps that would not have come.
        mails: how many mails may still come to them in the new version.
        extra: how many of them would not have come.
        timezone: the zone of their calendar.
    """

    enrollment_id: int
    key: str
    email: str
    from_hash: str
    state: EnrollmentState
    step: str | None
    word: Word
    why: str = ""
    step_after: str | None = None
    due_at: datetime | None = None
    due_after_at: datetime | None = None
    loses: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()
    mails: int = 0
    extra: int = 0
    timezone: str = "UTC"

    @property
    def as_found(self) -> tuple[str, str, str, str]:
        """What must not have changed when it is carried out."""
        return self.key, self.from_hash, str(self.state), self.step or ""

    @property
    def is_changed(self) -> bool:
        """Whether anything becomes of them at all."""
        return self.word in {Word.MOVES, Word.ENDS}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The same with what it takes to carry it out.

    Attributes:
        case: the person as they are, in the version that they have.
        due: the new due time of the step at which they will stand; None where it stays.
        restarts: whether what waits now is closed, and the step begun anew.
    """

    effect: Effect
    verdict: Verdict
    person: UnderWay
    case: Case
    due: Due | None = None
    restarts: bool = False


@dataclass(frozen=True)
class Target:
    """What people are to go over to.

    Attributes:
        edits: by the hash of the version that somebody has.
        verdicts: what was decided about people who stand alike.
    """

    desk: Desk
    version: Version
    edits: dict[str, Edit]
    verdicts: dict[tuple[object, ...], Verdict]

    def verdict_on(self, person: UnderWay, place: Place) -> Verdict:
        """What becomes of somebody; many stand at the same place."""
        from_hash = person.stored.version_hash
        alike = (from_hash, place.step, str(person.stored.overrides), place.over, place.under_way)
        known = self.verdicts.get(alike)
        if known is None:
            known = self.verdicts[alike] = migrate(self.edits[from_hash], place)
        return known


def foresee(target: Target, case: Case, person: UnderWay, now: datetime) -> Foreseen:
    """What becomes of one person if the edit is carried out now."""
    verdict = target.verdict_on(person, place_of(person))
    effect = _found(case, person)
    match verdict:
        case Keep(why):
            effect = replace(effect, word=Word.WAITS if why else Word.KEEPS, why=why)
        case NeedsDecision(step):
            turned = step in target.edits[effect.from_hash].turned
            why = f"{step} {'is a mail now' if turned else 'is gone'}"
            effect = replace(effect, word=Word.NEEDS, why=why)
        case Finish(loses=loses):
            effect = replace(effect, word=Word.ENDS, loses=loses)
        case Migrate():
            return _moved(target, effect, verdict, Foreseen(effect, verdict, person, case), now)
    return Foreseen(effect, verdict, person, case)


def _found(case: Case, person: UnderWay) -> Effect:
    stored, row = person.stored, open_row(person)
    paused = stored.enrollment.remaining is not None
    return Effect(
        enrollment_id=stored.id,
        key=stored.enrollment.key,
        email=case.person.prospect.email,
        from_hash=stored.version_hash,
        state=stored.enrollment.state,
        step=stored.enrollment.step,
        word=Word.KEEPS,
        due_at=None if row is None or paused else row.due_at,
        timezone=case.timing.tz.key,
    )


def _moved(
    target: Target, effect: Effect, verdict: Migrate, found: Foreseen, now: datetime
) -> Foreseen:
    cadence = target.version.cadence
    mails = [each for each in verdict.to_come if cadence.step(each).kind is StepKind.EMAIL]
    due, restarts = _due(target, verdict, found, now)
    after = effect.due_at if due is None else due.at
    effect = replace(
        effect,
        word=Word.MOVES,
        step_after=verdict.step,
        due_after_at=None if found.case.stored.enrollment.remaining is not None else after,
        loses=verdict.loses,
        gains=verdict.gains,
        mails=len(mails),
        extra=sum(each in verdict.gains for each in mails),
    )
    return replace(found, effect=effect, due=due, restarts=restarts)


def _due(
    target: Target, verdict: Migrate, found: Foreseen, now: datetime
) -> tuple[Due | None, bool]:
    """The new due time, None where it stays, and whether the step is begun anew."""
    step_id, stands_at = verdict.step, found.case.stored.enrollment.step
    if step_id is None or stands_at is None:
        return None, False
    if step_id != stands_at:
        return _begun(target, verdict, found, step_id, now), True
    row = open_row(found.person)
    return (None, False) if row is None else _due_there(target, verdict, found, row, now)


def _due_there(
    target: Target, verdict: Migrate, found: Foreseen, row: MailSoFar | TaskSoFar, now: datetime
) -> tuple[Due | None, bool]:
    """The same for somebody who stays at the step whose mail or task waits."""
    step_id, remaining = row.step_id, found.case.stored.enrollment.remaining
    before = found.case.version.cadence.step(step_id)
    after = target.version.cadence.step(step_id)
    restarts = before.kind is not after.kind
    if remaining is not None or _same_time(target, verdict, found, step_id):
        told = restarts or before.skip_after != after.skip_after
        return (Due(row.due_at) if told else None), restarts
    due = _begun(target, verdict, found, step_id, now)
    if isinstance(row, MailSoFar) and row.state is SendState.DEFERRED and row.due_at > due.at:
        due = Due(row.due_at)  # a server has asked for that
    return due, restarts


def _same_time(target: Target, verdict: Migrate, found: Foreseen, step_id: str) -> bool:
    """Whether both versions let somebody wait for a step as long, and have the same calendar."""
    old, new = found.case.version.cadence, target.version.cadence
    if _calendar(old, step_id) != _calendar(new, step_id):
        return False
    waiting = waiting_of(target.desk, found.person, old)
    delays = [waiting.delay_of(each, verdict.overrides, step_id) for each in (old, new)]
    return delays[0] == delays[1]


def _calendar(cadence: Cadence, step_id: str) -> tuple[object, ...]:
    schedule = cadence.schedule
    return (
        cadence.window_of(step_id),
        schedule.zone_from,
        schedule.jitter,
        schedule.holidays,
        schedule.skip_dates,
    )


def _begun(target: Target, verdict: Migrate, found: Foreseen, step_id: str, now: datetime) -> Due:
    """When a step is due whose wait began when it really did; never before now."""
    waiting = waiting_of(target.desk, found.person, found.case.version.cadence)
    delay = waiting.delay_of(target.version.cadence, verdict.overrides, step_id)
    case = replace(found.case, version=target.version)
    due = due_after_wait(case, step_id, delay, waiting.since)
    return due if due.at >= now else due_at_or_after(case, step_id, now)
