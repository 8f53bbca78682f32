"""Stop a wording of a mail, so that nobody gets it in any version, or let it go on."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sequencer.domain.cadence import Step
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.variant import live
from sequencer.engine.activate import current_version
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import UnknownCadenceError
from sequencer.files.nearest import did_you_mean
from sequencer.store import cadences, ledger, variant_stops
from sequencer.store.database import Connection
from sequencer.store.variant_stops import Stop, VariantName

__all__ = [
    "VariantError",
    "VariantName",
    "start_variant",
    "steps_of",
    "stop_variant",
    "with_hint",
]


class VariantError(Exception):
    """There is no such variant, or nothing would be left to send."""


def stop_variant(
    connection: Connection, desk: Desk, named: VariantName, by: str, why: str, now: datetime
) -> bool:
    """Whether the wording went on until now; from this commit on nobody gets it.

    Whoever would have got it gets another one. What has left, or may have left, stays what it was.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        VariantError: no version of it has such a wording, or no other one is left.
    """
    cadences.current_hash(connection, named.slug, lock=True)  # two who stop see each other
    _known(connection, desk, named)
    stopped = variant_stops.of(connection, [named.slug]).get(named.slug, {})
    before = stopped.get(named.step_id, frozenset())
    _refuse_last(connection, desk, named, before | {named.variant})
    new = Stop(named.slug, named.step_id, named.variant, now, by, why)
    if not variant_stops.add(connection, new):
        return False
    reason = f": {why}" if why else ""
    _tell(connection, named, f"stopped by {by}{reason}", now)
    return True


def start_variant(
    connection: Connection, desk: Desk, named: VariantName, by: str, now: datetime
) -> bool:
    """Whether the wording was stopped, and goes on now: its own people get it again.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        VariantError: no version of it has such a wording.
    """
    _known(connection, desk, named)
    if not variant_stops.lift(connection, named, now):
        return False
    _tell(connection, named, f"goes on, by {by}", now)
    return True


def steps_of(connection: Connection, desk: Desk, slug: str) -> list[Step]:
    """The mails of a cadence that have variants, in every version that was ever applied.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
    """
    hashes = cadences.version_hashes(connection, slug)
    if not hashes:
        raise UnknownCadenceError(slug)
    versions = (desk.versions.get(connection, each) for each in hashes)
    return [step for each in versions for step in each.cadence.steps if step.variants]


def _known(connection: Connection, desk: Desk, named: VariantName) -> None:
    steps = steps_of(connection, desk, named.slug)
    ids = {step.id for step in steps}
    if named.step_id not in ids:
        what = f"{named.slug} has no step {named.step_id!r} with variants."
        raise VariantError(with_hint(what, named.step_id, ids))
    known = {each.name for step in steps if step.id == named.step_id for each in step.variants}
    if named.variant not in known:
        what = f"The step {named.step_id} has no variant {named.variant!r}."
        raise VariantError(with_hint(what, named.variant, known))


def _refuse_last(
    connection: Connection, desk: Desk, named: VariantName, stopped: Collection[str]
) -> None:
    version = current_version(connection, desk, named.slug)
    steps: Iterable[Step] = version.cadence.steps if version else ()
    for step in steps:
        if step.id == named.step_id and step.variants and not live(step.variants, stopped):
            message = (
                f"{named.variant} is the last variant of {named.step_id} that anybody gets: "
                f"without it nothing could be sent. Start another one first."
            )
            raise VariantError(message)


def with_hint(what: str, word: str, known: Collection[str]) -> str:
    """A sentence with what may have been meant."""
    hint = did_you_mean(word, known)
    return f"{what}\nhint: {hint}" if hint else what


def _tell(connection: Connection, named: VariantName, did: str, now: datetime) -> None:
    detail = f"{named.slug}: the variant {named.variant} of {named.step_id} {did}"
    ledger.write(connection, Entry(now, Kind.VARIANT, detail, step_id=named.step_id))
