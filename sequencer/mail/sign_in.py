"""How a mailbox proves to its provider who it is, and what can be wrong with that."""

from dataclasses import dataclass, field
from typing import Protocol


class TokenSource(Protocol):
    """Hands out access tokens of one mailbox for XOAUTH2."""

    async def __call__(self, refused: str = "") -> str:
        """A token that should be valid; `refused` is the one that a server has just turned down.

        Raises TokenError or SignInNeededError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Grant:
    """What a provider gives to somebody who has signed in, or who renews that.

    Attributes:
        refresh_token: for the next renewal; empty where the last one stays good.
        life_s: for how long the access token is good.
        ends_s: after how long the sign-in ends whatever is done; None where nothing was said.
        accounts: who signed in, by all the names that the provider tells, in lower case.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    life_s: float
    ends_s: float | None = None
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DevicePrompt:
    """What a person does on another device: enter that code on that page, within so long."""

    page: str
    code: str
    life_s: float


class Renewer(Protocol):
    """A provider that renews access tokens."""

    async def renew(self, refresh_token: str) -> Grant:
        """New tokens. Raises TokenError or SignInNeededError."""
        ...


class Sealer(Protocol):
    """Keeps secrets from whoever reads the database."""

    def seal(self, secret: str, about: str) -> bytes:
        """The secret, readable only with a key, and only as one about that."""
        ...

    def unseal(self, sealed: bytes, about: str) -> str:
        """What was sealed. Raises SealError."""
        ...


class SealError(Exception):
    """What was sealed cannot be read: with another key, about something else, or damaged."""


class SignInNeededError(Exception):
    """The provider no longer accepts what is stored; only a person can sign in anew."""


class TokenError(Exception):
    """No token could be had this time; trying again later may help.

    Args:
        text: what went wrong; never anything that a provider wrote freely.
        rest_s: for how long the provider wants not to be asked again.
    """

    def __init__(self, text: str, rest_s: float = 0.0) -> None:
        super().__init__(text)
        self.rest_s = rest_s


class SignInError(Exception):
    """A person's sign-in did not come to its end; the sentence is for that person."""
