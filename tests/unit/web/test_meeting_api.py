"""Programs read meetings and say what a person would; nobody does without a key of their own."""

import json
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from builders import NOON
from stage import DAY, Stage, a_loaded

from sequencer.domain.enrollment import FinishReason
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.store import bookings, ledger, meetings
from sequencer.web.app import Site, build_app
from sequencer.web.json_body import MAX_JSON

ZOE, BEA = "zoe@bank.example", "bea@acme-buyer.example"
KEY, READER, CLIENT = "k" * 32, "r" * 32, "c" * 32
AT = (NOON + 10 * DAY).isoformat()


def bearer(key: str = KEY, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", **more}


async def book(
    client: httpx2.AsyncClient, key: str = KEY, once: str = "", **changes: Any
) -> httpx2.Response:
    said = {"email": ZOE, "starts_at": AT, "minutes": 45, "tz": "Europe/Berlin", **changes}
    headers = bearer(key, **({"Idempotency-Key": once} if once else {}))
    return await client.post("/api/meetings", json=said, headers=headers)


async def say(
    client: httpx2.AsyncClient, what: str, key: str = KEY, **said: Any
) -> httpx2.Response:
    return await client.post(f"/api/meetings/{what}", json=said, headers=bearer(key))


async def ask(client: httpx2.AsyncClient, path: str, key: str = KEY) -> httpx2.Response:
    return await client.get(f"/api/{path}", headers=bearer(key))


def is_problem(answer: httpx2.Response, status: int, field: str = "") -> bool:
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert told.keys() == {"type", "title", "status", "detail", "field", "hint"}
    return bool((answer.status_code, told["status"], told["field"]) == (status, status, field))


async def test_a_meeting_is_booked(office: Stage, client: httpx2.AsyncClient) -> None:
    """It stops the cadence at once, and is told with all that belongs to it."""
    answer = await book(client, place="Calle Mayor 1", link="https://meet.example/1")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["source"], told["verified"]) == ("booked", "by_hand", True)
    assert told["starts_at"] == AT
    assert told["ends_at"] == (NOON + 10 * DAY + timedelta(minutes=45)).isoformat()
    assert (told["tz"], told["place"]) == ("Europe/Berlin", "Calle Mayor 1")
    assert told["prospect"]["email"] == ZOE
    assert told["handover"] == {"id": 1, "rep": "omar", "state": "offered"}
    assert office.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED
    details = [entry.detail for _, entry in office.read(ledger.latest, 100)]
    assert any("Ana Ruiz (key desk)" in detail for detail in details)
    assert (await ask(client, f"meetings/{told['id']}")).json() == told
    assert (await ask(client, "meetings")).json() == {"meetings": [told], "after": None}


async def test_booked_once(office: Stage, client: httpx2.AsyncClient) -> None:
    """The same key books the same meeting; another key, or another caller's, another one."""
    first = await book(client, once="order 7")
    office.clock.advance(timedelta(minutes=1))
    again = await book(client, once="order 7")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert is_problem(await book(client, once="order 8"), 409)
    moved = (NOON + 11 * DAY).isoformat()
    assert (await book(client, once="order 8", starts_at=moved)).json()["id"] == 2
    assert is_problem(await book(client, once="order 7", email=BEA), 409)
    theirs = await book(client, CLIENT, "order 7", email=BEA)
    assert theirs.status_code == 201
    assert is_problem(await book(client, once="x" * 201), 400, "Idempotency-Key")


async def test_a_life_of_a_meeting(office: Stage, client: httpx2.AsyncClient) -> None:
    """Moved, missed, come after all, held: each is told once, and what cannot be is a conflict."""
    number = (await book(client)).json()["id"]
    assert is_problem(await say(client, f"{number}/held"), 409)
    later = (NOON + 12 * DAY).isoformat()
    moved = await say(client, f"{number}/move", starts_at=later)
    assert moved.json()["starts_at"] == later
    assert moved.json()["ends_at"] == (NOON + 12 * DAY + timedelta(minutes=45)).isoformat()
    assert is_problem(await say(client, f"{number}/confirm"), 409)
    office.clock.advance(13 * DAY)
    assert (await say(client, f"{number}/no-show")).json()["state"] == "no_show"
    assert (await say(client, f"{number}/came")).json()["state"] == "booked"
    assert (await say(client, f"{number}/held")).json()["state"] == "held"
    assert is_problem(await say(client, f"{number}/move", starts_at=AT), 409)


