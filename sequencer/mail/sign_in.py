"""How a mailbox proves to its provider who it is, and what can be wrong with that."""

from typing import Protocol


class TokenSource(Protocol):
    """Hands out access tokens of one mailbox for XOAUTH2."""

    async def __call__(self, refused: str = "") -> str:
        """A token that should be valid; `refused` is the one that a server has just turned down.

        Raises TokenError or SignInNeededError.
        """
        ...


class SignInNeededError(Exception):
    """The provider no longer accepts what is stored; only a person can sign in anew."""


class TokenError(Exception):
    """No token could be had this time; trying again later may help."""
