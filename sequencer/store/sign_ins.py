"""Sign-ins by OAuth, one row for each mailbox; every change is guarded by the version read."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.tables import SignInRow

_NO_CLAIM = {"claim": "", "claimed_until": None}
_NO_TROUBLE = {"trouble": "", "needs_person": False, "rests_until": None}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens as they are stored.

    Attributes:
        expires_at: end of the access token.
        ends_at: end of the whole sign-in, where the provider tells it.
    """

    sealed: bytes
    renewed_at: datetime
    expires_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredSignIn(Tokens):
    """A sign-in as it lies in the database.

    Attributes:
        version: counts what was sealed.
        account: the address that the mailbox had.
        claim: who renews the tokens until `claimed_until`.
        trouble: why they could not be renewed; nobody tries again before `rests_until`.
        needs_person: whether only a new sign-in ends the trouble.
    """

    mailbox: str
    version: int
    account: str
    claim: str
    claimed_until: datetime | None
    trouble: str
    needs_person: bool
    rests_until: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to renew one version of the tokens of a mailbox."""

    mailbox: str
    version: int
    key: str


def find(connection: Connection, mailbox: str) -> StoredSignIn | None:
    """The sign-in of a mailbox, if there ever was one."""
    query = sa.select(SignInRow.__table__).where(SignInRow.mailbox == mailbox)
    row = connection.execute(query).one_or_none()
    return StoredSignIn(**row._mapping) if row is not None else None


def put(connection: Connection, mailbox: str, account: str, tokens: Tokens) -> None:
    """Store the tokens of a new sign-in in the place of those before it."""
    values = {**asdict(tokens), "account": account, **_NO_CLAIM, **_NO_TROUBLE}
    if not insert_new(connection, SignInRow, {"mailbox": mailbox, "version": 1, **values}):
        update = sa.update(SignInRow).where(SignInRow.mailbox == mailbox)
        connection.execute(update.values(version=SignInRow.version + 1, **values))


def claim(connection: Connection, wanted: Claim, now: datetime, term: timedelta) -> bool:
    """Whether the tokens may be renewed by this one, and by nobody else for so long."""
    is_free = SignInRow.claimed_until.is_(None) | (SignInRow.claimed_until <= now)
    update = sa.update(SignInRow).where(*_of(wanted), is_free)
    values = {"claim": wanted.key, "claimed_until": now + term}
    return connection.execute(update.values(**values)).rowcount == 1


def renew(connection: Connection, claimed: Claim, tokens: Tokens) -> bool:
    """Whether the renewed tokens were stored: nobody has renewed that version, or signed in."""
    update = sa.update(SignInRow).where(*_of(claimed))
    values = {"version": SignInRow.version + 1, **asdict(tokens), **_NO_CLAIM, **_NO_TROUBLE}
    return connection.execute(update.values(**values)).rowcount == 1


def note_trouble(
    connection: Connection, claimed: Claim, why: str, until: datetime, *, needs_person: bool
) -> None:
    """Store why the tokens could not be renewed, and give the claim back."""
    update = sa.update(SignInRow).where(*_of(claimed), SignInRow.claim == claimed.key)
    values = {"trouble": cut(why), "needs_person": needs_person, "rests_until": until}
    connection.execute(update.values(**values, **_NO_CLAIM))


def _of(claimed: Claim) -> tuple[sa.ColumnElement[bool], ...]:
    return (SignInRow.mailbox == claimed.mailbox, SignInRow.version == claimed.version)
