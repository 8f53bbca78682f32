"""Booking tools in words: where they post to, when they were heard, what came to nothing."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import harmless

if TYPE_CHECKING:
    from datetime import datetime

    from sequencer.domain.booking import Subscription
    from sequencer.engine.hook_list import Failed, HookSource

HEADINGS = ("source", "last heard", "done", "waiting", "unknown", "failed", "address")
EMPTY = "No booking tool is in the settings: see docs/how-to/bookings."
FAILED_HEADINGS = ("no", "source", "since", "state", "why")
RENEW = "create the subscription anew: docs/how-to/bookings/calendly.md"


def cells(source: "HookSource", tz: ZoneInfo) -> list[str]:
    """A row of the table, on the clock of one zone."""
    waiting = source.states.get("stored", 0) + source.states.get("to_ask", 0)
    done, unknown, failed = (source.states.get(name, 0) for name in ("done", "unknown", "failed"))
    states = (done, waiting, unknown, failed)
    address = source.url if source.is_set else "not in the settings any more"
    return [harmless(source.name), _clock(source.last_at, tz), *map(str, states), address]


def failed_cells(failed: "Failed", tz: ZoneInfo) -> list[str]:
    """A row of the table of what came to nothing."""
    since = _clock(failed.stored_at, tz)
    return [str(failed.number), harmless(failed.source), since, failed.state, harmless(failed.why)]


def subscription_line(subscription: "Subscription", tz: ZoneInfo) -> str:
    """What Calendly tells of a subscription, and what to do about it."""
    url = harmless(subscription.url)
    if subscription.state != "active":
        return f"calendly: the subscription to {url} is {harmless(subscription.state)}: {RENEW}"
    if subscription.failing_since is not None:
        since = _clock(subscription.failing_since, tz)
        return f"calendly: deliveries to {url} fail since {since}; after 24 hours it is disabled"
    return f"calendly: the subscription to {url} is active"


def _clock(at: "datetime | None", tz: ZoneInfo) -> str:
    return f"{at.astimezone(tz):%Y-%m-%d %H:%M}" if at else "never"
