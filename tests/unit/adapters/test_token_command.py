"""Access tokens from a command of the operator."""

import asyncio
import sys
from pathlib import Path

import pytest

from sequencer.adapters.token_command import CommandToken
from sequencer.mail.sign_in import TokenError, TokenSource


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
