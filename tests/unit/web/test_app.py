import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from builders import NOON
from fakes.fast_database import fast_database, laid_anew
from stage import Stage

from sequencer.adapters.booking.registry import TOOLS
from sequencer.adapters.opt_out_log import OptOutLog
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.opt_out import OptOut
from sequencer.domain.post import Secrets
from sequencer.engine.history import hold_by_hand
from sequencer.engine.hook_sources import new_source
from sequencer.engine.opt_out_book import OptOutBook
from sequencer.mail.unsubscribe import make_token
from sequencer.store import hooks, schema, suppressions
from sequencer.store.database import Connection, Database
from sequencer.web.app import MAX_FORM, MAX_HOOK, Site, build_app

ZOE = "zoe@bank.example"
SECRET = "a signing key of the test"
HEADER = "Calendly-Webhook-Signature"
BOOKED = json.dumps(
    {"event": "invitee.created", "payload": {"uri": "https://x/1", "email": ZOE}}
).encode()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The database that is laid anew for each test."""
    return fast_database(tmp_path_factory.mktemp("web") / "sequencer.db")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one person enrolled, to be copied."""
    path = tmp_path_factory.mktemp("template") / "sequencer.db"
    database = fast_database(path)
    schema.upgrade(database)
    Stage(database).begin(ZOE)
    database.dispose()
    return path


@pytest.fixture
def stage(engine: Database, template: Path) -> Iterator[Stage]:
    """An engine with one person enrolled, that takes deliveries of Calendly."""
    calendly = new_source(TOOLS["calendly"], Secrets((SECRET,)))
    with laid_anew(engine, template) as database:
        yield Stage(database, sources={"calendly": calendly}, taught=False)


@pytest.fixture
async def web(stage: Stage) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application, without a network between them."""
    app = build_app(Site(stage.world, stage.sources))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def signature(body: bytes, key: str = SECRET, at: datetime = NOON) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    mac = hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {HEADER: f"t={stamp},v1={mac}"}


def token_of(stage: Stage) -> str:
    return make_token(bytes.fromhex(stage.enrollment(ZOE).key), stage.policy.keys)


def is_live(stage: Stage) -> bool:
    return stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


# Webhooks.


async def test_a_delivery_is_stored_before_it_is_answered(
    stage: Stage, web: httpx2.AsyncClient
) -> None:
    """A signed delivery is in the database by the time of its answer, and acted upon later."""
    answer = await web.post("/hooks/calendly", content=BOOKED, headers=signature(BOOKED))
    assert (answer.status_code, answer.json()) == (200, {"status": "stored"})
    [number] = stage.read(hooks.waiting)
    assert stage.write(hooks.take, number) == hooks.Delivery(number, "calendly", BOOKED)
    assert is_live(stage)
    await stage.work()
    assert stage.enrollment(ZOE).finish_reason is FinishReason.MEETING_BOOKED


async def test_a_delivery_that_comes_again(stage: Stage, web: httpx2.AsyncClient) -> None:
    """A delivery that is repeated is acknowledged each time and stored once."""
    said = [
        (await web.post("/hooks/calendly", content=BOOKED, headers=signature(BOOKED))).json()
        for _ in range(3)
    ]
    assert [each["status"] for each in said] == ["stored", "known", "known"]
    assert len(stage.read(hooks.waiting)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "t=1,v1=00"},
        signature(BOOKED, "another key"),
        signature(BOOKED, ""),
        signature(BOOKED + b" "),
        signature(BOOKED, at=datetime.fromisoformat("2026-03-03T11:50:00+00:00")),
        {"X-Calendly-Signature": signature(BOOKED)[HEADER]},
    ],
)
async def test_a_delivery_without_a_good_signature(
    stage: Stage, web: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    """What is not signed, wrongly or too long ago, is refused and not stored."""
    answer = await web.post("/hooks/calendly", content=BOOKED, headers=headers)
    assert answer.status_code == 401
    assert SECRET not in answer.text
    assert stage.read(hooks.waiting) == []


@pytest.mark.parametrize("source", ["cal.com", "CALENDLY", "%00", "..%2Fcalendly", "a" * 3_000])
async def test_an_unknown_source(stage: Stage, web: httpx2.AsyncClient, source: str) -> None:
    """A source that is not in the settings is not there, signed or not."""
    answer = await web.post(f"/hooks/{source}", content=BOOKED, headers=signature(BOOKED))
    assert answer.status_code == 404
    assert stage.read(hooks.waiting) == []


async def test_a_body_that_is_too_large(stage: Stage, web: httpx2.AsyncClient) -> None:
    """More than the limit is refused, whether its length was announced or not."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_HOOK // 1024 + 1):
            yield b" " * 1024

    large = b" " * (MAX_HOOK + 1)
    for content in (large, pieces()):
        answer = await web.post("/hooks/calendly", content=content, headers=signature(large))
        assert answer.status_code == 413
    exact = b" " * MAX_HOOK
    answer = await web.post("/hooks/calendly", content=exact, headers=signature(exact))
    assert answer.status_code == 200
    assert len(stage.read(hooks.waiting)) == 1


