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
    UNREACHABLE = "unreachable"
    DOMAIN_DEAD = "domain_dead"
    ALREADY_IN_THIS = "already_in_this"
    FINISHED_THIS = "finished_this"
    EXCLUSIVE_CONFLICT = "exclusive_conflict"
    ACCOUNT_BUSY = "account_busy"
    ACCOUNT_REPLIED = "account_replied"
    MEETING_AHEAD = "meeting_ahead"
    TOUCHED_TOO_RECENTLY = "touched_too_recently"
    STAGE_EXCLUDED = "stage_excluded"
    NOT_YOUR_PROSPECT = "not_your_prospect"
    COUNTRY_NEEDS_CONSENT = "country_needs_consent"
    CADENCE_DRAINING = "cadence_draining"
    STARTS_LATER = "starts_later"
    FIRST_RUN_LIMIT = "first_run_limit"
    THROTTLED = "throttled"
    NO_WORDING = "no_wording"
    NO_ACTIVE_MAILBOX = "no_active_mailbox"
    MISSING_VARIABLE = "missing_variable"
    OUTSIDE_WINDOW = "outside_window"
    HOLIDAY = "holiday"
    REP_AWAY = "rep_away"
    CAP_MAILBOX = "cap_mailbox"
    CAP_HOUR = "cap_hour"
    CAP_WEEK = "cap_week"
    CAP_DOMAIN = "cap_domain"
    CAP_PERSON = "cap_person"
    CAP_NEW = "cap_new"
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
    Reason.UNREACHABLE: "The address refused several mails, each of them only for now.",
    Reason.DOMAIN_DEAD: "A mail server says that the whole domain takes no mail.",
    Reason.ALREADY_IN_THIS: "The person is in this cadence already.",
    Reason.FINISHED_THIS: "The person has been through this cadence.",
    Reason.EXCLUSIVE_CONFLICT: "The person is in another cadence that goes with no other.",
    Reason.ACCOUNT_BUSY: "As many people of the account are in cadences as the audience allows.",
    Reason.ACCOUNT_REPLIED: "Somebody else of the account has answered.",
    Reason.MEETING_AHEAD: "The person has a meeting that is yet to come.",
    Reason.TOUCHED_TOO_RECENTLY: "The person was contacted too short a time ago.",
    Reason.STAGE_EXCLUDED: "The cadence is not for people of this stage.",
    Reason.NOT_YOUR_PROSPECT: "The prospect belongs to another rep.",
    Reason.COUNTRY_NEEDS_CONSENT: "The law of the country asks for a consent; none is recorded.",
    Reason.CADENCE_DRAINING: "The cadence takes nobody in any more.",
    Reason.STARTS_LATER: "The enrollment begins later.",
    Reason.FIRST_RUN_LIMIT: "As many people have begun as the first live run allows.",
    Reason.THROTTLED: "The cadence lets in no more people for now; this one waits for room.",
    Reason.NO_WORDING: "Every variant of a mail is stopped.",
    Reason.NO_ACTIVE_MAILBOX: "No mailbox of the cadence is able to send.",
    Reason.MISSING_VARIABLE: "A template needs a value that the prospect does not have.",
    Reason.OUTSIDE_WINDOW: "The sending window is closed.",
    Reason.HOLIDAY: "It is a holiday of the prospect or of the mailbox, or a skipped date.",
    Reason.REP_AWAY: "The rep whose mailbox it is is away.",
    Reason.CAP_MAILBOX: "The mailbox has sent as many mails in 24 hours as it may.",
    Reason.CAP_HOUR: "The mailbox has sent as many mails in an hour as it may.",
    Reason.CAP_WEEK: "The mailbox has sent as many mails in seven days as it may.",
    Reason.CAP_DOMAIN: "The company has been sent as many mails as it may be.",
    Reason.CAP_PERSON: "The person has been sent as many mails as they may be.",
    Reason.CAP_NEW: "The cadence has begun with as many people in 24 hours as it may.",
    Reason.GAP: "The mailbox has sent another mail a moment ago.",
    Reason.SYNC_STALE: "The mailbox has not been read recently enough to be sure nobody answered.",
    Reason.MAILBOX_UNHEALTHY: "The mailbox needs attention before it can send.",
    Reason.PAUSED: "The enrollment is paused.",
    Reason.NOT_ACTIVE: "The enrollment is not running.",
    Reason.UNKNOWN_PROSPECT: "No prospect has this address.",
    Reason.UNKNOWN_CADENCE: "No applied cadence has this name.",
}

# What the calendar is against: such a refusal's detail is a whole sentence, with the next opening.
PACING = frozenset(
    {
        Reason.CAP_MAILBOX,
        Reason.CAP_HOUR,
        Reason.CAP_WEEK,
        Reason.GAP,
        Reason.CAP_DOMAIN,
        Reason.CAP_PERSON,
        Reason.CAP_NEW,
    }
)
CALENDAR = frozenset({Reason.OUTSIDE_WINDOW, Reason.HOLIDAY, Reason.REP_AWAY})


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
        if self.detail and self.reason in CALENDAR:
            return self.detail
        return (
            f"{SENTENCES[self.reason]} ({self.detail})" if self.detail else SENTENCES[self.reason]
        )