async def test_cancelled(office: Stage, client: httpx2.AsyncClient) -> None:
    """Who cancelled has to be said."""
    number = (await book(client)).json()["id"]
    assert is_problem(await say(client, f"{number}/cancel"), 422, "cancelled_by")
    assert is_problem(await say(client, f"{number}/cancel", cancelled_by="me"), 422, "cancelled_by")
    told = await say(client, f"{number}/cancel", cancelled_by="invitee", because="ill")
    assert (told.json()["state"], told.json()["cancelled_by"]) == ("cancelled", "invitee")
    assert told.json()["cancel_reason"] == "ill"
    assert len(office.read(bookings.told, number)) == 2


async def test_credited(office: Stage, client: httpx2.AsyncClient) -> None:
    """A meeting of nobody becomes somebody's, by their address."""
    number = (await book(client, CLIENT, email=BEA)).json()["id"]
    assert is_problem(await say(client, f"{number}/credit", email="no@body.example"), 404, "email")
    told = await say(client, f"{number}/credit", email=ZOE)
    assert (told.json()["prospect"]["email"], told.json()["credited_by"]) == (ZOE, "person")
    assert office.read(meetings.get, number).prospect_id == office.person(ZOE)


async def test_listed(office: Stage, client: httpx2.AsyncClient) -> None:
    """By state and time, a portion at a time, in an order that nothing new disturbs."""
    for day in range(10, 15):
        assert (await book(client, starts_at=(NOON + day * DAY).isoformat())).is_success
    await say(client, "2/cancel", cancelled_by="host")
    first = (await ask(client, "meetings?limit=2")).json()
    assert ([each["id"] for each in first["meetings"]], first["after"]) == ([1, 2], 2)
    rest = (await ask(client, "meetings?limit=3&after=2")).json()
    assert ([each["id"] for each in rest["meetings"]], rest["after"]) == ([3, 4, 5], None)
    cancelled = (await ask(client, "meetings?state=cancelled")).json()["meetings"]
    assert [each["id"] for each in cancelled] == [2]
    begin, end = ((NOON + day * DAY).isoformat() for day in (11, 13))
    asked = str(httpx2.URL("http://x/meetings", params={"from": begin, "to": end}).query, "ascii")
    between = (await ask(client, f"meetings?{asked}")).json()["meetings"]
    assert [each["id"] for each in between] == [2, 3]
    assert office.read(meetings.get, 6) is None


async def test_a_client_sees_its_own(client: httpx2.AsyncClient) -> None:
    """Another's meetings, people and handovers are as if they were not there."""
    ours, theirs = await book(client), await book(client, email=BEA)
    assert theirs.json()["client"] == "acme"
    assert theirs.json()["handover"]["rep"] == "alma"
    assert [each["id"] for each in (await ask(client, "meetings", CLIENT)).json()["meetings"]] == [
        2
    ]
    assert (await ask(client, "meetings/2", CLIENT)).json() == theirs.json()
    unknown = await ask(client, "meetings/999", CLIENT)
    hidden = await ask(client, f"meetings/{ours.json()['id']}", CLIENT)
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text == unknown.text.replace("999", "1")
    assert is_problem(await say(client, "1/cancel", CLIENT, cancelled_by="host"), 404)
    assert is_problem(await book(client, CLIENT), 404, "email")
    assert is_problem(await say(client, "2/credit", CLIENT, email=ZOE), 404, "email")
    handovers = (await ask(client, "handovers", CLIENT)).json()["handovers"]
    assert [each["rep"] for each in handovers] == ["alma"]
    assert is_problem(await ask(client, "handovers/1", CLIENT), 404)
    assert (await ask(client, "handovers/2", CLIENT)).is_success


