from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sequencer.cli.hooks_words import cells, failed_cells, subscription_line
from sequencer.domain.booking import Subscription
from sequencer.engine.hook_list import Failed, HookSource

MADRID = ZoneInfo("Europe/Madrid")
AT = datetime(2026, 10, 19, 6, tzinfo=UTC)
URL = "https://go.seller.example/hooks/zoom"


def test_cells() -> None:
    """A tool is told with when it was heard on our clock, and how much came."""
    heard = HookSource("zoom", URL, is_set=True, last_at=AT, states={"done": 3, "failed": 1})
    assert cells(heard, MADRID) == ["zoom", "2026-10-19 08:00", "3", "0", "0", "1", URL]
    never = HookSource("old", URL, is_set=False, last_at=None, states={})
    assert cells(never, MADRID)[1] == "never"
    assert cells(never, MADRID)[-1] == "not in the settings any more"


def test_failed_cells() -> None:
    """What came to nothing is told with its number and why, without control characters."""
    failed = Failed(7, "zoom", AT, "failed", "no\x1b[31m JSON")
    told = failed_cells(failed, MADRID)
    assert told[:4] == ["7", "zoom", "2026-10-19 08:00", "failed"]
    assert "\x1b" not in told[4]


@pytest.mark.parametrize(
    ("subscription", "words"),
    [
        (Subscription(URL, "active"), "is active"),
        (Subscription(URL, "active", AT), "fail since 2026-10-19 08:00"),
        (Subscription(URL, "disabled"), "is disabled: create the subscription anew"),
    ],
)
def test_subscription(subscription: Subscription, words: str) -> None:
    """A subscription is told as it stands, and one that is disabled with what to do."""
    line = subscription_line(subscription, MADRID)
    assert URL in line
    assert words in line
