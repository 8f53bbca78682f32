"""Which booking tools are there? A new one is a file beside this one, and its name here."""

from collections.abc import Awaitable, Callable, Mapping

import httpx2

from sequencer.adapters.booking import (
    calcom,
    calendly,
    chilipiper,
    generic,
    hubspot,
    savvycal,
    zcal,
    zoom,
)
from sequencer.adapters.booking.calcom_poll import CalcomPoll
from sequencer.adapters.booking.calendly_api import subscriptions
from sequencer.adapters.booking.calendly_poll import CalendlyPoll
from sequencer.adapters.booking.hubspot_api import HubSpotLookUp
from sequencer.adapters.booking.tool import Tool
from sequencer.domain.booking import Subscription

_EVERY: tuple[Tool, ...] = (
    calendly.TOOL,
    calcom.TOOL,
    savvycal.TOOL,
    zcal.TOOL,
    chilipiper.TOOL,
    hubspot.TOOL,
    zoom.TOOL,
    generic.TOOL,
)
TOOLS = {tool.name: tool for tool in _EVERY}


def look_ups(hubspot_token: str) -> dict[str, Callable[[bytes], Awaitable[bytes]]]:
    """What asks a tool for that which its deliveries leave out, by the tool's name."""
    if not hubspot_token:
        return {}
    asks = HubSpotLookUp(hubspot_token, httpx2.AsyncClient(timeout=30))
    return {hubspot.NAME: asks.look_up}


def pollers(
    http: httpx2.AsyncClient, tokens: Mapping[str, str], calcom_url: str
) -> dict[str, CalendlyPoll | CalcomPoll]:
    """What asks a tool for meetings, by the tool's name: of those of which there is a token."""
    found: dict[str, CalendlyPoll | CalcomPoll] = {}
    if token := tokens.get(calendly.NAME):
        found[calendly.NAME] = CalendlyPoll(token, http)
    if token := tokens.get(calcom.NAME):
        found[calcom.NAME] = CalcomPoll(token, http, calcom_url)
    return found


async def calendly_subscriptions(token: str) -> list[Subscription]:
    """Calendly's subscriptions, as it tells of them.

    Raises:
        AskError: it does not tell.
    """
    async with httpx2.AsyncClient() as http:
        return await subscriptions(http, token)