@pytest.mark.parametrize(("key", "expected"), [(KEY, range(1, 10)), (CLIENT, (3, 6, 9))])
@pytest.mark.parametrize("limit", [1, 2, 3, 9])
@pytest.mark.parametrize("what", ["meetings", "handovers"])
async def test_every_portion(
    client: httpx2.AsyncClient, key: str, expected: Iterable[int], limit: int, what: str
) -> None:
    """Whoever goes on from `after` until there is none gets all that they may see, each once."""
    for number in range(1, 10):
        at = (NOON + (10 + number) * DAY).isoformat()
        assert (await book(client, starts_at=at, email=ZOE if number % 3 else BEA)).is_success
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        told = (await ask(client, f"{what}?limit={limit}&after={after}", key)).json()
        assert len(told[what]) <= limit
        found.extend(each["id"] for each in told[what])
        after = told["after"]
    assert found == list(expected)


async def test_handovers(office: Stage, client: httpx2.AsyncClient) -> None:
    """They are listed, given back for a reason, and taken; nothing that opens their page leaks."""
    number = (await book(client)).json()["id"]
    [offered] = (await ask(client, "handovers?state=offered")).json()["handovers"]
    assert (offered["meeting"], offered["rep"]) == (number, "omar")
    assert offered["record"]["email"] == ZOE
    assert "key" not in offered
    refused = await client.post(
        "/api/handovers/1/refuse", json={"because": "on leave"}, headers=bearer()
    )
    assert refused.json()["state"] == "refused"
    assert "on leave" in refused.json()["note"]
    assert is_problem(await client.post("/api/handovers/1/accept", headers=bearer()), 409)
    accepted = await client.post("/api/handovers/2/accept", headers=bearer())
    assert (accepted.json()["state"], accepted.json()["rep"]) == ("accepted", "petra")
    assert "Ana Ruiz (key desk)" in accepted.json()["note"]
    of_rep = (await ask(client, "handovers?rep=petra&meeting=1&limit=1")).json()
    assert [each["id"] for each in of_rep["handovers"]] == [2]
    assert (await ask(client, f"meetings/{number}")).json()["handover"]["state"] == "accepted"
    assert is_problem(await ask(client, "handovers/3"), 404)
    assert office.verify().clean


async def test_a_prospect_of_two_clients(office: Stage, client: httpx2.AsyncClient) -> None:
    """A client books its own meetings with them, and hears nothing of the other's."""
    office.apply(a_loaded(cadence="beta-intro", client="beta"))
    later = Enrolment("beta-intro", (BEA,), "test")
    enroll(office.database, office.desk, later, lambda: "b" * 32, NOON)
    booked = await book(client, CLIENT, email=BEA)
    assert (booked.status_code, booked.json()["client"]) == (201, "acme")
    other = await book(client, email=BEA, starts_at=(NOON + 20 * DAY).isoformat())
    assert other.json()["client"] == "beta"
    taken = await book(client, CLIENT, email=BEA, starts_at=(NOON + 20 * DAY).isoformat())
    assert is_problem(taken, 409)
    assert taken.json()["detail"] == "They have a meeting at that time already."
    assert (
        "Meeting 2 is" in (await book(client, email=BEA, starts_at=other.json()["starts_at"])).text
    )


async def test_what_is_foreign_is_as_what_is_not(client: httpx2.AsyncClient) -> None:
    """A client cannot tell the meetings and handovers of others from those that never were."""
    await book(client)
    for path in ("meetings/{}", "handovers/{}"):
        foreign, none = [(await ask(client, path.format(each), CLIENT)) for each in (1, 9)]
        assert (foreign.status_code, none.status_code) == (404, 404)
        assert foreign.text.replace("1", "9") == none.text
    for what in ("accept", "refuse"):
        path = f"/api/handovers/{{}}/{what}"
        foreign, none = [
            await client.post(path.format(each), headers=bearer(CLIENT)) for each in (1, 9)
        ]
        assert foreign.text.replace("1", "9") == none.text


