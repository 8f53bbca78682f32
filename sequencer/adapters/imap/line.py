"""How does the loop use a connection that blocks? In a thread of a pool, and cut when cancelled."""

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from sequencer.adapters.imap.account import ImapAccount, ImapLimits
from sequencer.adapters.imap.session import (
    BROKEN,
    LoginRefusedError,
    NoFolderError,
    RefusedError,
)
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import InboxError
from sequencer.mail.sign_in import SignInNeededError, TokenError

T = TypeVar("T")
_MAX_WORDS = 500


class Line:
    """One connection of a mailbox, for one piece of work at a time."""

    def __init__(
        self, account: ImapAccount, tls: ssl.SSLContext, executor: Executor, limits: ImapLimits
    ) -> None:
        self._account = account
        self._tls = tls
        self._executor = executor
        self._limits = limits
        self._wire: Wire | None = None
        self._lock = asyncio.Lock()
        self._closed = False

    async def run(self, work: Callable[[Wire], T]) -> T:
        """What the work returns; whatever goes wrong in it ends the connection.

        Raises:
            InboxError: the server, the network or the sign-in failed.
        """
        async with self._lock:
            try:
                return await self._tried(work)
            except LoginRefusedError as error:
                raise InboxError(self._told(error), permanent=error.permanent) from error
            except (*BROKEN, NoFolderError, RefusedError) as error:
                raise InboxError(self._told(error)) from error

    def close(self) -> None:
        """End the connection at once, also under work that is being done."""
        self._closed = True
        if self._wire is not None:
            self._wire.cut()
            if not self._lock.locked():  # otherwise the thread that works sees to it
                self._wire.drop()

    async def _tried(self, work: Callable[[Wire], T]) -> T:
        secret = await self._secret()
        try:
            return await self._in_thread(work, secret)
        except LoginRefusedError as error:
            # A token may have been taken back before its time: a new one gets one chance.
            renewed = await self._secret(secret) if error.permanent else secret
            if renewed == secret:
                raise
            return await self._in_thread(work, renewed)

    async def _secret(self, refused: str = "") -> str:
        if self._account.token is None:
            return self._account.password
        try:
            return await self._account.token(refused)
        except SignInNeededError as error:
            raise InboxError(self._told(error), permanent=True) from error
        except TokenError as error:
            raise InboxError(self._told(error)) from error

    async def _in_thread(self, work: Callable[[Wire], T], secret: str) -> T:
        wire = self._wire = self._wire or Wire(self._account, self._tls, self._limits)
        if self._closed:
            wire.drop()
            raise InboxError(f"{self._account.username}: the inbox was closed.")
        wire.secret = secret
        future = asyncio.get_running_loop().run_in_executor(self._executor, _done, work, wire)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            wire.cut()
            self._wire = None
            future.add_done_callback(_forget)
            await asyncio.wait({future}, timeout=self._limits.cut_s)
            if future.done():
                wire.drop()
            raise
        except BaseException:
            self._wire = None
            raise

    def _told(self, error: Exception) -> str:
        words = str(error) or type(error).__name__
        return f"{self._account.username}: {words[:_MAX_WORDS]}"


def _done(work: Callable[[Wire], T], wire: Wire) -> T:
    """The work, done in a thread; a wire on which anything failed is not used again."""
    try:
        result = work(wire)
    except BaseException:
        wire.drop()
        raise
    if wire.is_cut:
        wire.drop()
    return result


def _forget(future: "asyncio.Future[T]") -> None:
    """Take note of an error nobody waits for any more."""
    if not future.cancelled():
        future.exception()
