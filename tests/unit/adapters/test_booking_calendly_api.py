"""What Calendly tells of its subscriptions."""

import json
from datetime import UTC, datetime

import httpx2
import pytest

from sequencer.adapters.booking.calendly_api import subscriptions
from sequencer.domain.booking import AskError, Subscription

ME = {"resource": {"uri": "https://api/users/U", "current_organization": "https://api/orgs/O"}}
URL = "https://go.seller.example/hooks/calendly"


def client(*answers: tuple[int, object]) -> tuple[httpx2.AsyncClient, list[httpx2.Request]]:
    """A client whose questions are answered with these, one after another."""
    asked: list[httpx2.Request] = []
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        status, value = left.pop(0)
        return httpx2.Response(status, stream=httpx2.ByteStream(json.dumps(value).encode()))

    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer)), asked


async def test_both_scopes() -> None:
    """Those of the organization and those of the user are listed as Calendly tells them."""
    active = {"callback_url": URL, "state": "active", "retry_started_at": None}
    failing = active | {"retry_started_at": "2027-03-02T10:00:00Z"}
    disabled = {"callback_url": URL, "state": "disabled"}
    http, asked = client(
        (200, ME), (200, {"collection": [active, failing]}), (200, {"collection": [disabled]})
    )
    assert await subscriptions(http, "a-token") == [
        Subscription(URL, "active"),
        Subscription(URL, "active", datetime(2027, 3, 2, 10, 0, tzinfo=UTC)),
        Subscription(URL, "disabled"),
    ]
    assert [dict(each.url.params).get("scope") for each in asked] == [None, "organization", "user"]
    assert asked[2].url.params["user"] == "https://api/users/U"
    assert {each.headers["Authorization"] for each in asked} == {"Bearer a-token"}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([(401, {})], "it answered 401"),
        ([(200, [])], "whose token"),
        ([(404, {})], "whose token"),
        ([(200, ME), (500, {})], "it answered 500"),
    ],
)
async def test_no_answer(answers: list[tuple[int, object]], sentence: str) -> None:
    """Where Calendly does not tell, there is a sentence, and no token in it."""
    http, _ = client(*answers)
    with pytest.raises(AskError, match=sentence) as raised:
        await subscriptions(http, "a-token")
    assert "a-token" not in str(raised.value)