async def test_a_client_is_told_of_no_other_reps(client: httpx2.AsyncClient) -> None:
    """Why nobody else was asked names the reps of others: it is for ourselves alone."""
    await book(client, CLIENT, email=BEA)
    assert "omar" in (await ask(client, "handovers/1")).text
    for path in ("handovers", "handovers/1", "meetings", "meetings/1"):
        assert "omar" not in (await ask(client, path, CLIENT)).text
    said = await client.post("/api/handovers/1/accept", headers=bearer(CLIENT))
    assert said.json()["state"] == "accepted"
    assert "omar" not in said.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": f"Bearer {KEY[:-1]}"},
        {"Authorization": "Bearer \xe9\xff"},
        {"Authorization": f"Bearer {'x' * 8_000}"},
        {"X-Api-Key": KEY},
    ],
)
async def test_no_key(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    """Whatever is wrong with a key, the answer is the same, before anything else is looked at."""
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    told = set()
    for path in ("meetings", "meetings/1", "handovers", "handovers/x"):
        answer = await client.get(f"/api/{path}", headers=raw)
        assert is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        told.add(answer.text)
    huge = b"x" * (MAX_JSON + 1)
    for path in ("meetings", "meetings/1/held", "handovers/1/accept"):
        answer = await client.post(f"/api/{path}", headers=raw, content=huge)
        assert is_problem(answer, 401)
        told.add(answer.text)
    assert len(told) == 1
    assert KEY not in told.pop()


async def test_read_only(client: httpx2.AsyncClient) -> None:
    """A key for reading changes nothing."""
    await book(client)
    assert (await ask(client, "meetings", READER)).is_success
    assert is_problem(await book(client, READER), 403)
    assert is_problem(await say(client, "1/cancel", READER, cancelled_by="host"), 403)
    answer = await client.post("/api/handovers/1/accept", headers=bearer(READER))
    assert is_problem(answer, 403)
    assert (await ask(client, "meetings/1")).json()["state"] == "booked"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": None}, "email"),
        ({"email": 7}, "email"),
        ({"email": "x" * 321}, "email"),
        ({"email": "a\x00b@c.example"}, "email"),
        ({"starts_at": ""}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2026-12-01T10:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00+14:00"}, "starts_at"),
        ({"starts_at": 1}, "starts_at"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"minutes": 1.5}, "minutes"),
        ({"minutes": 10**30}, "minutes"),
        ({"minutes": "30 "}, "minutes"),
        ({"tz": "Europe/Berlim"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"tz": ["Europe/Berlin"]}, "tz"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://x.example/a b"}, "link"),
        ({"place": "a\nb"}, "place"),
        ({"place": "a\u2028b"}, "place"),
        ({"place": "x" * 501}, "place"),
        ({"note": "a\x1b[31m"}, "note"),
        ({"note": {"a": 1}}, "note"),
        ({"surprise": 1}, "surprise"),
        ({"x" * 9_000: 1}, "x" * 40),
    ],
)
async def test_wrong_values(
    office: Stage, client: httpx2.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    """What cannot be used is told by its name, and nothing is booked."""
    assert is_problem(await book(client, **changes), 422, field)
    assert office.read(meetings.get, 1) is None


async def test_times_that_cannot_be(client: httpx2.AsyncClient) -> None:
    """A meeting in the past or in many years is a conflict, and said to be."""
    for at in (NOON - DAY, NOON + 3_000 * DAY):
        assert is_problem(await book(client, starts_at=at.isoformat()), 409)
    assert is_problem(await book(client, email="no@body.example"), 404, "email")
    assert is_problem(await book(client, email="\ud7ff@\u00e9"), 404, "email")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 400),
        (b"null", 400),
        (b'"x"', 400),
        (b"{", 400),
        (b"\xff{}", 400),
        (b'{"email": "a", "email": "b"}', 400),
        (b'{"minutes": NaN}', 400),
        (b'{"email": "\\ud800"}', 400),
        (b'{"a": ' * 2_000, 400),
        (b"[" * MAX_JSON, 400),
        (b'{"minutes": ' + b"9" * 5_000 + b"}", 400),
        (b'{"note": "' + b"x" * MAX_JSON + b'"}', 413),
        (b"", 422),
    ],
)
async def test_hostile_bodies(
    office: Stage, client: httpx2.AsyncClient, body: bytes, status: int
) -> None:
    """What is no small JSON object is refused, and nothing breaks."""
    headers = bearer(**{"Content-Type": "application/json"})
    answer = await client.post("/api/meetings", content=body, headers=headers)
    assert is_problem(answer, status, "email" if status == 422 else "")
    assert office.read(meetings.get, 1) is None


