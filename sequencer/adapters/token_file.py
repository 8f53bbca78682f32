"""Where is a rotated refresh token kept? In a file of its own that only its owner can read."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

MAX_TOKEN = 65_536  # octets that are read


class TokenFile:
    """The refresh token of one mailbox, as its provider gave it out last.

    Args:
        path: the file; a second one beside it keeps other processes out.
        given: the token to begin with, as long as none was stored.
    """

    def __init__(self, path: Path, given: str = "") -> None:
        self.path = path
        self._given = given

    async def renew(self, spend: Callable[[str], Awaitable[str]]) -> None:
        """Store what `spend` makes of the stored token, while every other process waits.

        Two that spend the same refresh token lock each other out: the provider takes the second
        use of it for a theft.
        """
        async with self._alone():
            stored = self.load()
            renewed = await spend(stored)
            if renewed != stored:
                await asyncio.to_thread(self._save, renewed)

    def load(self) -> str:
        """The stored token, or the given one where none was stored yet."""
        if not self.path.exists():
            return self._given
        with self.path.open("rb") as file:
            return file.read(MAX_TOKEN).decode("ascii", "replace").strip() or self._given

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not the file itself, which is replaced; and never deleted, or two would hold two locks.
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        held = asyncio.ensure_future(asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX))
        try:
            await asyncio.shield(held)
            yield
        finally:
            # Who is cancelled still gets the lock one day; with the descriptor it ends.
            held.add_done_callback(lambda _: os.close(descriptor))

    def _save(self, token: str) -> None:
        """Store a token; when this returns it survives a crash."""
        fresh = self.path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name has to survive as well
        finally:
            os.close(folder)
