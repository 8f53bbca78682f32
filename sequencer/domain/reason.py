"""Stable codes for everything that keeps a touch from happening, each with its sentence.

The codes are printed, stored and matched by scripts: they are never renamed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Code of one rule of the gate."""

    EMAIL_INVALID = "email_invalid"
    SUPPRESSED_ADDRESS = "suppressed_address"
    SUPPRESSED_DOMAIN = "suppressed_domain"
    OPTED_OUT = "opted_out"
    BOUNCED_BEFORE = "bounced_before"
    COMPLAINED_BEFORE = "complained_before"
    ALREADY_IN_THIS = "already_in_this"
    FINISHED_THIS = "finished_this"
    NO_ACTIVE_MAILBOX = "no_active_mailbox"
    MISSING_VARIABLE = "missing_variable"
    OUTSIDE_WINDOW = "outside_window"
    CAP_MAILBOX = "cap_mailbox"
    GAP = "gap"
    SYNC_STALE = "sync_stale"
    MAILBOX_UNHEALTHY = "mailbox_unhealthy"
    PAUSED = "paused"
    NOT_ACTIVE = "not_active"
    UNKNOWN_PROSPECT = "unknown_prospect"
    UNKNOWN_CADENCE = "unknown_cadence"


SENTENCES: dict[Reason, str] = {
    Reason.EMAIL_INVALID: "The e-mail address is not valid.",
    Reason.SUPPRESSED_ADDRESS: "The address is on the suppression list.",
    Reason.SUPPRESSED_DOMAIN: "The whole domain is on the suppression list.",
    Reason.OPTED_OUT: "The person opted out.",
    Reason.BOUNCED_BEFORE: "Mail to this address bounced for good.",
    Reason.COMPLAINED_BEFORE: "The person reported our mail as spam.",
    Reason.ALREADY_IN_THIS: "The person is in this cadence already.",
    Reason.FINISHED_THIS: "The person has been through this cadence.",
    Reason.NO_ACTIVE_MAILBOX: "No mailbox of the cadence is able to send.",
    Reason.MISSING_VARIABLE: "A template needs a value that the prospect does not have.",
    Reason.OUTSIDE_WINDOW: "The sending window is closed.",
    Reason.CAP_MAILBOX: "The mailbox has sent as many mails in 24 hours as it may.",
    Reason.GAP: "The mailbox has sent another mail a moment ago.",
    Reason.SYNC_STALE: "The mailbox has not been read recently enough to be sure nobody answered.",
    Reason.MAILBOX_UNHEALTHY: "The mailbox needs attention before it can send.",
    Reason.PAUSED: "The enrollment is paused.",
    Reason.NOT_ACTIVE: "The enrollment is not running.",
    Reason.UNKNOWN_PROSPECT: "No prospect has this address.",
    Reason.UNKNOWN_CADENCE: "No applied cadence has this name.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that says no; `until` is the next instant (UTC) at which time alone heals it."""

    reason: Reason
    detail: str = ""
    until: datetime | None = None

    @property
    def code(self) -> str:
        """Stable code, with its parameter where it has one: `missing_variable:company`."""
        parametrised = self.reason in {Reason.MISSING_VARIABLE, Reason.PAUSED}
        return f"{self.reason}:{self.detail}" if parametrised and self.detail else str(self.reason)

    @property
    def sentence(self) -> str:
        """The rule in plain words, with what is particular to this case."""
        return (
            f"{SENTENCES[self.reason]} ({self.detail})" if self.detail else SENTENCES[self.reason]
        )
