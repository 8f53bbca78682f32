"""What each decision about a doubtful message does, by the same functions as a sure verdict."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.domain.triage import Decision
from sequencer.domain.wall_time import instant_of
from sequencer.engine.absent import resume_at_of
from sequencer.engine.answered import answered, opted_out
from sequencer.engine.heard import Heard
from sequencer.engine.tasks import MOST_PUT_OFF, TaskError

# These need no cadence, only an address.
SUPPRESSING: Final = frozenset(
    {Decision.OPT_OUT, Decision.COMPANY_OPT_OUT, Decision.BOUNCE, Decision.COMPLAINT}
)


def act(heard: Heard, decision: Decision) -> None:
    """Do what the decision means; of those that stop nothing, nothing follows here."""
    if decision in _ACTS:
        _ACTS[decision](heard)


def entries_of(heard: Heard) -> list[Suppression]:
    """What a decision may put on the list: the person, who wrote, and their company."""
    reason = SuppressionReason.OPTED_OUT
    addresses = {heard.case.person.prospect.email, heard.verdict.incoming.sender}
    keys = sorted({key for address in addresses if (key := key_of(address))})
    found = [Suppression(SuppressionKind.ADDRESS, key, reason) for key in keys]
    return [*found, company_of(heard)]


def company_of(heard: Heard) -> Suppression:
    """The entry for everybody at the person's domain."""
    domain = domain_of(heard.case.person.prospect.email)
    return Suppression(SuppressionKind.DOMAIN, domain, SuppressionReason.OPTED_OUT)


def absence_until(heard: Heard, until: date | None) -> datetime | None:
    """When an absence ends: on the working day from that date on, or as an absence notice says.

    Raises:
        TaskError: nobody can wait for that date.
    """
    if until is None:
        return resume_at_of(heard, heard.verdict.auto_reply)
    workdays = heard.case.timing.workdays
    today = heard.now.astimezone(workdays.tz).date()
    if not today < until <= today + MOST_PUT_OFF:
        raise TaskError("An absence ends on some day of the next 365.")
    return instant_of(workdays.first_from(until), 0, workdays.tz)


def _dead(heard: Heard) -> None:
    heard.suppress(heard.case.person.prospect.email, SuppressionReason.BOUNCED)


def _complained(heard: Heard) -> None:
    heard.suppress(heard.case.person.prospect.email, SuppressionReason.COMPLAINED)


def _met(heard: Heard) -> None:
    heard.stop(FinishReason.MEETING_BOOKED)


_ACTS: Mapping[Decision, Callable[[Heard], None]] = {
    Decision.REPLY: answered,
    Decision.OPT_OUT: opted_out,
    Decision.COMPANY_OPT_OUT: opted_out,
    Decision.BOUNCE: _dead,
    Decision.COMPLAINT: _complained,
    Decision.MEETING: _met,
}
