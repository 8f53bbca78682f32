"""An address or a domain that receives nothing, and why."""

from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.reason import Reason


class SuppressionKind(StrEnum):
    """What the key of a suppression is compared with."""

    ADDRESS = "address"
    DOMAIN = "domain"


class SuppressionReason(StrEnum):
    """What put it on the list."""

    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    MANUAL = "manual"


_REFUSED_AS = {
    SuppressionReason.OPTED_OUT: Reason.OPTED_OUT,
    SuppressionReason.BOUNCED: Reason.BOUNCED_BEFORE,
    SuppressionReason.COMPLAINED: Reason.COMPLAINED_BEFORE,
    SuppressionReason.MANUAL: Reason.SUPPRESSED_ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry of the list; `key` is an address key or a domain key (see `domain.address`)."""

    kind: SuppressionKind
    key: str
    reason: SuppressionReason

    @property
    def refused_as(self) -> Reason:
        """The gate's code for it."""
        if self.kind is SuppressionKind.DOMAIN:
            return Reason.SUPPRESSED_DOMAIN
        return _REFUSED_AS[self.reason]
