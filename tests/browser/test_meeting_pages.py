"""The pages of meetings and of handovers as people see them, in a real browser."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import NOON
from fakes.fast_database import fast_database
from playwright.async_api import Browser, Page, ViewportSize, async_playwright
from servers.child import program
from stage import DAY, Stage, a_policy

from sequencer.domain.access import Access, digest_of
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.rep import Rep
from sequencer.engine.meeting_by_hand import Appointment, book
from sequencer.mail.handover_link import handover_token
from sequencer.store import handovers, meetings, schema
from sequencer.web.app import Site, build_app
from sequencer.web.server import listen, serve

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
ZOE = "zoe@bank.example"
KEY = "k" * 32
MADRID = ZoneInfo("Europe/Madrid")
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A running Chromium; one that is missing is a failure where servers are demanded."""
    path = program("chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        await started.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An office with one meeting, which was offered to a rep."""
    database = fast_database(tmp_path / "sequencer.db")
    schema.upgrade(database)
    rep = Rep("omar", "Omar Vidal", "omar@field.example", MADRID)
    policy = a_policy(
        reps={"omar": rep},
        handover=HandoverPolicy(to=("omar",)),
        access=(Access("desk", "Ana Ruiz", digest_of(KEY)),),
        tz=MADRID,
    )
    stage = Stage(database, policy=policy, taught=False)
    stage.begin(ZOE)
    wanted = Appointment(
        NOON + 3 * DAY,
        timedelta(minutes=45),
        tz="America/New_York",
        place="Torre Picasso, Plaza de Pablo Ruiz Picasso 1, 28020 Madrid",
        link="https://meet.example/bank-example-first-talk-with-a-long-address-0123456789",
    )
    stage.write(book, stage.desk, ZOE, wanted, "Ana", stage.clock.now())
    yield stage
    database.dispose()


@pytest.fixture
async def address(stage: Stage) -> AsyncIterator[str]:
    """Where the site is served; its cookie is for plain HTTP, as a browser would not give it."""
    listener = listen("127.0.0.1", 0)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    object.__setattr__(stage.policy, "public_url", base)
    stopping = asyncio.Event()
    running = asyncio.create_task(serve(build_app(Site(stage.world, {})), listener, stopping))
    yield base
    stopping.set()
    await running


async def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the edge of the screen."""
    script = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(script))


def watched(page: Page) -> list[str]:
    """What the browser complains about from now on."""
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return troubles


async def test_a_rep_takes_a_meeting(
    browser: Browser, address: str, stage: Stage, tmp_path: Path
) -> None:
    """By the link, on a telephone in the dark: looked at, taken, then cancelled for a reason."""
    [handover] = stage.read(handovers.of_meeting, 1)
    page = await browser.new_page(viewport=PHONE, color_scheme="dark")
    troubles = watched(page)
    await page.goto(f"{address}/h/{handover_token(handover.key, stage.policy.keys)}")
    assert await fits(page)
    await page.screenshot(path=tmp_path / "offered.png", full_page=True)
    await page.get_by_text("I cannot take it").first.click()
    assert await page.get_by_label("Why?").is_visible()
    await page.get_by_role("button", name="Take it", exact=True).click()
    await page.get_by_text("The meeting is yours.").wait_for()
    assert str(stage.read(handovers.of_meeting, 1)[0].state) == "accepted"
    await page.reload()
    await page.get_by_text("Cancel the meeting").first.click()
    await page.get_by_label("Who cancels?").select_option("invitee")
    await page.locator("details[open] textarea").fill("She is ill")
    assert await fits(page)
    await page.screenshot(path=tmp_path / "taken.png", full_page=True)
    await page.get_by_role("button", name="Cancel the meeting").click()
    await page.get_by_text("The meeting is cancelled.").wait_for()
    assert stage.read(meetings.get, 1).cancel_reason == "She is ill"
    assert [text for text in troubles if "favicon" not in text] == []


async def test_an_inside_rep_signs_in(
    browser: Browser, address: str, stage: Stage, tmp_path: Path
) -> None:
    """With a key; then a meeting is booked, moved, and the session ended."""
    page = await browser.new_page(viewport=PHONE)
    troubles = watched(page)
    await page.goto(f"{address}/meetings")
    await page.screenshot(path=tmp_path / "sign-in.png")
    await page.get_by_label("Your key").fill(KEY)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Coming").wait_for()
    [cookie] = await page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    await page.get_by_text("Book a meeting").click()
    await page.get_by_label("Address of the prospect").fill(ZOE)
    await page.get_by_label("Begins").fill("2026-03-25T16:00")
    assert await fits(page)
    await page.screenshot(path=tmp_path / "list.png", full_page=True)
    await page.get_by_role("button", name="Book").click()
    await page.get_by_text("The meeting is booked.").wait_for()
    await page.get_by_text("Move it").click()
    await page.get_by_label("Begins").fill("2026-03-26T09:00")
    assert await fits(page)
    await page.get_by_role("button", name="Move").click()
    await page.get_by_text("The meeting is moved.").wait_for()
    await page.screenshot(path=tmp_path / "moved.png", full_page=True)
    assert stage.read(meetings.get, 2).starts_at == NOON.replace(month=3, day=26, hour=8)
    await page.get_by_role("link", name="All meetings").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_label("Your key").wait_for()
    assert await page.context.cookies() == []
    assert [text for text in troubles if "favicon" not in text] == []
