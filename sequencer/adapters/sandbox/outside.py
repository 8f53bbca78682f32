"""The doors that anybody outside has: a folder of a rep, a web address, the booking tool's hook."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

_OK = frozenset({200, 303})

Deed = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outside:
    """How invented people reach us.

    Attributes:
        deliver: puts a mail into a folder of a rep's mailbox: address, bytes, folder.
        hook_key: what the booking tool signs with.
    """

    deliver: Callable[[str, bytes, str], Awaitable[None]]
    post: Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]
    hook_url: str
    hook_key: str

    async def knock(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post to a web address; ConnectionError where it does not take it."""
        status = await self.post(url, body, headers)
        if status not in _OK:
            raise ConnectionError(f"{url} answered {status}")
