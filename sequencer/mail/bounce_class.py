"""Whose trouble a refusal is, and so what has to follow from it."""

from enum import StrEnum


class BounceClass(StrEnum):
    """One of eight; only the first two say that the address is dead."""

    HARD = "hard"  # the address is dead
    HARD_DOMAIN = "hard_domain"  # its whole domain is
    SOFT = "soft"  # full, unreachable, expired: may work another day
    BLOCK = "block"  # our reputation, content or authentication; never the address's fault
    POLICY_RECIPIENT = "policy_recipient"  # this person or organisation refuses us
    THROTTLE = "throttle"  # slow down
    QUOTA_SENDER = "quota_sender"  # our own limit is used up
    AUTH_CONFIG = "auth_config"  # sign-in or relaying is not set up

    @property
    def is_permanent(self) -> bool:
        """Whether the address itself is dead."""
        return self in {BounceClass.HARD, BounceClass.HARD_DOMAIN}
