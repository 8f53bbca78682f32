"""Is a step left out for somebody, as far as what is known of them alone decides that?"""

from sequencer.domain.admission import NO_STAGE
from sequencer.domain.cadence import Step
from sequencer.domain.guard import Facts, holds, names_in, parse_guard
from sequencer.domain.overrides import overrides_from_json
from sequencer.engine.course import guard_of
from sequencer.engine.desk import Case


def is_left_out(case: Case, step: Step) -> bool:
    """Whether it is; where a call or an earlier step decides, nobody knows yet."""
    overrides = overrides_from_json(case.stored.overrides)
    if step.id in overrides.skip:
        return True
    guard = guard_of(case, step)
    if not guard or any("." in name.name for name, _ in names_in(parse_guard(guard))):
        return False
    return not holds(guard, Facts(fields_of(case)))


def fields_of(case: Case) -> dict[str, str]:
    """What guards know of the person, the steps apart."""
    overrides = overrides_from_json(case.stored.overrides)
    return {"stage": NO_STAGE, **case.person.prospect.variables(), **overrides.variables}
