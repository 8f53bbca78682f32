"""Access tokens of one mailbox, from a sign-in that all processes of all hosts share.

A provider may hand out a new refresh token each time and take the second use of an old one for a
theft. So one process renews at a time, which has claimed that in the database; what it was given is
committed before the access token is used, and the others read it from there. Nothing waits for the
network inside a transaction. All instants are the database's: the hosts' clocks may differ.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from sequencer.domain.jitter import fraction
from sequencer.engine.ports import Clock
from sequencer.mail.sign_in import (
    Grant,
    Renewer,
    Sealer,
    SealError,
    SignInNeededError,
    TokenError,
)
from sequencer.store import sign_ins
from sequencer.store.database import Connection, Database, DatabaseError, database_now
from sequencer.store.sign_ins import Claim, StoredSignIn, Tokens

log = structlog.get_logger()

# Mailboxes that signed in at the same moment renew at different ones.
EARLY_S, SPREAD_S = 300.0, 300.0
LEAST_LIFE_S = 180.0  # a shorter one is not believed, or the provider would be asked all the time
LEAST_S = 60.0  # with less left a token is not used: a server may look at it a little later
TERM = timedelta(seconds=60)  # of a claim; longer than any answer of a provider may take
PATIENCE_S = 90.0  # with a process that renews
LOOK_AGAIN_S = 0.5
ASK_AGAIN = timedelta(minutes=10)  # what a person has to mend is mended by nobody else
TROUBLE_REST_S = 20.0


@dataclass(frozen=True, slots=True)
class Vault:
    """What keeps the sign-ins: the database, and what seals them; and a clock to wait by."""

    database: Database
    sealer: Sealer
    clock: Clock
    new_key: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tokens that belong together."""

    refresh: str = field(repr=False)
    access: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Unsaved:
    claim: Claim
    pair: Pair
    grant: Grant
    asked_s: float


