"""Which files go with a mail to somebody, by the guards that stand beside them."""

from collections.abc import Iterator
from dataclasses import replace

from sequencer.domain.admission import NO_STAGE
from sequencer.domain.cadence import Step
from sequencer.domain.guard import Facts, holds
from sequencer.domain.overrides import overrides_from_json
from sequencer.engine.course import facts_of
from sequencer.engine.desk import Case
from sequencer.mail.draft import Enclosure
from sequencer.store.database import Connection


def with_facts(connection: Connection, case: Case, step_id: str) -> Case:
    """The case with what the files of a step may ask for; gathered only if one does."""
    attach = case.version.cadence.step(step_id).attach
    if not any(each.when for each in attach):
        return case
    overrides = overrides_from_json(case.stored.overrides)
    return replace(case, facts=facts_of(connection, case, overrides))


def enclosures_of(case: Case, step: Step) -> tuple[Enclosure, ...]:
    """The files of a step that this person gets, in their order."""
    return tuple(_enclosed(case, step))


def _enclosed(case: Case, step: Step) -> Iterator[Enclosure]:
    facts = case.facts or _known_anyway(case)
    facts = facts.passing(case.version.cadence.ids_before(step.id))
    for each in step.attach:
        if not each.when or holds(each.when, facts):
            yield Enclosure(each.file, case.version.attachments[each.file])


def _known_anyway(case: Case) -> Facts:
    """What is known of somebody who is in no cadence yet."""
    overrides = overrides_from_json(case.stored.overrides)
    fields = {"stage": NO_STAGE, **case.person.prospect.variables(), **overrides.variables}
    return Facts(fields=fields)
