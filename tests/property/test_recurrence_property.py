from datetime import UTC, date, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sequencer.domain.recurrence import dates, rule_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
days = st.dates(date(2018, 1, 1), date(2026, 12, 31))
numbers = st.integers(-5, 5).filter(bool)


def listed(values: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(
        lambda found: ",".join(map(str, found))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A rule as calendars write them."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    with_number = st.tuples(numbers, st.sampled_from(DAYS)).map(lambda pair: f"{pair[0]}{pair[1]}")
    weekday = st.sampled_from(DAYS)
    if draw(st.booleans()):
        numbered = frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans())
        parts.append(f"BYDAY={draw(listed(with_number if numbered else weekday))}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(listed(st.integers(1, 12)))}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(listed(st.integers(-31, 31).filter(bool)))}")
    if draw(st.integers(0, 3)) == 0 and any(each.startswith("BY") for each in parts):
        parts.append(f"BYSETPOS={draw(listed(numbers))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(weekday)}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 400))}")
    return ";".join(parts)


@settings(max_examples=settings().max_examples // 2)  # the library is slow where no date comes
@given(rules(), days, st.integers(-400, 3_000), st.integers(0, 400))
def test_the_dates_are_those_of_another_reading(
    text: str, first: date, ahead: int, length: int
) -> None:
    """Whatever the rule, it names the same dates as a library that reads all of RFC 5545."""
    assume("DAILY" not in text or "BYSETPOS" not in text)  # of one date it chooses nothing
    since = first + timedelta(days=ahead)
    until = since + timedelta(days=length)
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    # Without an end the library would go on for ever; it does not like a count beside one.
    whole, _, number = text.partition(";COUNT=")
    rule = rrulestr(f"{whole};UNTIL={until:%Y%m%d}T000000Z", dtstart=midnight)
    every = islice(rule, int(number) if number else None)
    expected = [at.date() for at in every if at.date() >= since]
    assert list(dates(rule_of(text), first, since, until)) == expected


@given(st.text(max_size=80))
def test_whatever_stands_there(text: str) -> None:
    """Any text is a rule or a ValueError."""
    for written in (text, f"FREQ=DAILY;{text}", f"FREQ=MONTHLY;BYDAY={text}"):
        try:
            rule = rule_of(written)
        except ValueError:
            continue
        list(dates(rule, date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 1)))
