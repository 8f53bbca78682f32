"""Clocks: the machine's, and one that is moved by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sequencer.adapters.clock import SteppedClock, SystemClock

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LATER = START + timedelta(days=1)


def test_system_clock() -> None:
    """The machine's instant is aware UTC, and its boot clock does not go back."""
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    first = clock.boot()
    assert 0 < first <= clock.boot()


def test_stepped_clock_stands_still() -> None:
    """A stepped clock shows what it was set to until it is moved."""
    clock = SteppedClock(START)
    assert (clock.now(), clock.now()) == (START, START)
    clock.advance_to(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=1)


def test_stepped_clock_in_utc() -> None:
    """A stepped clock shows UTC, whatever zone it was set in."""
    madrid = timezone(timedelta(hours=1))
    clock = SteppedClock(START.astimezone(madrid))
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() == START


@pytest.mark.parametrize("at", [START - timedelta(microseconds=1), LATER.replace(tzinfo=None)])
def test_stepped_clock_refuses(at: datetime) -> None:
    """A stepped clock neither goes back nor guesses a zone, and stays where it was."""
    clock = SteppedClock(START)
    with pytest.raises(ValueError, match=r"clock shows|no zone"):
        clock.advance_to(at)
    assert clock.now() == START


async def test_sleeps() -> None:
    """A long sleep of a stepped clock is short in fact, and does not move it."""
    clock = SteppedClock(START, longest_sleep_s=0.0)
    before = clock.boot()
    await clock.sleep(86_400)
    await SystemClock().sleep(0)
    assert clock.boot() - before < 60
    assert clock.now() == START


def test_the_boot_clock_moves_too() -> None:
    """Moved by an hour, a stepped clock has gone on by an hour for whoever reckons by boot."""
    clock = SteppedClock(START)
    before = clock.boot()
    clock.advance_to(START + timedelta(hours=1))
    assert 3_600 <= clock.boot() - before < 3_660