@pytest.mark.parametrize("length", [b"9" * 5_000, b"-1", b"1e9", b"\xb2", "٣".encode()])
async def test_a_length_that_is_made_up(web: httpx2.AsyncClient, length: bytes) -> None:
    """A length that is nonsense is no reason to fail: the body itself is counted."""
    headers = [(name.encode(), value.encode()) for name, value in signature(BOOKED).items()]
    headers.append((b"Content-Length", length))
    answer = await web.post("/hooks/calendly", content=BOOKED, headers=headers)
    assert answer.status_code in {200, 413}


async def test_a_signed_body_that_is_no_delivery(stage: Stage, web: httpx2.AsyncClient) -> None:
    """What carries our signature is stored whatever it is, so that nothing is lost."""
    for body in (b"", b"\x00\xff", b"[" * 10_000):
        answer = await web.post("/hooks/calendly", content=body, headers=signature(body))
        assert answer.status_code == 200
    await stage.work()
    assert stage.read(hooks.waiting) == []
    assert is_live(stage)


async def test_a_delivery_that_cannot_be_stored(stage: Stage, web: httpx2.AsyncClient) -> None:
    """Without a database a delivery is not acknowledged, so that it comes again."""
    stage.write(Connection.exec_driver_sql, "ALTER TABLE hook RENAME TO another")
    answer = await web.post("/hooks/calendly", content=BOOKED, headers=signature(BOOKED))
    assert answer.status_code == 500
    assert "hook" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_hooks_are_posted(web: httpx2.AsyncClient, method: str) -> None:
    """No other method does anything."""
    answer = await web.request(method, "/hooks/calendly", headers=signature(b""))
    assert answer.status_code == 405


# Opt-out.


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_the_page_changes_nothing(
    stage: Stage, web: httpx2.AsyncClient, method: str
) -> None:
    """Scanners follow every link in every mail, so a look opts nobody out."""
    for _ in range(3):
        answer = await web.request(method, f"/u/{token_of(stage)}")
        assert answer.status_code == 200
    assert is_live(stage)
    assert stage.read(suppressions.listed) == []


async def test_the_page_has_one_button(stage: Stage, web: httpx2.AsyncClient) -> None:
    """The page posts back to where it is, and loads nothing from anywhere."""
    answer = await web.get(f"/u/{token_of(stage)}")
    assert answer.text.count("<button") == 1
    assert '<form method="post">' in answer.text
    assert not re.search(r"https?:|src=|href=|<script|url\(|ZOE|bank\.example", answer.text)
    assert "set-cookie" not in answer.headers


BODIES = {
    "mail program": (
        {"content": b"List-Unsubscribe=One-Click"},
        "application/x-www-form-urlencoded",
    ),
    "browser": ({"data": {"List-Unsubscribe": "One-Click"}}, None),
    "multipart": ({"files": {"List-Unsubscribe": (None, "One-Click")}}, None),
    "empty": ({}, None),
    "nonsense": ({"content": b"\x00\xff" * 99}, "image/png"),
    "broken multipart": ({"content": b"--b"}, "multipart/form-data; boundary=x"),
}


async def test_an_opt_out_of_the_forgotten(stage: Stage, web: httpx2.AsyncClient) -> None:
    """A link of ours whose enrollment a restore has forgotten is asked for again, not refused."""
    path = f"/u/{make_token(bytes(16), stage.policy.keys)}"
    assert (await web.post(path)).status_code == 404
    stage.write(hold_by_hand, "a backup was put back", NOON)
    assert (await web.post(path)).status_code == 503
    assert (await web.post(f"{path[:-1]}x")).status_code == 404


