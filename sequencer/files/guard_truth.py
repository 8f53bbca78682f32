"""Can a `when` ever hold, or two of them for the same person? Tried out, where that is little."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from sequencer.domain.cadence import MAIL_KINDS, Cadence
from sequencer.domain.guard import (
    CALL_CONNECTED,
    DONE,
    SENT,
    SKIPPED,
    All,
    Equal,
    Facts,
    Guard,
    Name,
    Not,
    Some,
    parse_guard,
)

MOST_WORLDS = 4_096
_OTHER = "\0"  # a text that no guard compares with
_STANDARD = frozenset({SENT, DONE, SKIPPED})

Ends = Mapping[str, frozenset[str]]


def can_hold(texts: Sequence[str], cadence: Cadence, sent: Sequence[str] = ()) -> bool:
    """Whether somebody may exist for whom all of these guards hold; True where that is unknown.

    Args:
        texts: guards, an empty one holds always.
        cadence: whose steps they ask for.
        sent: steps whose mail this person has had.
    """
    guards = [parse_guard(text) for text in texts if text]
    worlds = _worlds(guards, cadence, sent)
    if worlds is None:
        return True
    return any(all(guard.holds(facts) for guard in guards) for facts in worlds)


def _worlds(
    guards: Sequence[Guard], cadence: Cadence, sent: Sequence[str]
) -> Iterator[Facts] | None:
    """Everything that may be known when these guards are asked; None where that is too much."""
    fields: dict[str, set[str]] = {}
    words: dict[str, set[str]] = {}
    for name, text in (each for guard in guards for each in _atoms(guard)):
        step_id, dot, word = name.partition(".")
        if dot and name != CALL_CONNECTED:
            words.setdefault(step_id, set()).add(word)
        elif not dot:
            fields.setdefault(name, {"", _OTHER}).add(text)
    ends = {step_id: _ends(cadence, step_id, said, sent) for step_id, said in words.items()}
    size = 2
    for options in (*fields.values(), *ends.values()):
        size *= len(options)
    return None if size > MOST_WORLDS else _every(fields, ends)


def _every(
    fields: Mapping[str, set[str]], ends: Mapping[str, Sequence[frozenset[str]]]
) -> Iterator[Facts]:
    for values in product(*fields.values()):
        for happened in product(*ends.values()):
            for connected in (False, True):
                known = dict(zip(fields, values, strict=True))
                yield Facts(known, dict(zip(ends, happened, strict=True)), connected)


def _ends(
    cadence: Cadence, step_id: str, words: set[str], sent: Sequence[str]
) -> Sequence[frozenset[str]]:
    """How a step may have ended."""
    if step_id in sent:
        return [frozenset({SENT})]
    kind = next((step.kind for step in cadence.steps if step.id == step_id), None)
    if kind in MAIL_KINDS:
        return [frozenset({SENT}), frozenset({SKIPPED})]
    chosen = [frozenset({DONE, word}) for word in sorted(words - _STANDARD)]
    return [frozenset({DONE}), frozenset({SKIPPED}), *chosen]


def _atoms(guard: Guard) -> Iterator[tuple[str, str]]:
    """Each name that is asked for, with the text that it is compared with."""
    match guard:
        case Name(name=name):
            yield name, ""
        case Equal(name=Name(name=name), text=text):
            yield name, text
        case Not(part=part):
            yield from _atoms(part)
        case All(parts=parts) | Some(parts=parts):
            for each in parts:
                yield from _atoms(each)