async def test_other_types(client: httpx2.AsyncClient) -> None:
    """A form is no JSON, so that no page of somebody else can post one."""
    body = json.dumps({"email": ZOE, "starts_at": AT}).encode()
    for said in ("text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"):
        headers = bearer(**({"Content-Type": said} if said else {}))
        answer = await client.post("/api/meetings", content=body, headers=headers)
        assert is_problem(answer, 415)
    headers = bearer(**{"Content-Type": "Application/JSON; charset=utf-8"})
    answer = await client.post("/api/meetings", content=body, headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("meetings?state=lost", 400, "state"),
        ("meetings?from=yesterday", 400, "from"),
        ("meetings?to=2026-12-01", 400, "to"),
        ("meetings?after=-1", 400, "after"),
        ("meetings?after=9999999999999999999999", 400, "after"),
        ("meetings?after=%D9%A3", 400, "after"),
        ("meetings?limit=0", 400, "limit"),
        ("meetings?limit=201", 400, "limit"),
        ("meetings?order=id", 400, "order"),
        ("handovers?state=booked", 400, "state"),
        ("handovers?meeting=x", 400, "meeting"),
        ("handovers?rep=%00", 400, "rep"),
        ("meetings/0", 404, ""),
        ("meetings/-1", 404, ""),
        ("meetings/1.0", 404, ""),
        ("meetings/99999999999999999999", 404, ""),
        (f"meetings/000000000001{'9' * 30}", 404, ""),
        (f"handovers/000000000001{'9' * 5_000}", 404, ""),
        ("meetings/%D9%A3", 404, ""),
        ("meetings/2147483648", 404, ""),
        ("handovers/..", 404, ""),
        ("nothing", 404, ""),
        ("meetings/", 404, ""),
        ("meetings/1/", 404, ""),
    ],
)
async def test_wrong_addresses(
    client: httpx2.AsyncClient, path: str, status: int, field: str
) -> None:
    """What is asked for in a way that is not known is a problem, never an error of ours."""
    assert is_problem(await ask(client, path), status, field)


async def test_wrong_method(client: httpx2.AsyncClient) -> None:
    """What is there, but not to be done like that, says how it is done."""
    answer = await client.delete("/api/meetings/1", headers=bearer())
    assert is_problem(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_every_endpoint_is_documented(office: Stage) -> None:
    """The page about the API names each address that there is."""
    page = (Path(__file__).parents[3] / "docs/how-to/api.md").read_text("utf-8")
    named = re.sub(r"/[0-9]+\b", "/N", page)
    paths = {getattr(route, "path", "") for route in build_app(Site(office.world, {})).routes}
    of_api = {path.removeprefix("/api/") for path in paths if path.startswith("/api/")}
    assert len(of_api) == 13
    assert [path for path in of_api if path.replace("{number}", "N") not in named] == []


async def test_headers(client: httpx2.AsyncClient) -> None:
    """Answers are not kept, not framed, and not shared with pages of others."""
    answer = await ask(client, "meetings")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "set-cookie" not in answer.headers
