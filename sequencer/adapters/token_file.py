"""Where is a rotated refresh token kept? In a file of its own that only its owner can read."""

import asyncio
import os
from pathlib import Path


class TokenFile:
    """The refresh token of one mailbox, as its provider gave it out last."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> str:
        """The stored token, empty where none was stored yet."""
        return self.path.read_text("ascii").strip() if self.path.exists() else ""

    async def save(self, token: str) -> None:
        """Store a token; when this returns it survives a crash."""
        await asyncio.to_thread(self._save, token)

    def _save(self, token: str) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
