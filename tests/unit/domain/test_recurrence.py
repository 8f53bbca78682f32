from datetime import date

import pytest

from sequencer.domain.recurrence import MOST_PERIODS, Patience, dates, rule_of

FIRST, LAST = date(2026, 3, 2), date(2026, 4, 30)


def days(text: str, first: date = FIRST, since: date = FIRST, until: date = LAST) -> list[str]:
    return [f"{each:%m-%d}" for each in dates(rule_of(text), first, since, until)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["03-02", "03-03", "03-04"]),
        ("FREQ=DAILY;INTERVAL=30", ["03-02", "04-01"]),
        ("freq=weekly;byday=mo,we;count=3", ["03-02", "03-04", "03-09"]),
        ("FREQ=WEEKLY;INTERVAL=4", ["03-02", "03-30", "04-27"]),
        ("FREQ=MONTHLY", ["03-02", "04-02"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["03-27", "04-24"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["03-31", "04-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["03-31"]),
        ("FREQ=YEARLY;BYMONTH=4;BYDAY=1SU", ["04-05"]),
        ("FREQ=YEARLY;BYDAY=10MO", ["03-09"]),
        ("FREQ=YEARLY", ["03-02"]),
        ("FREQ=DAILY;BYMONTH=4;BYMONTHDAY=30;UNTIL=20991231", ["04-30"]),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    """What people's calendars write, as they mean it."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=YEARLY;BYWEEKNO=1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999999",
        "FREQ=DAILY;COUNT=many",
        "FREQ=DAILY;BYDAY=XX",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "RSCALE=CHINESE;FREQ=YEARLY",
    ],
)
def test_rules_that_are_not_understood(text: str) -> None:
    """A rule that is none, or that no person plans by."""
    with pytest.raises(ValueError, match=r"is|has|repeats|no"):
        rule_of(text)


@pytest.mark.parametrize(
    "text",
    ["FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"],
)
def test_a_rule_that_matches_nothing_ends(text: str) -> None:
    """Looked for up to the end that was asked for, or as many times as there is patience for."""
    assert days(text, until=date(9999, 12, 31)) == []


def test_the_end_of_time() -> None:
    """A rule that runs into it stops there."""
    last = date(9999, 12, 31)
    assert len(days("FREQ=DAILY", date(9999, 12, 30), date(9999, 12, 30), last)) == 2
    assert days("FREQ=WEEKLY;BYDAY=SU", date(9999, 12, 27), date(9999, 12, 27), last) == []
    assert days("FREQ=YEARLY;INTERVAL=9999", last, last, last) == ["12-31"]


def test_patience_ends() -> None:
    """All rules of a calendar share it: once it is used up, nothing more is found."""
    patience, rule = Patience(10), rule_of("FREQ=DAILY;COUNT=8")
    assert len(list(dates(rule, FIRST, FIRST, LAST, patience))) == 8
    assert len(list(dates(rule, FIRST, FIRST, LAST, patience))) < 8
    assert patience.left < 0


def test_to_count_from_long_ago_has_a_bound() -> None:
    """A rule with a count that began a thousand years ago is counted no further than that."""
    began = date(1000, 1, 1)
    assert days("FREQ=DAILY;COUNT=999999", began) == []
    assert days("FREQ=DAILY", began)[0] == "03-02"
    assert (FIRST - began).days > MOST_PERIODS
