"""Reading a calendar from a real CalDAV server."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx2
import pytest
from builders import NOON
from servers.radicale import PASSWORD, USER, Radicale, radicale

from sequencer.adapters.calendar_feed.door import CalendarDoor
from sequencer.domain.feed import CalendarAddress, FeedAnswer, FeedError, Window

pytestmark = pytest.mark.real_server

WINDOW = Window(NOON, NOON + timedelta(days=60))
AT = NOON + timedelta(days=3)


@pytest.fixture(scope="module")
def server() -> Iterator[Radicale]:
    """One Radicale for all tests of this file."""
    with radicale() as running:
        yield running


def an_event(uid: str, at: datetime, *lines: str) -> bytes:
    written = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//test//EN",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{NOON:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}",
        f"DTEND:{at + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
        "ORGANIZER:mailto:marta@seller.example",
        "ATTENDEE;CN=Zoé;PARTSTAT=ACCEPTED:mailto:zoe@bank.example",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(written).encode()


async def read(url: str, mark: str = "", password: str = PASSWORD) -> FeedAnswer:
    async with httpx2.AsyncClient(timeout=30) as http:
        address = CalendarAddress("", url, USER, password)
        calendar = CalendarDoor(http, lambda: NOON).open(address, "Europe/Madrid")
        return await calendar.read(mark, WINDOW)


def keys(answer: FeedAnswer) -> set[str]:
    assert answer.reading is not None
    return {each.key for each in answer.reading.events}


async def test_the_life_of_a_calendar(server: Radicale) -> None:
    """Empty, with events, one that repeats, one that is put off and one that is gone."""
    empty = await read(server.url)
    assert (keys(empty), empty.reading and empty.reading.held) == (set(), 0)
    server.put("one", an_event("one", AT, "SUMMARY:Café; first"))
    server.put("old", an_event("old", AT - timedelta(days=300)))
    weekly = an_event("weekly", AT - timedelta(days=700), "RRULE:FREQ=WEEKLY")
    server.put("weekly", weekly)
    filled = await read(server.url, empty.mark)
    assert filled.reading is not None
    (one,) = (each for each in filled.reading.events if each.key == "one")
    assert (one.starts_at, one.title) == (AT, "Café; first")
    assert [(each.address, each.name) for each in one.guests] == [("zoe@bank.example", "Zoé")]
    assert len([key for key in keys(filled) if key.startswith("weekly/")]) in {8, 9}
    assert "old" not in filled.reading.keys
    assert (await read(server.url, filled.mark)).reading is None
    server.put("one", an_event("one", AT + timedelta(days=200), "SEQUENCE:1"))
    put_off = await read(server.url, filled.mark)
    assert put_off.reading is not None
    assert "one" not in keys(put_off)
    assert "one" in put_off.reading.keys
    server.delete("one")
    gone = await read(server.url, put_off.mark)
    assert gone.reading is not None
    assert "one" not in gone.reading.keys


async def test_what_is_refused(server: Radicale) -> None:
    """A wrong password, the address of the account, and one where there is nothing."""
    for url, password, why in (
        (server.url, "a wrong one", "lets nobody in"),
        (server.account, PASSWORD, "not a calendar"),
        (f"{server.account}other/", PASSWORD, "no calendar at this address"),
    ):
        with pytest.raises(FeedError, match=why):
            await read(url, password=password)
