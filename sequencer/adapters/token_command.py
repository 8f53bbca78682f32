"""How does a command of the operator hand out access tokens? What it prints is never shown."""

import asyncio
import os
import re
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress

from sequencer.mail.sign_in import TokenError

COMMAND_S = 30.0  # a command may have to ask a provider, never a person
COMMAND_KEEP_S = 300.0  # its tokens say nothing about their life; they live for an hour as a rule
MAX_TOKEN = 16_384
_TOKEN = re.compile(rf"[\x21-\x7e]{{1,{MAX_TOKEN}}}")


class CommandToken:
    """Tokens printed by a command of the operator, kept for five minutes.

    Args:
        argv: the command and its arguments; no shell is involved.
        boot: seconds on a clock that never goes back.
        timeout_s: how long it may take.
    """

    def __init__(
        self, argv: Sequence[str], boot: Callable[[], float], *, timeout_s: float = COMMAND_S
    ) -> None:
        self._argv = tuple(argv)
        self._boot = boot
        self._timeout_s = timeout_s
        self._token = ""
        self._keep_until = 0.0
        self._lock = asyncio.Lock()

    async def __call__(self, refused: str = "") -> str:
        """The kept token, or what the command prints."""
        async with self._lock:
            stale = self._token == refused or self._boot() >= self._keep_until
            if stale:
                self._token = await self._run()
                self._keep_until = self._boot() + COMMAND_KEEP_S
            return self._token

    async def _run(self) -> str:
        name = self._argv[0]
        try:
            process = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise TokenError(f"The token command {name} cannot be run: {error.strerror}.") from None
        try:
            async with asyncio.timeout(self._timeout_s):
                printed, _ = await process.communicate()
        except TimeoutError:
            raise TokenError(
                f"The token command {name} took more than {self._timeout_s:g} seconds."
            ) from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with what it has started itself
                await process.wait()
        if process.returncode != 0:
            raise TokenError(f"The token command {name} ended with code {process.returncode}.")
        return _sound(printed.decode("ascii", "replace").strip(), f"The token command {name}")


def _sound(token: str, source: str) -> str:
    """The token, if it is one that may stand in a line of SMTP or IMAP."""
    if _TOKEN.fullmatch(token):
        return token
    raise TokenError(f"{source} gave no token.")
