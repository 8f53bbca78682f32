"""The page of drafts as a person sees it, in a real browser, while a file is edited."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from builders import NOON
from playwright.async_api import Browser, Page, ViewportSize, async_playwright
from servers.child import program

from sequencer.engine.preview_room import Room
from sequencer.files.new_workspace import write_workspace
from sequencer.web.preview_app import build_preview
from sequencer.web.server import listen, serve

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
SECRET = "5ec1" * 8
WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
EVIL = "<script>document.title = 'taken'; parent.document.title = 'taken'</script>"
ROWS = f"""email,first_name,company
zoe@buyer.example,Zoë,Buyer
evil@buyer.example,"{EVIL}","<img src=https://evil.example/x.png>"
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium; one that is missing is a failure where servers are demanded."""
    path = program("chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        await started.close()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A new workspace with a list of its own."""
    root = tmp_path / "workspace"
    root.mkdir()
    write_workspace(root, "k" * 32)
    (root / "people.csv").write_text(ROWS, encoding="utf-8")
    return Room(root, {}, lambda: NOON, root / "people.csv")


@pytest.fixture
async def address(room: Room) -> AsyncIterator[str]:
    """Where the page is served."""
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    stopping = asyncio.Event()
    app = build_preview(room, SECRET, port)
    running = asyncio.create_task(serve(app, listener, stopping))
    yield f"http://127.0.0.1:{port}/{SECRET}/?cadence=fintech-intro"
    stopping.set()
    await running


async def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the edge of the screen."""
    script = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(script))


def watched(page: Page) -> list[str]:
    """What the browser complains about from now on, and what it loads from elsewhere."""
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda sent: None if "127.0.0.1" in sent.url else troubles.append(sent.url),
    )
    return troubles


def troubles_of(found: list[str]) -> list[str]:
    return [text for text in found if "favicon" not in text and "404" not in text]


async def test_light_and_dark(browser: Browser, address: str, tmp_path: Path) -> None:
    """Both frames show the mail, and the switch turns the page and the frames."""
    page = await browser.new_page(viewport=WIDE, color_scheme="light")
    found = watched(page)
    await page.goto(address)
    for name in ("desktop", "phone, 390 pixels"):
        frame = page.frame_locator(f'iframe[title="The mail, {name}"]')
        await frame.get_by_text("Hello Grace,").wait_for()
    assert await page.locator(".phone iframe").evaluate("each => each.clientWidth") == 390
    await page.screenshot(path=tmp_path / "light.png", full_page=True)
    back = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(back)
    await page.get_by_label("Colours").select_option("dark")
    await page.wait_for_url("**theme=dark**")
    assert await page.evaluate(back) != light
    words = page.frame_locator(".desktop iframe").get_by_text("Hello Grace,")
    await words.wait_for()
    colour = await words.evaluate("each => getComputedStyle(each).color")
    assert colour == "rgb(255, 255, 255)"
    await page.screenshot(path=tmp_path / "dark.png", full_page=True)
    assert await fits(page)
    assert troubles_of(found) == []


async def test_on_a_phone(browser: Browser, address: str, tmp_path: Path) -> None:
    """Everything fits a small screen, and every step and form can be reached."""
    page = await browser.new_page(viewport=PHONE, color_scheme="dark")
    found = watched(page)
    await page.goto(address)
    assert await fits(page)
    await page.locator(".phone iframe").scroll_into_view_if_needed()
    await page.frame_locator(".phone iframe").get_by_text("Hello Grace,").wait_for()
    await page.screenshot(path=tmp_path / "phone.png")
    await page.get_by_role("link", name="bump").click()
    await page.get_by_text("Re: ").first.wait_for()
    await page.get_by_role("link", name="Plain text").click()
    await page.locator("section pre").get_by_text("use this link:").wait_for()
    assert await fits(page)
    await page.get_by_role("link", name="Headers").click()
    await page.get_by_text("In-Reply-To").wait_for()
    assert await fits(page)
    await page.screenshot(path=tmp_path / "headers.png", full_page=True)
    assert troubles_of(found) == []


async def test_follows_an_edit(browser: Browser, address: str, room: Room, tmp_path: Path) -> None:
    """A saved file is seen at once; a half-written one is told in place, and mended again."""
    page = await browser.new_page(viewport=WIDE)
    found = watched(page)
    await page.goto(f"{address}&step=intro")
    path = room.root / "templates" / "fintech-intro" / "intro.md"
    before = path.read_text(encoding="utf-8")
    for text, seen in (
        (before.replace("Hello", "Good morning"), None),
        (before.replace("{{ first_name", "{{ first_name }"), "templates/fintech-intro/intro.md"),
        (before.replace("Hello", "Good evening"), None),
    ):
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))
        if seen is None:
            greeting = "Good morning" if "Good morning" in text else "Good evening"
            frame = page.frame_locator(".desktop iframe")
            await frame.get_by_text(f"{greeting} Grace,").wait_for()
        else:
            await page.get_by_role("heading", name="Held").wait_for()
            await page.locator(".problem.error").first.get_by_text(seen).wait_for()
            await page.screenshot(path=tmp_path / "half.png", full_page=True)
    assert troubles_of(found) == []


async def test_hostile_people(browser: Browser, address: str) -> None:
    """A name that is a script is a name; a link in the mail leads nowhere."""
    page = await browser.new_page(viewport=WIDE)
    found = watched(page)
    await page.goto(f"{address}&person=evil@buyer.example")
    frame = page.frame_locator(".desktop iframe")
    await frame.get_by_text("document.title").wait_for()
    before = page.url, len(page.context.pages)
    await frame.get_by_role("link").first.click()
    assert (page.url, len(page.context.pages)) == before
    assert await page.title() == "intro of fintech-intro"
    assert await frame.get_by_text("document.title").count() == 1
    assert [text for text in troubles_of(found) if "Blocked opening" not in text] == []


async def test_no_other_page_reads_it(browser: Browser, address: str) -> None:
    """By another name of this machine there is nothing, which is what a rebound name would be."""
    page = await browser.new_page()
    answer = await page.goto(address.replace("127.0.0.1", "attacker.localhost"))
    assert answer is not None
    assert answer.status == 421
    assert "Grace" not in await page.content()
