"""Mails that other rules read otherwise, in words: before, after, and what follows."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import harmless

if TYPE_CHECKING:
    from sequencer.engine.reclassify import Counts, Difference
    from sequencer.engine.weight import Reading

HEADINGS = ("mail", "prospect", "came in", "cadence", "was", "is", "then")

# What follows: (what would be done, what was done).
_THEN = {
    "stop": ("stops at once", "stopped"),
    "wait": ("is paused", "paused"),
    "ask": ("stays as it is; asked in triage", "asked in triage"),
    "noted": ("nothing", "noted"),
    "decided": ("nothing: decided by a person", "left as a person decided"),
}


def cells(found: "Difference", tz: ZoneInfo, *, done: bool) -> list[str]:
    """A row of the table, on the clock of one zone."""
    then = _THEN[found.follows][done]
    return [
        str(found.inbound_id),
        harmless(found.prospect),
        f"{found.stored_at.astimezone(tz):%Y-%m-%d %H:%M}",
        f"{found.cadence} ({found.state})",
        reading_words(found.old),
        reading_words(found.new),
        f"{then}: {harmless(found.decided)}" if found.decided else then,
    ]


def reading_words(reading: "Reading") -> str:
    """The kind, and what of the rest is known."""
    resume = f"until {reading.resume_on}" if reading.resume_on else None
    cut = "unreadable" if reading.unreadable else None
    told = None if reading.is_told else "in no known words"
    rest = (
        reading.auto_reply,
        told,
        resume,
        reading.scope,
        reading.bounce_class,
        reading.intent,
        cut,
    )
    known = ", ".join(each for each in rest if each)
    return f"{reading.kind} ({known})" if known else reading.kind


def summary(counts: "Counts", *, done: bool) -> str:
    """How many mails there were, and what follows from them."""
    looked_at = counts.same + counts.failed + sum(counts.follows.values())
    parts = [f"{_mails(looked_at)} classified anew, {counts.same} read as before"]
    parts += [f"{number} {_THEN[word][done]}" for word, number in sorted(counts.follows.items())]
    if counts.failed:
        parts.append(f"{counts.failed} could not be read and stay as they are")
    if counts.removed:
        parts.append(f"{counts.removed} left: their bytes are not kept any more")
    return "; ".join(parts) + "."


def counts_as_object(counts: "Counts") -> dict[str, object]:
    """The same for programs."""
    return {
        "to_look_at": counts.kept,
        "same": counts.same,
        "failed": counts.failed,
        "removed": counts.removed,
        "follows": {str(word): number for word, number in sorted(counts.follows.items())},
    }


def _mails(number: int) -> str:
    return "1 mail" if number == 1 else f"{number} mails"
