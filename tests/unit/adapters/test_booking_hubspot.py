"""HubSpot's deliveries, and what HubSpot is asked."""

import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from booking_series import COLLEAGUE, MOVED, PAT, STARTS, hubspot, hubspot_whole, ms, outcome
from builders import NOON

from sequencer.adapters.booking.hubspot import HEADER, NO_DETAILS, STAMP, read, verify
from sequencer.adapters.booking.hubspot_api import BASE, HubSpotLookUp
from sequencer.domain.booking import AskError, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

KEY = "hubspot-test-secret"
URL = "https://hook.example/hubspot"
BODY = b'[{"eventId":1,"subscriptionType":"object.creation","objectTypeId":"0-47","objectId":77}]'
SIGNATURE = "Xil8c26JbH9pYrjM2G67WMqZLFm3hkwMUWt8/GLXr+o="
AT = 1803805200000
NOW = datetime.fromtimestamp(AT / 1_000, UTC)
K = BookingKind


def is_good(
    now: datetime = NOW, url: str = URL, stamp: str = str(AT), method: str = "POST"
) -> bool:
    post = Post(BODY, {HEADER: SIGNATURE, STAMP: stamp}, url, method=method)
    return verify(Secrets(("new", KEY)), post, now)


def test_signature() -> None:
    """The known digest of method, address, body and time is taken, and nothing near it."""
    assert is_good()
    assert is_good(url=URL.replace("example/", "example%2f"))  # it is signed decoded
    assert not is_good(url=URL.replace("hubspot", "%68ubspot"))
    assert not is_good(url=f"{URL}/")
    assert not is_good(url=URL.replace("https", "http"))
    assert not is_good(method="PUT")
    assert not is_good(stamp=str(AT + 1))
    assert not is_good(stamp=str(AT // 1_000))
    assert not is_good(now=NOW + timedelta(seconds=301))


def told(*events: dict[str, object]) -> list[BookingKind]:
    return [each.kind for each in read(hubspot_whole(*events))]


def test_kinds() -> None:
    """Each event of a list means what its outcome says; what we do not look at means nothing."""
    changed = hubspot("object.propertyChange", 1, propertyName="hs_meeting_title")
    assert told(hubspot("object.creation", 0)) == [K.BOOKED]
    assert told(hubspot("object.deletion", 0)) == [K.CANCELLED]
    assert told(outcome("CANCELED", 1), outcome("NO_SHOW", 2)) == [K.CANCELLED, K.NO_SHOW]
    assert told(outcome("COMPLETED", 1)) == [K.NO_SHOW_UNDONE, K.HELD]
    assert told(outcome("RESCHEDULED", 1)) == [K.RESCHEDULED]
    assert told(outcome("LOST", 1), changed) == [K.OTHER, K.OTHER]
    assert told(hubspot("object.creation", 0, objectTypeId="0-1")) == [K.OTHER]


def test_booked() -> None:
    """With what was asked for, an event says who and when."""
    [event] = read(hubspot_whole(hubspot("object.creation", 0)))
    assert (event.meeting_key, event.email, event.guests) == ("77", PAT, (COLLEAGUE,))
    assert (event.starts_at, event.title, event.occurred_at) == (STARTS, "Intro", NOON)


@pytest.mark.parametrize("value", [str(ms(MOVED)), MOVED.isoformat()])
def test_moved(value: str) -> None:
    """A new hour is a move, in either way of writing it."""
    name = "hs_meeting_start_time"
    change = hubspot("object.propertyChange", 1, propertyName=name, propertyValue=value)
    [event] = read(hubspot_whole(change))
    assert (event.kind, event.starts_at) == (K.RESCHEDULED, MOVED)


def test_nobody_is_named() -> None:
    """What HubSpot posts says nothing of people, so nothing is made of it, and why."""
    [event] = read(BODY)
    assert (event.kind, event.note) == (K.OTHER, NO_DETAILS)


def test_too_many() -> None:
    """A delivery has at most a hundred events."""
    with pytest.raises(DeliveryError, match="101 events"):
        read(json.dumps([hubspot("object.creation", 0)] * 101).encode())


OURS = "0123456789abcdef" * 2


class Portal:
    """HubSpot's API: a meeting with two contacts, or whatever it is told to answer."""

    def __init__(self, status: int = 200, body: bytes | None = None) -> None:
        self.status, self.body = status, body
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.status != 200 or self.body is not None:
            return httpx2.Response(self.status, stream=httpx2.ByteStream(self.body or b""))
        told = json.dumps(self.found(request.url.path)).encode()
        return httpx2.Response(200, stream=httpx2.ByteStream(told))

    def found(self, path: str) -> dict[str, object]:
        if "/contacts/" in path:
            kept = {"1": "a campaign", "2": OURS}[path[-1]]
            email = f"c{path[-1]}@prospect.example"
            return {"properties": {"email": email, "utm_content": kept}}
        listed = [{"id": "1", "type": "x"}, {"id": "2"}, {"id": "1"}, {"id": "../x"}]
        properties = {"hs_meeting_start_time": STARTS.isoformat(), "hs_meeting_title": "Intro"}
        return {"properties": properties, "associations": {"contacts": {"results": listed}}}

    def asks(self) -> HubSpotLookUp:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self))
        return HubSpotLookUp("a-token", client)


async def test_asked() -> None:
    """The meeting is asked for once, and each of its people, with the token."""
    portal = Portal()
    events = [hubspot("object.creation", 0), outcome("NO_SHOW", 1), hubspot("contact.creation", 0)]
    whole = await portal.asks().look_up(json.dumps(events).encode())
    assert [request.url.path for request in portal.asked] == [
        "/crm/v3/objects/meetings/77",
        "/crm/v3/objects/contacts/1",
        "/crm/v3/objects/contacts/2",
    ]
    assert {request.headers["Authorization"] for request in portal.asked} == {"Bearer a-token"}
    assert read(await Portal().asks().look_up(whole)) == read(whole)
    booked = read(whole)[0]
    assert booked.token == OURS
    assert (booked.kind, booked.email, booked.guests, booked.starts_at) == (
        K.BOOKED,
        "c1@prospect.example",
        ("c2@prospect.example",),
        STARTS,
    )


async def test_a_meeting_that_is_gone() -> None:
    """Of what HubSpot does not know any more, only its end means something."""
    events = [hubspot("object.creation", 0), hubspot("object.deletion", 1)]
    whole = await Portal(404).asks().look_up(json.dumps(events).encode())
    assert [each.kind for each in read(whole)] == [K.OTHER, K.CANCELLED]


@pytest.mark.parametrize(
    ("portal", "sentence"),
    [
        (Portal(401), "it answered 401"),
        (Portal(503), "it answered 503"),
        (Portal(200, b"<html>"), "not JSON"),
        (Portal(200, b"[" * 100_000), "not JSON"),
        (Portal(200, b" " * 2_000_000), "too long"),
    ],
)
async def test_no_answer(portal: Portal, sentence: str) -> None:
    """Where HubSpot does not tell, there is a sentence, and no token in it."""
    with pytest.raises(AskError, match=sentence) as raised:
        await portal.asks().look_up(BODY)
    assert "a-token" not in str(raised.value)
    assert "a-token" not in repr(portal.asks())
    assert BASE in repr(portal.asks())
