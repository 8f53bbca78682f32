"""Whose meeting does HubSpot tell of? A delivery has only its number, so HubSpot is asked."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2

from sequencer.adapters.booking.api import ask
from sequencer.adapters.booking.fields import Fields, parsed
from sequencer.adapters.booking.hubspot import meeting_ids
from sequencer.domain.booking import AskError
from sequencer.domain.booking_link import UTM, is_token

BASE = "https://api.hubapi.com/crm/v3/objects"
PROPERTIES = (
    "hs_meeting_title",
    "hs_meeting_start_time",
    "hs_meeting_end_time",
    "hs_meeting_outcome",
    "hs_meeting_location",
    "hs_meeting_external_url",
    "hs_meeting_source",
    "hs_activity_type",
)
MOST_CONTACTS = 20


@dataclass(frozen=True, slots=True)
class HubSpotLookUp:
    """Asks for the meetings of a delivery and for the addresses of those who take part."""

    token: str
    http: httpx2.AsyncClient
    base: str = BASE

    def __repr__(self) -> str:
        """Without the token."""
        return f"HubSpotLookUp({self.base})"

    async def look_up(self, body: bytes) -> bytes:
        """The delivery with what HubSpot knows of its meetings beside it.

        Raises:
            DeliveryError: the delivery is none.
            AskError: HubSpot does not tell.
        """
        told = parsed(body)
        events = told.get("events") if isinstance(told, dict) else told
        try:
            meetings = {number: await self._meeting(number) for number in meeting_ids(body)}
        except AskError as error:
            raise AskError(f"HubSpot was asked whose meeting it is: {error}") from None
        return json.dumps({"events": events, "meetings": meetings}).encode()

    async def _meeting(self, number: str) -> dict[str, Any]:
        names = ",".join(PROPERTIES)
        url = f"{self.base}/meetings/{number}?associations=contacts&properties={names}"
        found = await ask(self.http, url, self.token)
        listed = found.fields("associations", "contacts").each("results")[:MOST_CONTACTS]
        ids = dict.fromkeys(each.key("id") for each in listed)
        contacts = [await self._contact(each) for each in ids if each.isdecimal()]
        properties = found.fields("properties")
        tokens = (each.text(UTM).casefold() for each in contacts)
        return {
            "properties": {name: properties.text(name) for name in PROPERTIES},
            "contacts": [email for each in contacts if (email := each.text("email"))],
            "token": next(filter(is_token, tokens), ""),
        }

    async def _contact(self, number: str) -> Fields:
        """Address of a contact, and what our link told the page, where the portal keeps that."""
        url = f"{self.base}/contacts/{number}?properties=email,{UTM}"
        contact: Fields = await ask(self.http, url, self.token)
        return contact.fields("properties")
