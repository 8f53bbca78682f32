"""The page of a rep: it shows what they need, changes by its buttons alone, and leaks nothing."""

import re
import string
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from builders import NOON, a_prospect
from hypothesis import given
from hypothesis import strategies as st
from stage import DAY, Stage

from sequencer.domain.meeting import MeetingState
from sequencer.engine.meeting_by_hand import Appointment, book, move
from sequencer.mail.handover_link import handover_token, read_handover_token
from sequencer.mail.unsubscribe import make_token
from sequencer.store import handovers, ledger, meetings
from sequencer.web.form import MAX_FORM

ZOE = "zoe@bank.example"
STARTS = NOON + 10 * DAY
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def begin(office: Stage, **changes: Any) -> str:
    """Somebody has booked; the path of the page of the rep it was offered to."""
    known: dict[str, Any] = {"starts_at": STARTS, "lasts": timedelta(minutes=45), **changes}
    wanted = Appointment(**known)
    meeting = office.write(book, office.desk, ZOE, wanted, "Ana", office.clock.now())
    return path_of(office, meeting.id)


def path_of(office: Stage, meeting: int) -> str:
    handover = office.read(handovers.of_meeting, meeting)[-1]
    return f"/h/{handover_token(handover.key, office.policy.keys)}"


async def post(client: httpx2.AsyncClient, path: str, **said: str) -> httpx2.Response:
    return await client.post(path, data=said)


def state(office: Stage) -> tuple[str, str]:
    """How the meeting and its last handover stand."""
    handover = office.read(handovers.of_meeting, 1)[-1]
    return str(office.read(meetings.get, 1).state), str(handover.state)


async def test_what_it_shows(office: Stage, client: httpx2.AsyncClient) -> None:
    """Who, when in both zones, where, and two answers; to look at it changes nothing."""
    path = begin(office, tz="America/New_York", link="https://meet.example/1", place="Room 7")
    before = office.read(ledger.latest, 1_000)
    for _ in range(2):
        assert (await client.get(path)).status_code == 200
    text = (await client.get(path)).text
    for shown in ("Zoë Marin", ZOE, "Room 7", "Madrid time", "New York time", "45 minutes"):
        assert shown in text
    assert 'href="https://meet.example/1" rel="noreferrer noopener"' in text
    assert ("Take it" in text, "I cannot take it" in text) == (True, True)
    assert "It took place" not in text
    assert (await client.head(path)).status_code == 200
    assert office.read(ledger.latest, 1_000) == before
    assert state(office) == ("booked", "offered")


async def test_taken(office: Stage, client: httpx2.AsyncClient) -> None:
    """One button takes it; the page is shown anew, and the answer to it twice changes nothing."""
    path = begin(office)
    answer = await post(client, path, do="accept")
    assert (answer.status_code, answer.headers["location"]) == (303, "?done=accept")
    shown = (await client.get(f"{path}?done=accept")).text
    assert "The meeting is yours." in shown
    assert ("Take it</button>" in shown, "Cancel the meeting" in shown) == (False, True)
    assert "It took place" not in shown
    assert (await post(client, path, do="accept")).status_code == 303
    assert state(office) == ("booked", "accepted")
    assert "Omar (link)" in office.read(handovers.of_meeting, 1)[0].note


async def test_moved_while_it_was_looked_at(office: Stage, client: httpx2.AsyncClient) -> None:
    """Who takes it at the old time has not taken it at the new one."""
    path = begin(office)
    page = (await client.get(path)).text
    [seen] = re.findall(r'name="of" value="([^"]+)"', page)
    wanted = Appointment(STARTS + DAY)
    office.write(move, office.desk, 1, wanted, "Ana", office.clock.now())
    answer = await post(client, path, do="accept", of=seen)
    assert (answer.status_code, state(office)) == (409, ("booked", "offered"))
    [seen] = re.findall(r'name="of" value="([^"]+)"', answer.text)
    assert (await post(client, path, do="accept", of=seen)).status_code == 303
    assert state(office) == ("booked", "accepted")


async def test_given_back(office: Stage, client: httpx2.AsyncClient) -> None:
    """The next rep is asked, who may read why; the first can do no more."""
    path = begin(office)
    answer = await post(client, path, do="refuse", because="on leave\r\nuntil May")
    assert answer.status_code == 303
    first, second = office.read(handovers.of_meeting, 1)
    assert (str(first.state), second.rep) == ("refused", "petra")
    assert "on leave until May" in first.note
    shown = (await client.get(path)).text
    assert "You have given it back." in shown
    assert "<button" not in shown
    for deed in ("accept", "held", "no-show", "cancel"):
        answer = await post(client, path, do=deed)
        assert answer.status_code == 409
        assert "not yours" in answer.text
    assert state(office) == ("booked", "offered")


async def test_what_became_of_it(office: Stage, client: httpx2.AsyncClient) -> None:
    """Once it has begun, whoever has it says how it went, and may correct that."""
    path = begin(office)
    await post(client, path, do="accept")
    assert (await post(client, path, do="held")).status_code == 409
    office.clock.advance(11 * DAY)
    shown = (await client.get(path)).text
    assert ("It took place" in shown, "Nobody came" in shown) == (True, True)
    assert (await post(client, path, do="no-show")).status_code == 303
    assert state(office)[0] == MeetingState.NO_SHOW
    assert "They came after all" in (await client.get(path)).text
    assert (await post(client, path, do="came")).status_code == 303
    assert (await post(client, path, do="held")).status_code == 303
    assert state(office)[0] == MeetingState.HELD
    assert "Took place" in (await client.get(path)).text


