"""What came of a cadence test in words: what was expected, what happened, and the whole story."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sequencer.simulation.cadence_test import Miss, Result, Told

WORD = 10  # columns of what kind of entry it is


def failure_lines(result: "Result") -> Iterator[str]:
    """All about a test that failed."""
    for miss in result.misses:
        yield from _miss(result, miss)
    for error in result.errors:
        yield f"  the engine had an error of its own: {error}"
    yield from story_lines(result)


def story_lines(result: "Result") -> Iterator[str]:
    """What happened, day by day, on the clock of the prospect."""
    if not result.story:
        yield "  Nothing happened at all."
        return
    yield f"  What happened, {result.tz.key} time:"
    several = len({told.who for told in result.story}) > 1
    for day, of_day in groupby(result.story, key=lambda told: told.at.astimezone(result.tz).date()):
        yield f"    {day:%a} {day.day} {day:%b %Y}"
        for told in of_day:
            yield _line(told, result, several=several)


def _miss(result: "Result", miss: "Miss") -> Iterator[str]:
    phrase = miss.phrase
    is_given = phrase in result.test.given
    yield f"  {result.test.file}:{phrase.line}:{phrase.column}"
    yield f"    {'given' if is_given else 'expected'}: {phrase.words}"
    yield f"    {'but it could not be' if is_given else 'instead'}: {miss.happened}"


def _line(told: "Told", result: "Result", *, several: bool) -> str:
    who = f"{told.who:<10}" if several else ""
    words = ": ".join(filter(None, (told.step, told.words)))
    return f"      {told.at.astimezone(result.tz):%H:%M}  {who}{told.kind:<{WORD}} {words}".rstrip()


def summary(passed: int, failed: int, seconds: float) -> str:
    """`9 tests: 8 passed, 1 failed, in 1.2 s`."""
    number = passed + failed
    noun = "test" if number == 1 else "tests"
    parts = [f"{passed} passed", *([f"{failed} failed"] if failed else [])]
    return f"{number} {noun}: {', '.join(parts)}, in {seconds:.1f} s"
