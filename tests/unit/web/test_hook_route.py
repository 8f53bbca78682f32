"""The route of the booking tools, for every tool."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from booking_series import SECRET, SERIES, post
from builders import NOON
from fakes.fast_database import fast_database, laid_anew
from stage import Stage

from sequencer.adapters.booking.registry import TOOLS
from sequencer.domain.post import Secrets
from sequencer.engine.hook_sources import new_source
from sequencer.store import hooks, schema
from sequencer.store.database import Database
from sequencer.web.app import MAX_HOOK, Site, build_app

NAMES = sorted(TOOLS)
UNSIGNED = {"chilipiper"}
BODIES = {series.source: series.bodies[0] for series in SERIES}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The database that is laid anew for each test."""
    return fast_database(tmp_path_factory.mktemp("hooks") / "sequencer.db")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "sequencer.db"
    database = fast_database(path)
    schema.upgrade(database)
    database.dispose()
    return path


@pytest.fixture
def stage(engine: Database, template: Path) -> Iterator[Stage]:
    """An engine that takes deliveries of every tool."""
    sources = {
        name: new_source(tool, Secrets((), (SECRET,)) if name in UNSIGNED else Secrets((SECRET,)))
        for name, tool in TOOLS.items()
    }
    with laid_anew(engine, template) as database:
        yield Stage(database, sources=sources, taught=False)


@pytest.fixture
async def web(stage: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application behind a proxy, which knows it by another name."""
    app = build_app(Site(stage.world, stage.sources))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://10.0.0.7:8025") as client:
        yield client


async def deliver(
    web: httpx2.AsyncClient, name: str, body: bytes, secret: str = SECRET
) -> httpx2.Response:
    """What the web says to a delivery that is signed with the secret."""
    signed = post(name, body, NOON, f"https://seller.example/hooks/{name}", secret)
    path = f"/hooks/{name}/{signed.secret}" if signed.secret else f"/hooks/{name}"
    return await web.post(path, content=body, headers=dict(signed.headers))


@pytest.mark.parametrize("name", NAMES)
async def test_a_delivery_and_its_replay(stage: Stage, web: httpx2.AsyncClient, name: str) -> None:
    """A good delivery is stored; the same again is acknowledged and leaves nothing."""
    said = [(await deliver(web, name, BODIES[name])).json()["status"] for _ in range(3)]
    assert said == ["stored", "known", "known"]
    assert len(stage.read(hooks.waiting)) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_a_bad_delivery(stage: Stage, web: httpx2.AsyncClient, name: str) -> None:
    """A delivery with another secret, or none, leaves nothing."""
    for answer in (
        await deliver(web, name, BODIES[name], "another-secret"),
        await web.post(f"/hooks/{name}", content=BODIES[name]),
        await web.post(f"/hooks/{name}/guess", content=BODIES[name]),
    ):
        assert answer.status_code == 401
        assert SECRET not in answer.text
    assert stage.read(hooks.waiting) == []


@pytest.mark.parametrize("name", NAMES)
async def test_a_delivery_that_is_none(stage: Stage, web: httpx2.AsyncClient, name: str) -> None:
    """What is signed and cannot be read is stored and answered; what is too large is not."""
    assert (await deliver(web, name, b"[" * 1_000)).json() == {"status": "stored"}
    assert (await deliver(web, name, b" " * (MAX_HOOK + 1))).status_code == 413
    assert len(stage.read(hooks.waiting)) == 1


async def test_the_question_of_zoom(stage: Stage, web: httpx2.AsyncClient) -> None:
    """The question whether we know the secret is answered and not stored, if it is signed."""
    asks = b'{"event":"endpoint.url_validation","payload":{"plainToken":"plain"}}'
    answer = await deliver(web, "zoom", asks)
    assert answer.status_code == 200
    assert answer.json()["plainToken"] == "plain"
    assert len(answer.json()["encryptedToken"]) == 64
    refused = await deliver(web, "zoom", asks, "another")
    assert (refused.status_code, "encryptedToken" in refused.text) == (401, False)
    assert stage.read(hooks.waiting) == []


async def test_the_address_that_is_signed(web: httpx2.AsyncClient) -> None:
    """The address is the one the world knows, with its query, not the one behind the proxy."""
    body = BODIES["hubspot"]
    public = "https://seller.example/hooks/hubspot?portal=7"
    headers = dict(post("hubspot", body, NOON, public).headers)
    answer = await web.post("/hooks/hubspot?portal=7", content=body, headers=headers)
    assert answer.status_code == 200
    other = await web.post("/hooks/hubspot?portal=8", content=body, headers=headers)
    assert other.status_code == 401


async def test_no_secret_is_told(
    stage: Stage, web: httpx2.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    """A secret in an address is in no answer, and in nothing that is logged."""
    answers = [await deliver(web, "chilipiper", body) for body in (b"{", BODIES["chilipiper"])]
    await stage.work()
    assert all(SECRET not in answer.text for answer in answers)
    told = capfd.readouterr()
    assert SECRET not in told.out + told.err
