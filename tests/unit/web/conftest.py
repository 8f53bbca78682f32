"""An office with meetings, for the tests of the API and the pages: two reps, two clients, keys."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
import pytest
from builders import NOON
from fakes.fast_database import fast_database, laid_anew
from stage import DAY, Stage, a_loaded, a_policy

from sequencer.domain.access import Access, digest_of
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.rep import Rep
from sequencer.store import schema
from sequencer.store.database import Database
from sequencer.web.app import Site, build_app

ZOE, BEA = "zoe@bank.example", "bea@acme-buyer.example"
KEY, READER, CLIENT = "k" * 32, "r" * 32, "c" * 32
REPS = {
    name: Rep(name, name.title(), f"{name}@field.example", ZoneInfo("Europe/Madrid"))
    for name in ("omar", "petra")
} | {"alma": Rep("alma", "Alma", "alma@acme.example", ZoneInfo("Europe/Madrid"), client="acme")}
ACCESS = (
    Access("desk", "Ana Ruiz", digest_of(KEY)),
    Access("board", "Board", digest_of(READER), may_write=False),
    Access("acme", "Acme", digest_of(CLIENT), client="acme"),
)
STARTS = NOON + 10 * DAY


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The database that is laid anew for each test."""
    return fast_database(tmp_path_factory.mktemp("office") / "sequencer.db")


@pytest.fixture(scope="module")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with Zoe in a cadence of ours, and Bea in one of a client, to be copied."""
    path = tmp_path_factory.mktemp("template") / "sequencer.db"
    database = fast_database(path)
    schema.upgrade(database)
    stage = Stage(database, taught=False)
    stage.begin(ZOE)
    stage.apply(a_loaded(cadence="acme-intro", client="acme"))
    stage.bring_in(BEA)
    stage.enroll(BEA, slug="acme-intro")
    database.dispose()
    return path


@pytest.fixture
def office(engine: Database, office_template: Path) -> Iterator[Stage]:
    """An engine that hands meetings over, with three keys."""
    policy = a_policy(
        reps=REPS,
        handover=HandoverPolicy(to=("omar", "petra", "alma")),
        access=ACCESS,
        tz=ZoneInfo("Europe/Madrid"),
        public_url="http://office.test",
    )
    with laid_anew(engine, office_template) as database:
        yield Stage(database, policy=policy, taught=False)


@pytest.fixture
async def client(office: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application, without a network between them."""
    app = build_app(Site(office.world, {}))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://office.test") as found:
        yield found
