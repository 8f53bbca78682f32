"""Which calendar does an enrollment run in, in words: whose clock, and whose holidays?"""

from collections.abc import Iterator

from sequencer.domain.cadence import ZoneFrom
from sequencer.engine.desk import Case
from sequencer.files.holiday_book import PublicHolidays


def calendar_words(case: Case) -> str:
    """`hours of Europe/Madrid, the prospect's zone; holidays of ES-MD for the prospect`."""
    return "; ".join((f"hours of {case.timing.zone_words}", *_holidays(case)))


def _holidays(case: Case) -> Iterator[str]:
    """Whose holidays count, and why somebody has none although they would."""
    person = case.person.prospect
    mailbox = case.policy.mailboxes.get(case.stored.enrollment.mailbox or "")
    for whose in case.version.cadence.schedule.holidays:
        if whose is ZoneFrom.PROSPECT:
            yield _told("the prospect", person.country, person.subdivision)
        elif mailbox is not None:
            yield _told(mailbox.name, mailbox.country, mailbox.subdivision)


def _told(who: str, country: str, subdivision: str) -> str:
    if not country:
        return f"no holidays for {who}, of whom no country is known"
    place = PublicHolidays(country, subdivision).place
    if not place:
        return f"no holidays for {who}, as none are known of {country}"
    return f"holidays of {place} for {who}"
