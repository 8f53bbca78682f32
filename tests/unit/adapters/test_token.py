"""Access tokens: from a command, and from a provider."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import httpx2
import pytest

from sequencer.adapters.token import CommandToken, OAuthClient, RefreshToken, TokenStore
from sequencer.adapters.token_file import TokenFile
from sequencer.mail.sign_in import SignInNeededError, TokenError, TokenSource

CLIENT = OAuthClient("https://id.example/token", "cid", "hush", "mail offline_access")


class Boot:
    """A boot clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def counting_command(folder: Path) -> list[str]:
    """A command that prints tok1, tok2, ... and so tells how often it ran."""
    script = (
        "import pathlib, sys; path = pathlib.Path(sys.argv[1]);"
        "n = len(path.read_bytes()) + 1 if path.exists() else 1;"
        "path.write_bytes(b'x' * n); print(f'tok{n}')"
    )
    return [sys.executable, "-c", script, str(folder / "count")]


async def test_command(tmp_path: Path) -> None:
    """What the command prints is the token, kept for five minutes, or until it is refused."""
    boot = Boot()
    token: TokenSource = CommandToken(counting_command(tmp_path), boot)
    assert await token() == "tok1"
    boot.seconds += 299
    assert await token() == "tok1"
    assert await token("tok1") == "tok2"
    assert await token("tok1") == "tok2"
    boot.seconds += 301
    assert await token() == "tok3"


async def test_command_runs_once_for_all(tmp_path: Path) -> None:
    """Whoever asks at the same time gets the same token."""
    token = CommandToken(counting_command(tmp_path), Boot())
    assert set(await asyncio.gather(*(token() for _ in range(3)))) == {"tok1"}


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("print('secret'); raise SystemExit(3)", "ended with code 3"),
        ("pass", "gave no token"),
        ("print('two words')", "gave no token"),
        ("print('a\\nb')", "gave no token"),
        ("print('x' * 20000)", "gave no token"),
    ],
)
async def test_command_fails(script: str, sentence: str) -> None:
    """A command that fails, or prints no token, says so, and never what it printed."""
    with pytest.raises(TokenError, match=sentence) as caught:
        await CommandToken([sys.executable, "-c", script], Boot())()
    assert "secret" not in str(caught.value)


async def test_command_that_hangs() -> None:
    """A command that takes too long is killed, with what it has started."""
    argv = ["/bin/sh", "-c", "sleep 60; echo never"]
    with pytest.raises(TokenError, match="took more than"):
        await CommandToken(argv, Boot(), timeout_s=0.1)()


async def test_command_that_is_not_there() -> None:
    """A command that is not there says so."""
    with pytest.raises(TokenError, match="cannot be run: No such file"):
        await CommandToken(["/nowhere/token"], Boot())()


@dataclass(slots=True)
class Provider:
    """A token endpoint which renews the refresh token, and the place where that is saved.

    Attributes:
        strict: whether a refresh token that was used before is taken for a stolen one.
    """

    stored: str = "refresh0"
    strict: bool = False
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    save_fails: bool = False
    expires_in: object = 3600
    rotates: bool = True
    answer: Callable[[], httpx2.Response] | None = None

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        self.forms.append(parse_qs(request.content.decode()))
        if self.answer is not None:
            return self.answer()
        used = [form["refresh_token"] for form in self.forms]
        if self.strict and used[-1] in used[:-1]:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        number = len(self.forms)
        fields = {"access_token": f"access{number}", "expires_in": self.expires_in}
        if self.rotates:
            fields["refresh_token"] = f"refresh{number}"
        return httpx2.Response(200, json=fields)

    async def renew(self, spend: Callable[[str], Awaitable[str]]) -> None:
        token = await spend(self.stored)
        if token == self.stored:
            return
        if self.save_fails:
            raise OSError("disk full")
        self.saved.append(token)
        self.stored = token

    def source(self, boot: Callable[[], float], store: TokenStore | None = None) -> RefreshToken:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self.respond))
        return RefreshToken(CLIENT, store or self, http, boot)


async def test_refresh() -> None:
    """A token is fetched once, kept until five minutes before its end, and then renewed."""
    provider, boot = Provider(), Boot()
    token: TokenSource = provider.source(boot)
    assert await token() == "access1"
    boot.seconds += 3300
    assert await token() == "access1"
    boot.seconds += 1
    assert await token() == "access2"
    assert provider.forms[0] == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh0"],
        "client_id": ["cid"],
        "client_secret": ["hush"],
        "scope": ["mail offline_access"],
    }
    assert provider.forms[1]["refresh_token"] == ["refresh1"]
    assert provider.saved == ["refresh1", "refresh2"]


async def test_refresh_once_for_all() -> None:
    """Whoever asks at the same time waits for the one refresh: two would burn the token."""
    provider = Provider()
    token = provider.source(Boot())
    assert set(await asyncio.gather(*(token() for _ in range(20)))) == {"access1"}
    assert len(provider.forms) == 1


