"""The page of drafts: who may read it, and what hostile values in a list can do to it."""

import html
import re
from collections.abc import AsyncIterator
from email import message_from_bytes
from pathlib import Path

import httpx2
import pytest
from builders import NOON

from sequencer.engine.preview_room import Room
from sequencer.files.new_workspace import write_workspace
from sequencer.web.preview_app import build_preview
from sequencer.web.preview_style import SCRIPT

SECRET = "5ec1" * 8
PORT = 8123
EVIL = '"><script>alert(1)</script>'
ROWS = f"""email,first_name,company
zoe@buyer.example,Zoë,Buyer
evil@buyer.example,"{EVIL.replace('"', '""')}","<img src=x onerror=alert(2)>"
"""


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A new workspace with a list of its own."""
    write_workspace(tmp_path, "k" * 32)
    (tmp_path / "people.csv").write_text(ROWS, encoding="utf-8")
    return Room(tmp_path, {}, lambda: NOON, tmp_path / "people.csv")


@pytest.fixture
async def client(room: Room) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of this machine."""
    transport = httpx2.ASGITransport(app=build_preview(room, SECRET, PORT))
    base = f"http://127.0.0.1:{PORT}"
    async with httpx2.AsyncClient(transport=transport, base_url=base) as found:
        yield found


async def page(client: httpx2.AsyncClient, **words: str) -> str:
    params = {"cadence": "fintech-intro", **words}
    answer = await client.get(f"/{SECRET}/", params=params)
    assert answer.status_code == 200
    return answer.text


def frames(text: str) -> list[str]:
    """The documents of the frames."""
    return [html.unescape(each) for each in re.findall(r'srcdoc="([^"]*)"', text)]


async def test_a_page(client: httpx2.AsyncClient) -> None:
    """The mail stands in two frames without any right, and everything can be chosen."""
    text = await page(client)
    assert text.count('<iframe sandbox=""') == 2
    assert all("default-src 'none'" in html.unescape(each) for each in frames(text))
    for label in ("Cadence", "Person", "From", "Language", "Colours"):
        assert f"<label>{label}" in text
    assert "zoe@buyer.example" in text


async def test_nothing_is_loaded(client: httpx2.AsyncClient) -> None:
    """No script but ours, nothing from elsewhere, and nobody may put the page into a frame."""
    answer = await client.get(f"/{SECRET}/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"<script>{SCRIPT}</script>" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        f"127.0.0.1:{PORT + 1}",
        f"127.0.0.1.evil.example:{PORT}",
        "",
    ],
)
@pytest.mark.parametrize("path", [f"/{SECRET}/", f"/{SECRET}/stamp", f"/{SECRET}/mail.eml"])
async def test_foreign_names(client: httpx2.AsyncClient, host: str, path: str) -> None:
    """A request that names another host learns nothing, even with the secret."""
    answer = await client.get(path, headers={"Host": host})
    assert (answer.status_code, answer.text) == (421, "not here")


