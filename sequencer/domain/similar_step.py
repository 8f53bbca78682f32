"""Is a step that appeared the one that is gone, under another name?"""

from difflib import get_close_matches

from sequencer.domain.cadence import Version

ALIKE = 0.6  # of two ids, from 0 to 1: `bump` and `bump-1` are, `intro` and `outro` just so
SAME_TEXT = 0.8
LOOKED_AT = 2_000  # characters of a text: what it takes grows with their square


def likeness(before: Version, gone: str, after: Version, appeared: str) -> bool:
    """Whether two steps are of one kind and have nearly the same id, file or text."""
    old, new = before.cadence.step(gone), after.cadence.step(appeared)
    if old.kind is not new.kind:
        return False
    if old.template == new.template or _alike(gone, appeared, ALIKE):
        return True
    texts = before.templates.get(old.template, ""), after.templates.get(new.template, "")
    return bool(all(texts)) and _alike(*texts, SAME_TEXT)


def _alike(one: str, other: str, least: float) -> bool:
    return bool(get_close_matches(one[:LOOKED_AT], [other[:LOOKED_AT]], 1, least))