async def test_one_refresher_for_all_processes(tmp_path: Path) -> None:
    """Two that use one mailbox spend each refresh token once, whatever each remembers."""
    provider = Provider(strict=True)
    boot, path = Boot(), tmp_path / "tokens" / "ana.token"
    sources = [provider.source(boot, TokenFile(path, "refresh0")) for _ in range(5)]
    for _ in range(3):
        tokens = await asyncio.gather(*(source() for source in sources))
        assert len(set(tokens)) == 5
        boot.seconds += 4_000
    assert len({form["refresh_token"][0] for form in provider.forms}) == 15
    assert TokenFile(path).load() == "refresh15"


HOLDER = """
import asyncio, pathlib, sys
from sequencer.adapters.token_file import TokenFile

async def spend(stored):
    print("held", flush=True)
    sys.stdin.readline()
    return "by the other"

asyncio.run(TokenFile(pathlib.Path(sys.argv[1])).renew(spend))
"""


async def test_another_process_is_waited_for(tmp_path: Path) -> None:
    """While another process refreshes nobody asks the provider, and its token is the next one."""
    path = tmp_path / "ana.token"
    argv = (sys.executable, "-c", HOLDER, str(path))
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe)
    assert other.stdin is not None
    assert other.stdout is not None
    provider = Provider()
    try:
        assert await other.stdout.readline() == b"held\n"
        asking = asyncio.create_task(provider.source(Boot(), TokenFile(path, "refresh0"))())
        cancelled = asyncio.create_task(provider.source(Boot(), TokenFile(path, "refresh0"))())
        await asyncio.to_thread(path.exists)  # both wait for the lock by now, or will
        cancelled.cancel()
        assert provider.forms == []
    finally:
        other.stdin.write(b"\n")
        await other.communicate()
    assert await asking == "access1"
    assert provider.forms[0]["refresh_token"] == ["by the other"]
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert TokenFile(path).load() == "refresh1"
    async with asyncio.timeout(5):
        assert await provider.source(Boot(), TokenFile(path))() == "access2"


async def test_refused_token_is_renewed() -> None:
    """A token that a server refused is replaced before its time, by the first who says so."""
    provider = Provider()
    token = provider.source(Boot())
    assert await token() == "access1"
    assert [await token("access1"), await token("access1")] == ["access2", "access2"]


async def test_saved_before_use() -> None:
    """A token whose refresh token cannot be saved is not handed out until it can."""
    provider = Provider(save_fails=True)
    token = provider.source(Boot())
    with pytest.raises(OSError, match="disk full"):
        await token()
    provider.save_fails = False
    assert await token() == "access1"
    assert (provider.saved, len(provider.forms)) == (["refresh1"], 1)


async def test_refresh_token_that_stays() -> None:
    """A provider that keeps the refresh token causes no saving."""
    provider = Provider(rotates=False)
    assert await provider.source(Boot())() == "access1"
    assert provider.saved == []


@pytest.mark.parametrize(("expires_in", "life_s"), [("3600", 3600), (None, 600), ("soon", 600)])
async def test_expiry(expires_in: object, life_s: int) -> None:
    """A life written as a string counts, a missing or senseless one is taken for short."""
    provider, boot = Provider(expires_in=expires_in), Boot()
    token = provider.source(boot)
    await token()
    boot.seconds += life_s - 300
    assert await token() == "access1"
    boot.seconds += 1
    assert await token() == "access2"


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "interaction_required"])
async def test_somebody_has_to_sign_in(error: str) -> None:
    """A refresh token that is no longer good needs a person."""
    body = {"error": error, "error_description": "token secret-part revoked"}
    provider = Provider(answer=lambda: httpx2.Response(400, json=body))
    with pytest.raises(SignInNeededError, match=error) as caught:
        await provider.source(Boot())()
    assert "secret" not in str(caught.value)


def unreachable() -> httpx2.Response:
    raise httpx2.ConnectError("no route")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx2.Response(503, text="busy"),
        lambda: httpx2.Response(500, json={"error": "temporarily_unavailable"}),
        lambda: httpx2.Response(400, json={"error": {"code": "invalid_grant"}}),
        lambda: httpx2.Response(400, json=["invalid_grant"]),
        lambda: httpx2.Response(302, json={}, headers={"Location": "https://evil.example"}),
        lambda: httpx2.Response(200, json={"token_type": "Bearer"}),
        lambda: httpx2.Response(200, json={"access_token": "a b"}),
        lambda: httpx2.Response(200, json={"access_token": "a\r\nb"}),
        lambda: httpx2.Response(200, content=b"\xff"),
        unreachable,
    ],
)
async def test_try_again_later(answer: Callable[[], httpx2.Response]) -> None:
    """Every other trouble may pass: nobody has to sign in, and the next try asks again."""
    provider = Provider(answer=answer)
    token = provider.source(Boot())
    with pytest.raises(TokenError):
        await token()
    provider.answer = None
    assert await token() == "access2"


def test_secret_is_not_shown() -> None:
    """The secret of the client does not show in what is printed of it."""
    assert "hush" not in repr(CLIENT)
    assert "hush" not in json.dumps(str(CLIENT))
