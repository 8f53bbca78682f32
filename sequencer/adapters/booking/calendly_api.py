"""Does Calendly still report to us? After a day of failures it disables a subscription."""

from urllib.parse import urlencode

import httpx2

from sequencer.adapters.booking.api import ask
from sequencer.adapters.booking.fields import Fields
from sequencer.domain.booking import AskError, Subscription

BASE = "https://api.calendly.com"


async def subscriptions(
    http: httpx2.AsyncClient, token: str, base: str = BASE
) -> list[Subscription]:
    """The subscriptions of whoever the token is of, and of their organization.

    Raises:
        AskError: Calendly does not tell.
    """
    me = (await ask(http, f"{base}/users/me", token)).fields("resource")
    user, organization = me.text("uri"), me.text("current_organization")
    if not user or not organization:
        raise AskError("it does not say whose token it is")
    found: list[Subscription] = []
    for scope in ("organization", "user"):
        of = {"organization": organization, "scope": scope, "count": "100"}
        of |= {"user": user} if scope == "user" else {}
        told = await ask(http, f"{base}/webhook_subscriptions?{urlencode(of)}", token)
        found += [_subscription(each) for each in told.each("collection")]
    return found


def _subscription(told: Fields) -> Subscription:
    return Subscription(
        told.text("callback_url"), told.text("state"), told.instant("retry_started_at")
    )
