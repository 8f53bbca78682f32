from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, NOON, a_cadence, a_prospect, a_step, a_window

from sequencer.domain.absence import Absence
from sequencer.domain.cadence import Cadence, Schedule, ZoneFrom
from sequencer.domain.reason import Reason
from sequencer.domain.timing import Timing
from sequencer.domain.window import ALWAYS
from sequencer.engine.policy import MailboxPolicy, Policy

MADRID = ZoneInfo("Europe/Madrid")
AUCKLAND = ZoneInfo("Pacific/Auckland")
ANA = MailboxPolicy("ana", "ana@seller.example", "Ana", tz=MADRID, country="ES", subdivision="MD")
LABOUR_DAY = date(2026, 5, 1)


def policy(ana: MailboxPolicy = ANA) -> Policy:
    return Policy({"ana": ana}, (b"a key, as long as any",), "https://seller.example", tz=AUCKLAND)


def timing(cadence: Cadence | None = None, **changes: str) -> Timing:
    person = a_prospect(**{"country": "DE", "subdivision": "BE", **changes})
    return policy().timing(cadence or a_cadence(), person, "ana", "intro")


def scheduled(**changes: Any) -> Cadence:
    return a_cadence(schedule=replace(Schedule(a_window()), **changes))


def words(found: Timing, day: date) -> list[str]:
    return [told for off in found.off if (told := off.days.get(day)) is not None]


@pytest.mark.parametrize(
    ("zone_from", "timezone", "tz", "tz_from"),
    [
        (ZoneFrom.PROSPECT, "Europe/Berlin", BERLIN, ZoneFrom.PROSPECT),
        (ZoneFrom.PROSPECT, "", MADRID, ZoneFrom.MAILBOX),
        (ZoneFrom.PROSPECT, "Europe", MADRID, ZoneFrom.MAILBOX),  # a folder of zones
        (ZoneFrom.MAILBOX, "Europe/Berlin", MADRID, ZoneFrom.MAILBOX),
        (ZoneFrom.WORKSPACE, "Europe/Berlin", AUCKLAND, ZoneFrom.WORKSPACE),
    ],
)
def test_zone_chain(zone_from: ZoneFrom, timezone: str, tz: ZoneInfo, tz_from: ZoneFrom) -> None:
    """The first in the chain who has a zone gives it, and it is known who that was."""
    found = timing(scheduled(zone_from=zone_from), timezone=timezone)
    assert (found.tz, found.tz_from) == (tz, tz_from)


def test_end_of_the_chain() -> None:
    """A mailbox without a zone leaves it to the workspace; so does one that is gone."""
    person = a_prospect(timezone="")
    for name, mailbox in (("ana", replace(ANA, tz=None)), ("luis", ANA)):
        found = policy(mailbox).timing(a_cadence(), person, name)
        assert (found.tz, found.tz_from) == (AUCKLAND, ZoneFrom.WORKSPACE)


def test_holidays_of_both() -> None:
    """The prospect's holidays count on the prospect's dates, the mailbox's on the mailbox's."""
    found = timing()
    assert words(found, LABOUR_DAY) == ["Labour Day, DE", "Labour Day, ES"]
    assert [off.tz for off in found.off] == [BERLIN, MADRID]
    assert words(found, date(2027, 3, 8)) == ["Women's Day, DE-BE"]
    assert words(found, date(2027, 3, 19)) == ["Saint Joseph's Day, ES-MD"]


def test_whose_holidays() -> None:
    """A cadence may look at the holidays of one of them, or of nobody."""
    of_mailbox = timing(scheduled(holidays=(ZoneFrom.MAILBOX,)))
    assert words(of_mailbox, LABOUR_DAY) == ["Labour Day, ES"]
    assert of_mailbox.workdays.includes(LABOUR_DAY)
    assert words(timing(scheduled(holidays=())), LABOUR_DAY) == []


def test_no_country() -> None:
    """Whose country is not known has no holidays, and the usual weekend."""
    found = timing(country="", subdivision="")
    assert words(found, LABOUR_DAY) == ["Labour Day, ES"]
    assert found.workdays.weekend == {5, 6}


def test_skipped_dates() -> None:
    """A skipped date is a day off for everybody, and no business day."""
    found = timing(scheduled(skip_dates=frozenset({date(2026, 12, 24)})))
    assert words(found, date(2026, 12, 24)) == ["a skipped date"]
    assert not found.workdays.includes(date(2026, 12, 24))


def test_business_days_are_the_prospects() -> None:
    """They are counted in the prospect's zone and week, whoever's clock the window is read on."""
    found = timing(
        scheduled(zone_from=ZoneFrom.MAILBOX), timezone="Asia/Riyadh", country="SA", subdivision=""
    )
    assert found.tz == MADRID
    assert found.workdays.tz == ZoneInfo("Asia/Riyadh")
    assert found.workdays.includes(date(2026, 3, 8))  # a Sunday
    assert not found.workdays.includes(date(2026, 3, 6))  # a Friday
    assert found.workdays.includes(LABOUR_DAY - timedelta(days=1))


def test_mailbox_holidays_are_working_days() -> None:
    """A holiday of the rep keeps mails back, but the prospect's days are counted on."""
    found = timing()
    assert words(found, date(2026, 10, 12)) == ["National Day, ES"]
    assert found.workdays.includes(date(2026, 10, 12))


def test_window_of_the_step() -> None:
    """Each step has its own hours."""
    cadence = a_cadence(steps=(a_step(), a_step(id="bump", window=ALWAYS)))
    person = a_prospect()
    assert policy().timing(cadence, person, "ana", "bump").window == ALWAYS
    assert policy().timing(cadence, person, "ana", "intro").window == a_window()
    assert policy().timing(cadence, person, "ana").window == a_window()


def test_absence() -> None:
    """An absence keeps mails back on the dates of the mailbox, and moves no due time."""
    away = (Absence(date(2026, 5, 4), date(2026, 5, 14)),)
    found = policy(replace(ANA, away=away)).timing(a_cadence(), a_prospect(), "ana")
    [off] = found.away
    assert (off.tz, off.reason) == (MADRID, Reason.REP_AWAY)
    assert off.days.get(date(2026, 5, 4)) == "Ana is away until 14 May"
    assert off not in found.off
    assert off in found.with_absences().off
    assert found.with_absences().away == ()


def test_zone_words() -> None:
    """An explanation can say whose clock it reads."""
    assert timing().zone_words == "Europe/Berlin, the prospect's zone"
    assert NOON.astimezone(timing().tz).hour == 13


def test_own_keys() -> None:
    """The keys of our own addresses are known without asking every mailbox again."""
    luis = MailboxPolicy("luis", "Luis.Paz@GMail.com", "Luis")
    found = replace(policy(), mailboxes={"ana": ANA, "luis": luis})
    assert found.own_keys == {"ana@seller.example", "luispaz@gmail.com"}
