from datetime import date

import pytest
from foreign_mails import RULES

from sequencer.mail.date_words import words_of, written_dates

SENT_ON = date(2027, 2, 20)
THIRD = date(2027, 3, 3)


def dates(text: str, sent_on: date = SENT_ON) -> list[date]:
    return [
        day for one in written_dates(words_of(text), RULES.months) for day in one.dates(sent_on)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "3 March",
        "3 Mar 2027",
        "3. März 2027",
        "3. Maerz",
        "3rd March",
        "3rd of March, 2027",
        "March 3",
        "March 3rd",
        "Mar. 3, 2027",
        "March the 3rd",
        "3 mars",
        "3 de marzo",
        "3 de marzo de 2027",
        "3 de março",
        "3º de março",
        "3 marzo 2027",
        "3 maart",
        "3 mrt. 2027",
        "2027-03-03",
        "2027/03/03",
        "03.03.2027",
        "3.3.27",
        "03.03.",
        "3.3.",
        "03/03/27",
        "03/03",
        "03/03/207",
        "3-3-2027",
    ],
)
def test_formats(text: str) -> None:
    """Every way to write the third of March is read."""
    assert dates(text) == [THIRD]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1er mars", [date(2027, 3, 1)]),
        ("July 10-31", [date(2027, 7, 31)]),
        ("03/04/2027", [date(2027, 4, 3), date(2027, 3, 4)]),
        ("25/03", [date(2027, 3, 25)]),
        ("03/25", [date(2027, 3, 25)]),
        ("1 February", [date(2028, 2, 1)]),
        ("20 February", [SENT_ON]),
        ("29 February", [date(2028, 2, 29)]),
        ("3 March 2026", [date(2026, 3, 3)]),
        ("3 March and 5 April", [THIRD, date(2027, 4, 5)]),
    ],
)
def test_readings(text: str, expected: list[date]) -> None:
    """A date without a year is the next one; two readings stay two."""
    assert dates(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31 February 2027",
        "30.2.2027",
        "32 March",
        "March 0",
        "March madness",
        "3 bottles",
        "3-3",
        "24/7",
        "10.30",
        "2027-13-45",
        "2027-03",
        "123/4/2027",
        "1/123",
        "+49 30 1234567",
        "3",
        "March",
        "2027",
    ],
)
def test_no_dates(text: str) -> None:
    """Days that no calendar has, hours and other numbers are no dates."""
    assert dates(text) == []


def test_feast_of_a_leap_year() -> None:
    """A day that neither this year nor the next one has is no date."""
    assert dates("29 February", date(2025, 3, 1)) == []


def test_month_names() -> None:
    """Twelve months and seven weekdays."""
    assert set(RULES.months.values()) == set(range(1, 13))
    assert set(RULES.weekdays.values()) == set(range(1, 8))


@pytest.mark.parametrize("text", ["2027年3月3日", "3月3日(水)", "３月３日"])
def test_japanese(text: str) -> None:
    """Signs behind the numbers tell what they are, wide figures too."""
    assert dates(text) == [THIRD]


def test_letters_in_two() -> None:
    """A letter whose accent is a character of its own is that letter."""
    assert dates("3. Ma\u0308rz 2027") == [THIRD]


def test_words() -> None:
    """An empty line is a word, since a sentence ends there."""
    assert words_of("Zurück am\n\n3. März") == ("zuruck", "am", "\n\n", "3", ".", "marz")