class KeptToken:
    """Hands out access tokens of one mailbox.

    Args:
        mailbox: its name.
        account: its address.
        renewer: the provider.
        vault: where the sign-in lies.
    """

    def __init__(self, mailbox: str, account: str, renewer: Renewer, vault: Vault) -> None:
        self._mailbox = mailbox
        self._account = account
        self._renewer = renewer
        self._vault = vault
        self._access = ""
        self._good_until_s = 0.0
        self._unsaved: _Unsaved | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, refused: str = "") -> str:
        """An access token with some minutes left; `refused` is one that a server turned down.

        Raises:
            SignInNeededError: nobody has signed in, or what came of it is not accepted any more.
            TokenError: there is none just now.
        """
        async with self._lock:
            if self._access in {"", refused} or self._vault.clock.boot() >= self._good_until_s:
                try:
                    await self._obtain(refused)
                except DatabaseError:
                    raise TokenError("The database with the sign-in does not answer.") from None
            return self._access

    async def end(self) -> None:
        """Return once nothing is under way that would be lost with this process."""
        try:
            await self._finish()
        except DatabaseError:
            log.warning("renewed_sign_in_not_stored", mailbox=self._mailbox)

    async def _obtain(self, refused: str) -> None:
        clock, known = self._vault.clock, 0
        give_up_s = clock.boot() + PATIENCE_S
        while True:
            await self._finish()
            stored, now = await asyncio.to_thread(self._look)
            pair, known = self._open(stored), known or stored.version
            # Some providers give the same one again as long as it is good: nobody can do more.
            is_wanted = pair.access != refused or stored.version != known
            works = is_wanted and _left_s(stored, now) > LEAST_S
            if works and _left_s(stored, now) > self._margin_s(stored):
                self._take(pair, _left_s(stored, now) - self._margin_s(stored))
                return
            if await self._goes_on(stored, now, pair, works=works):
                return
            if clock.boot() >= give_up_s:
                raise TokenError("Another process has been renewing the sign-in for too long.")

    async def _goes_on(
        self, stored: StoredSignIn, now: datetime, pair: Pair, *, works: bool
    ) -> bool:
        """Whether the stored token has to do for now; else it was renewed, or somebody does that.

        A provider that is not to be had does not matter while the token still works.
        """
        try:
            if stored.rests_until is not None and now < stored.rests_until:
                raise self._told(stored.trouble, needs_person=stored.needs_person)
            wanted = Claim(self._mailbox, stored.version, self._vault.new_key())
            if await asyncio.to_thread(self._claim, wanted):
                renewal = self._renewal = asyncio.create_task(self._renew(wanted, pair))
                renewal.add_done_callback(_forget)
                await self._finish()
                renewal.result()
                return False
        except TokenError:
            if not works:
                raise
            works = True
        if works:
            self._take(pair, min(TROUBLE_REST_S, _left_s(stored, now) - LEAST_S))
            return True
        await self._vault.clock.sleep(LOOK_AGAIN_S)
        return False

    def _take(self, pair: Pair, for_s: float) -> None:
        self._access = pair.access
        self._good_until_s = self._vault.clock.boot() + for_s

    async def _finish(self) -> None:
        """Bring to its end what is under way: cut off, it would cost the refresh token."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal})  # whoever is cancelled here does not cancel it
            self._renewal = None
        if self._unsaved is not None:
            await self._save(self._unsaved)

    async def _renew(self, claim: Claim, pair: Pair) -> None:
        asked_s = self._vault.clock.boot()
        try:
            grant = await self._renewer.renew(pair.refresh)
        except SignInNeededError as error:
            await self._note(claim, str(error), ASK_AGAIN, needs_person=True)
            raise self._told(str(error), needs_person=True) from None
        except TokenError as error:
            rest = timedelta(seconds=max(error.rest_s, TROUBLE_REST_S))
            await self._note(claim, str(error), rest, needs_person=False)
            raise
        fresh = Pair(grant.refresh_token or pair.refresh, grant.access_token)
        self._unsaved = _Unsaved(claim, fresh, grant, asked_s)
        await self._save(self._unsaved)

    async def _save(self, unsaved: _Unsaved) -> None:
        """Commit renewed tokens; until that is done they are kept here, and nobody gets them."""
        stored = await asyncio.to_thread(self._store, unsaved)
        self._unsaved = None
        if not stored:  # somebody signed in meanwhile, or this commit was in doubt and is there
            log.info("renewed_sign_in_superseded", mailbox=self._mailbox)

    async def _note(self, claim: Claim, why: str, rest: timedelta, *, needs_person: bool) -> None:
        log.warning("sign_in_not_renewed", mailbox=self._mailbox, error=why)

        def note(connection: Connection) -> None:
            until = database_now(connection) + rest
            sign_ins.note_trouble(connection, claim, why, until, needs_person=needs_person)

        await asyncio.to_thread(self._vault.database.transact, note)

    def _look(self) -> tuple[StoredSignIn, datetime]:
        with self._vault.database.read() as connection:
            stored = sign_ins.find(connection, self._mailbox)
            now = database_now(connection)
        if stored is None:
            raise self._told("Nobody has signed in to this mailbox yet.", needs_person=True)
        if stored.account != self._account:
            told = "The mailbox has had another address since somebody signed in."
            raise self._told(told, needs_person=True)
        return stored, now

    def _claim(self, wanted: Claim) -> bool:
        return self._vault.database.transact(
            lambda connection: sign_ins.claim(connection, wanted, database_now(connection), TERM)
        )

    def _store(self, unsaved: _Unsaved) -> bool:
        passed_s = self._vault.clock.boot() - unsaved.asked_s
        sealed = sealed_pair(self._vault.sealer, self._mailbox, unsaved.pair)

        def store(connection: Connection) -> bool:
            asked_at = database_now(connection) - timedelta(seconds=passed_s)
            known = sign_ins.find(connection, self._mailbox)
            tokens = tokens_of(unsaved.grant, sealed, asked_at, known)
            return sign_ins.renew(connection, unsaved.claim, tokens)

        return self._vault.database.transact(store)

    def _open(self, stored: StoredSignIn) -> Pair:
        try:
            text = self._vault.sealer.unseal(stored.sealed, about(self._mailbox))
        except SealError as error:
            told = f"The stored sign-in cannot be read. {error}"
            raise self._told(told, needs_person=True) from None
        found = json.loads(text)
        return Pair(found["refresh"], found["access"])

    def _margin_s(self, stored: StoredSignIn) -> float:
        life_s = (stored.expires_at - stored.renewed_at).total_seconds()
        return min(EARLY_S + SPREAD_S * fraction("renew", self._mailbox), life_s / 2)

    def _told(self, why: str, *, needs_person: bool) -> Exception:
        if needs_person:
            return SignInNeededError(f"{why} Run `sequencer mailbox login {self._account}`.")
        return TokenError(why)


def about(mailbox: str) -> str:
    """What the sealed tokens of a mailbox are about, so that they are of no use to another."""
    return f"sign-in of {mailbox}"


def sealed_pair(sealer: Sealer, mailbox: str, pair: Pair) -> bytes:
    """Two tokens as they are stored."""
    text = json.dumps({"refresh": pair.refresh, "access": pair.access})
    return sealer.seal(text, about(mailbox))


def tokens_of(
    grant: Grant, sealed: bytes, asked_at: datetime, known: StoredSignIn | None = None
) -> Tokens:
    """What is stored of a grant; an end of the sign-in that was told before still holds."""
    ends_at = known.ends_at if known else None
    if grant.ends_s is not None:
        ends_at = asked_at + timedelta(seconds=grant.ends_s)
    life = timedelta(seconds=max(grant.life_s, LEAST_LIFE_S))
    return Tokens(sealed, asked_at, asked_at + life, ends_at)


def _left_s(stored: StoredSignIn, now: datetime) -> float:
    return (stored.expires_at - now).total_seconds()


def _forget(renewal: asyncio.Task[None]) -> None:
    """Take note of an error nobody waits for any more."""
    if not renewal.cancelled():
        renewal.exception()
