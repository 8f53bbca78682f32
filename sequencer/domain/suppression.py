"""An address or a domain that receives nothing, and why."""

from dataclasses import dataclass
from datetime import datetime
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
    UNREACHABLE = "unreachable"  # it refused several mails for now; for a while only
    DEAD_DOMAIN = "dead_domain"  # a server says that of a whole domain: somebody has to look


_REFUSED_AS = {
    SuppressionReason.OPTED_OUT: Reason.OPTED_OUT,
    SuppressionReason.BOUNCED: Reason.BOUNCED_BEFORE,
    SuppressionReason.COMPLAINED: Reason.COMPLAINED_BEFORE,
    SuppressionReason.MANUAL: Reason.SUPPRESSED_ADDRESS,
    SuppressionReason.UNREACHABLE: Reason.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry of the list.

    Attributes:
        key: an address key or a domain key (see `domain.address`).
        until: when it ends by itself; None for never. Only such an entry can be taken back.
    """

    kind: SuppressionKind
    key: str
    reason: SuppressionReason
    until: datetime | None = None

    @property
    def refused_as(self) -> Reason:
        """The gate's code for it."""
        if self.reason is SuppressionReason.DEAD_DOMAIN:
            return Reason.DOMAIN_DEAD
        if self.kind is SuppressionKind.DOMAIN:
            return Reason.SUPPRESSED_DOMAIN
        return _REFUSED_AS[self.reason]
