from datetime import timedelta
from zoneinfo import ZoneInfo

from builders import BERLIN, a_window

from sequencer.domain.cadence import ZoneFrom
from sequencer.domain.timing import Timing, plain_timing
from sequencer.domain.workdays import Workdays


def test_zone_words() -> None:
    """Every explanation can say whose zone it reads the clock in."""
    madrid = ZoneInfo("Europe/Madrid")
    for tz_from, words in (
        (ZoneFrom.PROSPECT, "Europe/Madrid, the prospect's zone"),
        (ZoneFrom.MAILBOX, "Europe/Madrid, the mailbox's zone"),
        (ZoneFrom.WORKSPACE, "Europe/Madrid, the workspace's zone"),
    ):
        timing = Timing(a_window(), madrid, timedelta(0), Workdays(madrid), tz_from)
        assert timing.zone_words == words


def test_plain_timing() -> None:
    """A plain calendar has no days off, and its business days are those of its zone."""
    timing = plain_timing(a_window(), BERLIN)
    assert (timing.off, timing.jitter) == ((), timedelta(0))
    assert timing.workdays == Workdays(BERLIN)
