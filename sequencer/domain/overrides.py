"""What one enrollment does otherwise than its cadence says: where it begins, waits, skips, values.

Stored as small JSON; what does not fit the cadence or the limits is refused before it is stored.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sequencer.domain.cadence import Cadence
from sequencer.domain.delay import Delay, delay_from_text
from sequencer.domain.first_mail import may_be_first

MAX_VARIABLES = 20
MAX_VALUE = 1_000  # characters of one value
MAX_TOTAL = 4_000  # characters of all values together

_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)
_RESERVED = frozenset({"sender", "unsubscribe_url", "email"})


class OverridesError(ValueError):
    """Overrides that cannot be used with that cadence."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Changes for one enrollment alone.

    Attributes:
        start_at: id of the step to begin with; those before it never happen.
        waits: delays that stand for those of the cadence, by step id.
        skip: ids of steps that are passed over.
        variables: values that stand for the fields of the prospect in templates.
        guards: what has to hold besides the guard of a step, by step id: those of the versions that
            the enrollment came from.
    """

    start_at: str | None = None
    waits: Mapping[str, Delay] = field(default_factory=lambda: MappingProxyType({}))
    skip: frozenset[str] = frozenset()
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    guards: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def problems(self, cadence: Cadence) -> Iterator[str]:
        """A sentence for everything in them that does not fit."""
        ids = {step.id for step in cadence.steps}
        named = {*self.waits, *self.skip} | ({self.start_at} if self.start_at else set())
        for step_id in sorted(named - ids):
            yield f"{cadence.slug} has no step {step_id}"
        for name in sorted(self.variables):
            if _VARIABLE.fullmatch(name) is None:
                yield f"{name!r} is no name of a value: lower-case letters, digits, underscores"
            elif name in _RESERVED:
                yield f"{name} cannot be set"
        if not named - ids:
            yield from self._files_for_strangers(cadence)
        yield from self._too_large()

    def _files_for_strangers(self, cadence: Cadence) -> Iterator[str]:
        before = cadence.ids_before(self.start_at) if self.start_at else ()
        left_out = {*before, *self.skip}
        for step in cadence.steps if left_out else ():
            if step.attach and step.id not in left_out and may_be_first(cadence, step, left_out):
                yield f"{step.id} has a file, and may be the first mail that they get"

    def _too_large(self) -> Iterator[str]:
        lengths = [len(value) for value in self.variables.values()]
        if len(lengths) > MAX_VARIABLES:
            yield f"at most {MAX_VARIABLES} values can be set"
        if max(lengths, default=0) > MAX_VALUE or sum(lengths) > MAX_TOTAL:
            yield f"values have at most {MAX_VALUE} characters each, {MAX_TOTAL} together"

    def checked(self, cadence: Cadence) -> "Overrides":
        """Themselves; OverridesError where they do not fit the cadence."""
        if problems := list(self.problems(cadence)):
            raise OverridesError("; ".join(problems))
        return self

    def as_json(self) -> dict[str, object]:
        """What is stored: only what differs."""
        stored: dict[str, object] = {
            "start_at": self.start_at,
            "waits": {step_id: str(wait) for step_id, wait in sorted(self.waits.items())},
            "skip": sorted(self.skip),
            "variables": dict(sorted(self.variables.items())),
            "guards": {step_id: list(each) for step_id, each in sorted(self.guards.items())},
        }
        return {key: value for key, value in stored.items() if value}


NO_OVERRIDES = Overrides()


def overrides_from_json(stored: Mapping[str, object]) -> Overrides:
    """The overrides that `as_json` made.

    Raises:
        OverridesError: it made no such thing.
    """
    if not stored:
        return NO_OVERRIDES
    start_at, skip = stored.get("start_at"), stored.get("skip", [])
    if not isinstance(start_at, str | None) or not isinstance(skip, list):
        raise OverridesError("stored overrides cannot be read")
    return Overrides(
        start_at=start_at,
        waits={key: _delay(text) for key, text in _texts(stored, "waits").items()},
        skip=frozenset(map(str, skip)),
        variables=_texts(stored, "variables"),
        guards={key: tuple(map(str, each)) for key, each in _lists(stored, "guards").items()},
    )


def _lists(stored: Mapping[str, object], key: str) -> dict[str, list[object]]:
    found = stored.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(each, list) for each in found.values()):
        raise OverridesError("stored overrides cannot be read")
    return found


def _texts(stored: Mapping[str, object], key: str) -> dict[str, str]:
    found = stored.get(key, {})
    if not isinstance(found, dict):
        raise OverridesError("stored overrides cannot be read")
    return {str(name): str(text) for name, text in found.items()}


def _delay(text: str) -> Delay:
    try:
        return delay_from_text(text)
    except ValueError as error:
        raise OverridesError(f"stored overrides cannot be read: {error}") from error