async def test_cancelled(office: Stage, client: httpx2.AsyncClient) -> None:
    """Who has it may cancel it, and says for whom; nobody else can."""
    path = begin(office)
    assert (await post(client, path, do="cancel")).status_code == 409
    await post(client, path, do="accept")
    assert (await post(client, path, do="cancel", by="invitee", because="ill")).status_code == 303
    meeting = office.read(meetings.get, 1)
    assert (meeting.state, meeting.cancelled_by) == (MeetingState.CANCELLED, "invitee")
    assert "Cancelled" in (await client.get(path)).text


async def test_moved_and_over(office: Stage, client: httpx2.AsyncClient) -> None:
    """The link is the same when the meeting is moved, and ends a month after it."""
    path = begin(office)
    moved = Appointment(STARTS + 20 * DAY)
    office.write(move, office.desk, 1, moved, "Ana", office.clock.now())
    office.clock.advance(45 * DAY)
    assert (await client.get(path)).status_code == 200
    office.clock.advance(20 * DAY)
    over = await client.get(path)
    assert over.status_code == 404
    assert (await post(client, path, do="accept")).text == over.text
    assert over.text == (await client.get("/h/nothing")).text


async def test_links_that_are_not_good(office: Stage, client: httpx2.AsyncClient) -> None:
    """Cut off, changed, of another kind, of another key: all get the same page."""
    token = begin(office).removeprefix("/h/")
    other = handover_token("00" * 16, office.policy.keys)
    stolen = handover_token(office.read(handovers.of_meeting, 1)[0].key, (b"another key" * 3,))
    opt_out = make_token(bytes.fromhex(office.enrollment(ZOE).key), office.policy.keys)
    swapped = [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(len(token) - 1)
    ]
    bad = [token[:-1], f"{token}=", token.upper(), other, stolen, opt_out, *swapped, "%00", "é"]
    bad += [f"{token}/", f"a/{token}", "..%2f", "", "A" * 9_000]
    pages = {(await client.get(f"/h/{each}")).text for each in bad}
    posted = {(await post(client, f"/h/{each}", do="accept")).text for each in bad[:8]}
    assert len(pages | posted) == 1
    assert "does not work" in pages.pop()
    assert (await client.get(f"/h/{other}")).status_code == 404
    assert state(office) == ("booked", "offered")


@given(
    st.one_of(
        st.text(), st.text(f"{string.ascii_letters}{string.digits}-_", min_size=35, max_size=35)
    )
)
def test_no_token_by_chance(token: str) -> None:
    """Whatever stands in a link: what we did not sign is nobody's."""
    assert read_handover_token(token, (b"a key of the test",)) == ""


async def test_hostile_names(office: Stage, client: httpx2.AsyncClient) -> None:
    """What others wrote is shown as text, wherever it stands, and never as a link that acts."""
    office.bring_in(
        a_prospect(email=ZOE, first_name=EVIL, last_name=EVIL, company=EVIL, title=EVIL, phone=EVIL)
    )
    path = begin(office, place=EVIL, link="javascript:alert(1)", note=EVIL, event_type=EVIL)
    pages = [await client.get(path), await client.get(f"{path}?done={EVIL}")]
    pages.append(await post(client, path, do="refuse", because=EVIL))
    pages.append(await client.get(path_of(office, 1)))
    pages.append(await post(client, path, do=EVIL))
    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert 'href="javascript' not in page.text
    assert "&lt;script&gt;" in pages[0].text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", FORM, 400),
        (b"do=fly", FORM, 400),
        (b"do=accept&surprise=1", FORM, 400),
        (b"do=accept", {"Content-Type": "text/plain"}, 415),
        (b'{"do": "accept"}', {"Content-Type": "application/json"}, 415),
        (b"do=accept", {}, 415),
        (b"do=\xff", FORM, 400),
        (b"do=%ff", FORM, 400),
        (b"do=refuse&because=%00", FORM, 400),
        (b"do=refuse&because=" + b"x" * 501, FORM, 400),
        (b"do=cancel&by=me", FORM, 400),
        (b"&".join([b"a=1"] * 21), FORM, 400),
        (b"because=" + b"x" * MAX_FORM, FORM, 413),
    ],
)
async def test_hostile_forms(
    office: Stage,
    client: httpx2.AsyncClient,
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    """What is no form of ours changes nothing, and the page tells so."""
    path = begin(office)
    answer = await client.post(path, content=body, headers=headers)
    assert answer.status_code == status
    assert "Take it" in answer.text
    assert state(office) == ("booked", "offered")


async def test_header_injection(office: Stage, client: httpx2.AsyncClient) -> None:
    """Nothing of a request gets into a header of an answer."""
    path = begin(office)
    answer = await post(client, path, do="accept\r\nSet-Cookie: a=1")
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    answer = await client.post(f"{path}?x=%0d%0aSet-Cookie:a=1", data={"do": "accept"})
    assert answer.headers["location"] == "?done=accept"
    assert "set-cookie" not in answer.headers


async def test_headers(office: Stage, client: httpx2.AsyncClient) -> None:
    """The page is not kept, not framed, runs no script, and its address goes nowhere."""
    path = begin(office)
    for answer in (await client.get(path), await client.get("/h/x"), await post(client, path)):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "<script" not in answer.text
        assert "src=" not in answer.text
        assert "set-cookie" not in answer.headers
