"""The pages of meetings: nobody sees them without a key, and nothing changes but by their forms."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from builders import NOON, a_prospect
from stage import DAY, Stage

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.meeting import MeetingState
from sequencer.engine.bookings import take_in
from sequencer.store import meetings
from sequencer.web.app import Site, build_app
from sequencer.web.session import LASTS
from sequencer.web.sign_in import COOKIE

ZOE, BEA = "zoe@bank.example", "bea@acme-buyer.example"
KEY, READER, CLIENT = "k" * 32, "r" * 32, "c" * 32
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
WORD = re.compile(r'name="word" value="([^"]+)"')


async def sign_in(client: httpx2.AsyncClient, key: str = KEY) -> httpx2.Response:
    return await client.post("/meetings", data={"do": "sign-in", "key": key})


async def submit(client: httpx2.AsyncClient, path: str, **said: str) -> httpx2.Response:
    """Post a form of the page at that path."""
    found = WORD.search((await client.get(path)).text)
    return await client.post(path, data={"word": found[1] if found else "", **said})


async def book(client: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    said = {"email": ZOE, "starts_at": "2026-03-20T10:00", "minutes": "30", **changes}
    return await submit(client, "/meetings", do="book", **said)


def tell(office: Stage, **changes: Any) -> None:
    """Let a mail, or a tool, tell of a meeting."""
    known: dict[str, Any] = {
        "kind": BookingKind.BOOKED,
        "source": "calendar",
        "delivery_key": "d1",
        "meeting_key": "m1",
        "email": ZOE,
        "starts_at": NOON + DAY,
        **changes,
    }
    office.write(take_in, office.desk, BookingEvent(**known), office.clock.now())


async def test_nobody_is_signed_in(office: Stage, client: httpx2.AsyncClient) -> None:
    """Without a cookie of ours there is a form for a key, and nothing else, wherever one asks."""
    tell(office)
    pages = {(await client.get(path)).text for path in ("/meetings", "/meetings/1", "/meetings/x")}
    assert len(pages) == 1
    assert ("Your key" in (page := pages.pop()), ZOE in page) == (True, False)
    for cookie in ("x", "desk.99999999999.", f"desk.99999999999.{'A' * 43}", "é", "a" * 5_000):
        client.cookies.clear()
        answer = await client.get("/meetings", headers={b"Cookie": f"{COOKIE}={cookie}".encode()})
        assert answer.text == page
    answer = await client.post("/meetings/1", data={"do": "confirm"})
    assert (answer.status_code, "nothing was done" in answer.text) == (401, True)
    assert not office.read(meetings.get, 1).verified


async def test_wrong_keys(client: httpx2.AsyncClient) -> None:
    """Every key that is none gets the same answer, and is not told back."""
    told = set()
    for key in ("", "x", KEY[:-1], f"{KEY}x", "é" * 32, "k" * 400):
        answer = await sign_in(client, key)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        told.add(answer.text)
    assert len(told) == 1


async def test_the_cookie(office: Stage, client: httpx2.AsyncClient) -> None:
    """It is for us alone, ends by itself, and with the key; over TLS it goes over TLS alone."""
    answer = await sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "?")
    said = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/meetings", "Max-Age=28800"):
        assert part in said
    assert ("Secure" in said, KEY in said) == (False, False)
    assert "Coming" in (await client.get("/meetings")).text
    office.clock.advance(LASTS)
    assert "Your key" in (await client.get("/meetings")).text
    await sign_in(client)
    policy = office.policy
    object.__setattr__(policy, "access", policy.access[1:])
    assert "Your key" in (await client.get("/meetings")).text


async def test_over_tls(office: Stage) -> None:
    """Behind a proxy with TLS the cookie is for TLS alone, below the path that the world knows."""
    object.__setattr__(office.policy, "public_url", "https://go.office.test/seq")
    transport = httpx2.ASGITransport(app=build_app(Site(office.world, {})))
    async with httpx2.AsyncClient(transport=transport, base_url="https://x") as client:
        said = (await sign_in(client)).headers["set-cookie"]
    assert "Secure" in said
    assert "Path=/seq/meetings" in said


async def test_signed_out(client: httpx2.AsyncClient) -> None:
    """The cookie is gone; the form for that needs the word of the session too."""
    await sign_in(client)
    assert (await client.post("/meetings", data={"do": "sign-out"})).status_code == 403
    assert (await submit(client, "/meetings", do="sign-out")).status_code == 303
    assert "Your key" in (await client.get("/meetings")).text


async def test_foreign_forms(office: Stage, client: httpx2.AsyncClient) -> None:
    """A form on a page of somebody else does nothing, even with the cookie."""
    tell(office)
    await sign_in(client)
    found = WORD.search((await client.get("/meetings/1")).text)
    assert found is not None
    await sign_in(client, CLIENT)
    theirs = WORD.search((await client.get("/meetings")).text)
    assert theirs is not None
    await sign_in(client)
    for word in ("", "x", "é", found[1][:-1], theirs[1]):
        answer = await client.post("/meetings/1", data={"do": "confirm", "word": word})
        assert (answer.status_code, "our page" in answer.text) == (403, True)
    good = {"do": "confirm", "word": found[1]}
    for site in ("cross-site", "same-site", "other"):
        headers = {"Sec-Fetch-Site": site}
        answer = await client.post("/meetings/1", data=good, headers=headers)
        assert answer.status_code == 403
        login = {"do": "sign-in", "key": KEY}
        assert (await client.post("/meetings", data=login, headers=headers)).status_code == 403
    assert not office.read(meetings.get, 1).verified
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/meetings/1", data=good, headers=headers)).status_code == 303
    assert office.read(meetings.get, 1).verified


async def test_empty_lists(client: httpx2.AsyncClient) -> None:
    """Where there is nothing yet, that is said."""
    await sign_in(client)
    text = (await client.get("/meetings")).text
    assert "No meeting is coming." in text
    assert "No meeting has been yet." in text
    assert "Ana Ruiz" in text


async def test_a_life_of_a_meeting(office: Stage, client: httpx2.AsyncClient) -> None:
    """Booked in the zone of the office, moved, missed, come after all, held."""
    await sign_in(client)
    answer = await book(client, place="Calle Mayor 1")
    assert (answer.status_code, answer.headers["location"]) == (303, "meetings/1?done=book")
    assert office.read(meetings.get, 1).starts_at == NOON.replace(month=3, day=20, hour=9)
    page = (await client.get("/meetings/1?done=book")).text
    for shown in ("The meeting is booked.", "10:00 Madrid time", "offered to Omar", "30 minutes"):
        assert shown in page
    assert "It took place" not in page
    assert (await submit(client, "/meetings/1", do="held")).status_code == 409
    moved = await submit(client, "/meetings/1", do="move", starts_at="2026-03-22T11:30")
    assert moved.headers["location"] == "?done=move"
    office.clock.advance(office.read(meetings.get, 1).starts_at - office.clock.now())
    office.clock.advance(timedelta(minutes=5))
    await sign_in(client)
    for deed, state in (("no-show", "no_show"), ("came", "booked"), ("held", "held")):
        assert (await submit(client, "/meetings/1", do=deed)).status_code == 303
        assert str(office.read(meetings.get, 1).state) == state
    assert "Move it" not in (await client.get("/meetings/1")).text


async def test_confirmed_and_cancelled(office: Stage, client: httpx2.AsyncClient) -> None:
    """What only a mail told is marked as that until somebody confirms it."""
    tell(office)
    await sign_in(client)
    assert "Booked, by a mail alone" in (await client.get("/meetings")).text
    assert (await submit(client, "/meetings/1", do="confirm")).status_code == 303
    assert office.read(meetings.get, 1).verified
    said = {"do": "cancel", "by": "invitee", "because": "ill"}
    assert (await submit(client, "/meetings/1", **said)).status_code == 303
    meeting = office.read(meetings.get, 1)
    assert (meeting.state, meeting.cancelled_by) == (MeetingState.CANCELLED, "invitee")
    assert "invitee ill" in (await client.get("/meetings/1")).text


async def test_whose_it_is(office: Stage, client: httpx2.AsyncClient) -> None:
    """A meeting of an address that nobody knows is given to a prospect."""
    tell(office, source="calendly", email="private@home.example", verified=True)
    await sign_in(client)
    assert "private@home.example" in (await client.get("/meetings")).text
    answer = await submit(client, "/meetings/1", do="credit", email="no@body.example")
    assert (answer.status_code, "No prospect has that address." in answer.text) == (404, True)
    assert (await submit(client, "/meetings/1", do="credit", email=ZOE)).status_code == 303
    assert office.read(meetings.get, 1).prospect_id == office.person(ZOE)


async def test_what_a_client_sees(office: Stage, client: httpx2.AsyncClient) -> None:
    """Its own meetings; others are as if they were not there, also for its forms."""
    await sign_in(client)
    await book(client)
    await book(client, email=BEA)
    await sign_in(client, CLIENT)
    page = (await client.get("/meetings")).text
    assert ('href="meetings/2"' in page, 'href="meetings/1"' in page) == (True, False)
    hidden, unknown = await client.get("/meetings/1"), await client.get("/meetings/9")
    assert (hidden.status_code, hidden.text) == (404, unknown.text)
    word = WORD.search(page)
    assert word is not None
    cancel = {"do": "cancel", "by": "host", "word": word[1]}
    assert (await client.post("/meetings/1", data=cancel)).status_code == 404
    assert (await book(client)).status_code == 404
    assert office.read(meetings.get, 1).state is MeetingState.BOOKED


async def test_read_only(office: Stage, client: httpx2.AsyncClient) -> None:
    """Whose key is for reading sees no buttons, and forms of theirs do nothing."""
    tell(office)
    await sign_in(client, READER)
    page = (await client.get("/meetings/1")).text
    assert "<button" not in page
    sign_out = WORD.search((await client.get("/meetings")).text)
    assert sign_out is not None
    answer = await client.post("/meetings/1", data={"do": "confirm", "word": sign_out[1]})
    assert (answer.status_code, "reading alone" in answer.text) == (403, True)
    assert (
        await client.post("/meetings", data={"do": "sign-out", "word": sign_out[1]})
    ).is_redirect


async def test_pages_of_lists(office: Stage, client: httpx2.AsyncClient) -> None:
    """Long lists come in portions, the next meeting first, and the last one that was."""
    for number in range(30):
        at = NOON + (number + 1) * DAY
        tell(office, delivery_key=f"d{number}", meeting_key=f"m{number}", starts_at=at)
    await sign_in(client)
    first = (await client.get("/meetings")).text
    second = (await client.get("/meetings?coming=1")).text
    counts = [page.count('href="meetings/') for page in (first, second)]
    assert counts == [25, 5]
    assert "?coming=1&amp;past=0" in first
    assert "?coming=0&amp;past=0" in second
    office.clock.advance(10 * DAY + timedelta(hours=1))
    await sign_in(client)
    page = (await client.get("/meetings?past=0")).text
    past = page[page.index("Over, missed") :]
    assert past.index('meetings/10"') < past.index('meetings/1"')
    for odd in ("-1", "x", "99999999999999999999", f"000000000001{'9' * 30}", "%D9%A3", ""):
        assert (await client.get(f"/meetings?coming={odd}&past={odd}")).status_code == 200
    assert (await client.get(f"/meetings/000000000001{'9' * 30}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("/meetings", {"do": "book"}, 400),
        ("/meetings", {"do": "book", "email": ZOE}, 400),
        ("/meetings", {"do": "book", "email": ZOE, "starts_at": "x"}, 400),
        ("/meetings", {"do": "book", "email": ZOE, "starts_at": "2020-01-01T10:00"}, 409),
        ("/meetings", {"do": "book", "email": EVIL, "starts_at": "2026-03-20T10:00"}, 404),
        ("/meetings", {"do": "book", "link": "javascript:x", "starts_at": "2026-03-20T10:00"}, 400),
        ("/meetings/1", {"do": EVIL}, 400),
        ("/meetings/1", {}, 400),
        ("/meetings/1", {"do": "move"}, 400),
        ("/meetings/1", {"do": "move", "starts_at": "9999-12-31T23:59"}, 409),
        ("/meetings/1", {"do": "cancel", "by": EVIL}, 400),
        ("/meetings/1", {"do": "confirm", EVIL: "1"}, 400),
        ("/meetings/9", {"do": "confirm"}, 404),
        ("/meetings/x", {"do": "confirm"}, 404),
    ],
)
async def test_hostile_forms(
    office: Stage, client: httpx2.AsyncClient, path: str, said: dict[str, str], status: int
) -> None:
    """What cannot be done is told on the page, and nothing is done."""
    tell(office)
    await sign_in(client)
    found = WORD.search((await client.get("/meetings")).text)
    assert found is not None
    answer = await client.post(path, data={"word": found[1], **said})
    assert answer.status_code == status
    assert "<script" not in answer.text
    meeting = office.read(meetings.get, 1)
    assert (meeting.state, meeting.verified) == (MeetingState.BOOKED, False)
    assert office.read(meetings.get, 2) is None


async def test_hostile_names(office: Stage, client: httpx2.AsyncClient) -> None:
    """What others wrote is shown as text, wherever it stands."""
    names = {"first_name": EVIL, "last_name": EVIL, "company": EVIL, "title": EVIL, "phone": EVIL}
    office.bring_in(a_prospect(email=ZOE, **names))
    tell(office, title=EVIL, place=EVIL, link="javascript:alert(1)", event_type=EVIL, tz=EVIL)
    tell(
        office,
        delivery_key="d2",
        meeting_key="m2",
        email=EVIL,
        hosts=(EVIL,),
        link=f"https://{EVIL}",
    )
    await sign_in(client)
    for path in ("/meetings", "/meetings/1", "/meetings/2", f"/meetings?done={EVIL}"):
        answer = await client.get(path)
        assert answer.status_code == 200
        for bad in (EVIL, "<script", "<img", 'href="javascript'):
            assert bad not in answer.text
    assert "&lt;script&gt;" in (await client.get("/meetings/1")).text
