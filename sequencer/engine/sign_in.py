"""Somebody has signed in to a mailbox: is it the right account, and does it work? Then keep it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sequencer.domain.mailbox import MailboxState
from sequencer.engine.kept_token import Pair, Vault, sealed_pair, tokens_of
from sequencer.engine.sign_in_request import close_requests
from sequencer.engine.world import Door
from sequencer.mail.greeting import Greeting
from sequencer.mail.sign_in import DevicePrompt, Grant, SignInError
from sequencer.store import mailboxes, sign_ins, wake
from sequencer.store.database import Connection, database_now


class SignInProvider(Protocol):
    """A provider that lets people sign in. Raises SignInError, TokenError, SignInNeededError."""

    async def by_browser(
        self, account: str, show: Callable[[str], None], *, wait_s: float, port: int = 0
    ) -> Grant:
        """What somebody is given who signs in with a browser on this machine."""
        ...

    async def by_device(self, show: Callable[[DevicePrompt], None], *, wait_s: float) -> Grant:
        """What somebody is given who enters a code on any device."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose sign-in is expected.

    Attributes:
        mailbox: its name.
        address: of the mailbox.
        accounts: names of the accounts that may sign in, in lower case.
    """

    mailbox: str
    address: str
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What came of a sign-in.

    Attributes:
        accounts: who signed in, as far as the provider tells.
        ends_at: when the sign-in ends whatever is done; None where the provider says nothing.
    """

    mailbox: str
    address: str
    accounts: tuple[str, ...]
    ends_at: datetime | None
    smtp: Greeting
    imap: Greeting


class OneToken:
    """A source of tokens with no other one than this."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(self, refused: str = "") -> str:
        """The token, even where it was refused."""
        del refused
        return self._token


async def keep_sign_in(
    vault: Vault, wanted: Wanted, grant: Grant, door: Door, now: datetime
) -> SignedIn:
    """Store a sign-in, and let the mailbox go on.

    Args:
        vault: where to.
        wanted: who was to sign in.
        grant: what the provider gave.
        door: the mailbox, with the new access token.
        now: for the tasks that are closed.

    Raises:
        SignInError: somebody else has signed in, or nobody can tell who.
    """
    asked_s = vault.clock.boot()
    told = ", ".join(sorted(grant.accounts))
    if grant.accounts and grant.accounts.isdisjoint(wanted.accounts):
        raise SignInError(
            f"{told} has signed in, and {wanted.address} was expected. Nothing was stored. "
            "Sign in again with the right account; for a mailbox that somebody else signs in to, "
            "set `oauth.account`."
        )
    smtp, imap = await asyncio.gather(door.mailer.greet(), door.inbox.greet())
    if not grant.accounts and not imap.is_ok:
        raise SignInError(
            "The provider does not say who has signed in, and the mailbox cannot be opened: "
            f"{imap.problem} Nothing was stored."
        )
    passed_s = vault.clock.boot() - asked_s
    ends_at = await asyncio.to_thread(_store, vault, wanted, _aged(grant, passed_s), now)
    accounts = tuple(sorted(grant.accounts))
    return SignedIn(wanted.mailbox, wanted.address, accounts, ends_at, smtp, imap)


def _aged(grant: Grant, by_s: float) -> Grant:
    life_s = max(0.0, grant.life_s - by_s)
    return Grant(grant.access_token, grant.refresh_token, life_s, grant.ends_s, grant.accounts)


def _store(vault: Vault, wanted: Wanted, grant: Grant, now: datetime) -> datetime | None:
    pair = Pair(grant.refresh_token, grant.access_token)
    sealed = sealed_pair(vault.sealer, wanted.mailbox, pair)

    def store(connection: Connection) -> datetime | None:
        tokens = tokens_of(grant, sealed, database_now(connection))
        sign_ins.put(connection, wanted.mailbox, wanted.address, tokens)
        mailboxes.recover(connection, [wanted.mailbox], MailboxState.NEEDS_SIGN_IN)
        close_requests(connection, wanted.mailbox, now)
        wake.call(connection, [wanted.mailbox])
        return tokens.ends_at

    return vault.database.transact(store)