async def test_this_machine_by_name(client: httpx2.AsyncClient) -> None:
    """The name of this machine is as good as its number."""
    answer = await client.get(f"/{SECRET}/stamp", headers={"Host": f"LocalHost:{PORT}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], f"{SECRET}0", "é", "%00", "..%2f"])
@pytest.mark.parametrize("rest", ["", "stamp", "mail.eml"])
async def test_without_the_secret(client: httpx2.AsyncClient, secret: str, rest: str) -> None:
    """Nobody reads anything who does not know the whole address."""
    answer = await client.get(f"/{secret}/{rest}")
    assert answer.status_code == 404
    assert "buyer" not in answer.text


async def test_nothing_is_written(client: httpx2.AsyncClient) -> None:
    """It can only be read."""
    assert (await client.post(f"/{SECRET}/")).status_code == 405


async def test_hostile_values(client: httpx2.AsyncClient) -> None:
    """What a list holds is text: on the page, in the mail, in the frame around it."""
    for tab in ("mail", "text", "headers"):
        text = await page(client, person="evil@buyer.example", tab=tab)
        outside = re.sub(r'srcdoc="[^"]*"', "", text).replace(f"<script>{SCRIPT}</script>", "")
        assert "<script" not in outside
        assert "<img" not in outside
        assert not any("<script" in each or "<img" in each for each in frames(text))
    text = await page(client, person="evil@buyer.example")
    assert "&lt;script" in frames(text)[0]


@pytest.mark.parametrize(
    "name",
    ["cadence", "step", "person", "variant", "language", "mailbox", "find", "page", "theme", "tab"],
)
async def test_hostile_words(client: httpx2.AsyncClient, name: str) -> None:
    """What stands in the address is text as well, however long it is."""
    for word in (EVIL, "%00", "9" * 500, "-1", "\ud7ff" * 300, "../../etc/passwd"):
        answer = await client.get(f"/{SECRET}/", params={"cadence": "fintech-intro", name: word})
        assert answer.status_code == 200
        rest = answer.text.replace(f"<script>{SCRIPT}</script>", "")
        assert "<script" not in re.sub(r'srcdoc="[^"]*"', "", rest)


async def test_tabs(client: httpx2.AsyncClient) -> None:
    """The text and the headers are there to be read."""
    assert "use this link:" in await page(client, tab="text")
    headers = await page(client, tab="headers")
    assert "<dt>List-Unsubscribe</dt>" in headers
    assert 'data-theme="dark"' in await page(client, theme="dark")
    assert "color-scheme:dark" in frames(await page(client, theme="dark"))[0]


async def test_the_source(client: httpx2.AsyncClient) -> None:
    """The mail is downloaded as it would leave."""
    words = {"cadence": "fintech-intro", "step": "bump", "person": "zoe@buyer.example"}
    answer = await client.get(f"/{SECRET}/mail.eml", params=words)
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == 'attachment; filename="bump.eml"'
    mail = message_from_bytes(answer.content)
    assert mail["Subject"].startswith("Re: ")
    guide = await client.get(f"/{SECRET}/mail.eml", params={**words, "step": "first-call"})
    assert guide.status_code == 404


async def test_a_guide(client: httpx2.AsyncClient) -> None:
    """A call has a guide and no frame."""
    text = await page(client, step="first-call")
    assert "The guide" in text
    assert "<iframe" not in text


async def test_problems_stand_on_top(client: httpx2.AsyncClient, room: Room) -> None:
    """A half-written file is told with its line; the page is whole, and its stamp is new."""
    before = (await client.get(f"/{SECRET}/stamp")).json()
    path = room.root / "templates" / "fintech-intro" / "intro.md"
    path.write_text("---\nsubject: Hi <b>\n---\nHello {{ first_name\n", encoding="utf-8")
    text = await page(client, step="intro")
    assert "templates/fintech-intro/intro.md:4" in text
    assert "Held" in text
    assert text.endswith("</html>\n")
    assert (await client.get(f"/{SECRET}/stamp")).json() != before


async def test_a_cadence_that_is_gone(client: httpx2.AsyncClient, room: Room) -> None:
    """The page says so, and offers the others."""
    (room.root / "config" / "cadences" / "intro.yaml").unlink()
    text = await page(client)
    assert "There is no cadence `fintech-intro` now" in text
    assert '<option value="fintech-intro" selected>choose another</option>' in text
    assert '<option value="missed-you">missed-you</option>' in text
    assert "<iframe" not in text
    answer = await client.get(f"/{SECRET}/", params={"cadence": EVIL})
    assert "<script>alert" not in answer.text


async def test_missing_values(client: httpx2.AsyncClient, room: Room) -> None:
    """Who lacks something is marked in the list, and shows what it is."""
    path = room.root / "templates" / "fintech-intro" / "intro.md"
    path.write_text("---\nsubject: Hi\n---\nHello {{ title }}\n", encoding="utf-8")
    text = await page(client, person="zoe@buyer.example", step="intro")
    assert "There is no value for title." in text
    assert "held: no title" in text


async def test_no_cadence(tmp_path: Path) -> None:
    """An empty folder says so."""
    app = build_preview(Room(tmp_path, {}, lambda: NOON), SECRET, PORT)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url=f"http://localhost:{PORT}"
    ) as client:
        answer = await client.get(f"/{SECRET}/")
    assert "There is no cadence" in answer.text