async def test_an_opt_out_is_kept_twice(stage: Stage, tmp_path: Path) -> None:
    """The answer comes after the line in the log; without a line it is no success."""
    folder = tmp_path / "elsewhere"
    log = OptOutLog(folder / "opt-outs.log")
    book = OptOutBook(log)
    stage.database.tell = book.note
    app = build_app(Site(replace(stage.world, opt_outs=book), stage.sources))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        failed = await client.post(f"/u/{token_of(stage)}")
        assert failed.status_code == 503
        assert not is_live(stage)  # it counts all the same
        folder.mkdir()
        assert (await client.post(f"/u/{token_of(stage)}")).status_code == 200
    assert [each.suppression.key for each in log.read() if isinstance(each, OptOut)] == [ZOE]


async def test_health_while_all_is_held(stage: Stage, web: httpx2.AsyncClient) -> None:
    """That nothing leaves is told to whoever watches; the daemon is well."""
    stage.write(hold_by_hand, "restored", NOON)
    answer = await web.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "held": "restored"})


@pytest.mark.parametrize("sender", BODIES)
async def test_a_post_opts_out(stage: Stage, web: httpx2.AsyncClient, sender: str) -> None:
    """Whatever the body, one request without log-in or redirect is enough, and a second is fine."""
    body, content_type = BODIES[sender]
    headers = {"Content-Type": content_type} if content_type else {}
    for _ in range(2):
        answer = await web.post(f"/u/{token_of(stage)}", headers=headers, **body)  # type: ignore[arg-type]  # one dictionary for bodies of every form
        assert (answer.status_code, answer.history) == (200, [])
        assert "off our list" in answer.text
    assert stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT
    [listed] = stage.read(suppressions.listed)
    assert (listed.suppression.key, listed.source) == (ZOE, "opt-out link")
    await stage.work()
    assert stage.mails(ZOE) == []


async def test_a_token_of_an_old_key(stage: Stage, web: httpx2.AsyncClient) -> None:
    """Links signed with any key that is kept work for ever."""
    token = make_token(bytes.fromhex(stage.enrollment(ZOE).key), stage.policy.keys[-1:])
    answer = await web.post(f"/u/{token}")
    assert answer.status_code == 200
    assert not is_live(stage)


def flipped(token: str) -> str:
    return token[:-1] + ("A" if token[-1] != "A" else "B")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_link(stage: Stage, web: httpx2.AsyncClient, method: str) -> None:
    """Every link that is not ours gets the same page, so that nothing can be learnt from it."""
    tokens = [
        "x",
        flipped(token_of(stage)),
        token_of(stage)[:-1],
        token_of(stage) + "A",
        "%00" * 36,
        "é" * 36,
        "A" * 5_000,
        make_token(b"\x01" * 16, [b"another key"]),
    ]
    answers = [await web.request(method, f"/u/{token}") for token in tokens]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert is_live(stage)


async def test_a_form_that_is_too_large(stage: Stage, web: httpx2.AsyncClient) -> None:
    """A body that no mail program sends is refused before it fills the memory."""
    answer = await web.post(f"/u/{token_of(stage)}", content=b" " * (MAX_FORM + 1))
    assert answer.status_code == 413
    assert is_live(stage)


@pytest.mark.parametrize(
    "path", ["/u/", "/u", "/u/a/b", "/", "/admin", "/hooks/", "/docs", "/.env"]
)
async def test_nothing_else_is_there(web: httpx2.AsyncClient, path: str) -> None:
    """There is no other door, and no redirect to one."""
    assert (await web.get(path)).status_code == 404


# The rest.


async def test_health(stage: Stage, web: httpx2.AsyncClient) -> None:
    """Well while the database answers, unwell when it does not."""
    answer = await web.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    stage.database.dispose()
    path = stage.database.path
    assert path is not None
    path.write_bytes(b"no database any more" * 999)
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    answer = await web.get("/healthz")
    assert answer.status_code == 503


async def test_every_answer_is_safe(stage: Stage, web: httpx2.AsyncClient) -> None:
    """Pages, errors and JSON alike: not kept, not framed, not guessed at, no referrer told."""
    for method, path in (
        ("GET", "/healthz"),
        ("GET", f"/u/{token_of(stage)}"),
        ("POST", f"/u/{token_of(stage)}"),
        ("GET", "/u/x"),
        ("GET", "/nowhere"),
        ("GET", "/hooks/calendly"),
        ("POST", "/hooks/calendly"),
    ):
        headers = (await web.request(method, path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-robots-tag"] == "noindex"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


async def test_the_style_is_the_one_that_is_allowed(web: httpx2.AsyncClient) -> None:
    """The policy names the hash of the page's only style."""
    answer = await web.get("/u/x")
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert " style=" not in answer.text
