"""The opt-out page as a person sees it, in a real browser: one button, and it works."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from servers.child import program

from sequencer import bootstrap
from sequencer.domain.prospect import Prospect
from sequencer.engine.apply import apply_cadences
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.stop import suppressed
from sequencer.mail.unsubscribe import make_token
from sequencer.store import prospects
from sequencer.web.app import Site, build_app
from sequencer.web.server import listen, serve

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
KEY = "ab" * 16
PASSWORDS = {f"SEQUENCER_MAILBOXES__{name}__PASSWORD": "unused" for name in ("ANA", "LUIS")}


@pytest.fixture
def chromium() -> str:
    """The system's Chromium; one that is missing is a failure where servers are demanded."""
    return program("chromium")


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A running Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        await started.close()


@pytest.fixture
def workspace(tmp_path: Path) -> bootstrap.Workspace:
    """A workspace with one person enrolled."""
    bootstrap.create_workspace(tmp_path)
    opened = bootstrap.open_workspace(tmp_path, PASSWORDS)
    now = opened.clock.now()
    apply_cadences(opened.database, bootstrap.check(tmp_path, PASSWORDS).cadences, now)
    with opened.database.write() as connection:
        prospects.upsert(connection, [Prospect("zoe@buyer.example", first_name="Zoe")], now)
    wanted = Enrolment("fintech-intro", ["zoe@buyer.example"], "test")
    assert enroll(opened.database, opened.desk, wanted, lambda: KEY, now)[0].enrolled
    return opened


@pytest.fixture
async def address(workspace: bootstrap.Workspace) -> AsyncIterator[str]:
    """Where the site is served."""
    listener = listen("127.0.0.1", 0)
    site = Site(bootstrap.build_world(workspace), {})
    stopping = asyncio.Event()
    running = asyncio.create_task(serve(build_app(site), listener, stopping))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stopping.set()
    await running
    workspace.close()


def off_the_list(workspace: bootstrap.Workspace) -> list[str]:
    """Who is suppressed."""
    with workspace.database.read() as connection:
        return [entry.suppression.key for entry in suppressed(connection)]


async def test_one_button(
    browser: Browser, address: str, workspace: bootstrap.Workspace, tmp_path: Path
) -> None:
    """Looking changes nothing; the button opts out, in light and dark and on a telephone."""
    token = make_token(bytes.fromhex(KEY), workspace.desk.policy.keys)
    page = await browser.new_page(viewport={"width": 390, "height": 700}, color_scheme="dark")
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    await page.goto(f"{address}/u/{token}")
    await page.screenshot(path=tmp_path / "ask.png")
    assert off_the_list(workspace) == []
    assert await page.get_by_role("button").count() == 1
    await page.get_by_role("button", name="Stop writing to me").click()
    await page.get_by_role("heading", name="You are off our list").wait_for()
    await page.screenshot(path=tmp_path / "done.png")
    assert off_the_list(workspace) == ["zoe@buyer.example"]
    assert [text for text in troubles if "favicon" not in text] == []


async def test_broken_link(browser: Browser, address: str) -> None:
    """A link that was cut off says what to do instead."""
    page = await browser.new_page()
    answer = await page.goto(f"{address}/u/cut-off")
    assert answer is not None
    assert answer.status == 404
    assert "short reply" in await page.content()
    assert await page.get_by_role("button").count() == 0
