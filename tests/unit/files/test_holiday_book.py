from dataclasses import asdict
from datetime import date

import pytest

from sequencer.files.holiday_book import PublicHolidays, subdivision_of


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "words"),
    [
        ("ES", "", date(2027, 10, 12), "National Day, ES"),
        ("ES", "MD", date(2027, 10, 12), "National Day, ES"),
        ("ES", "MD", date(2027, 3, 19), "Saint Joseph's Day, ES-MD"),
        ("DE", "BE", date(2027, 3, 8), "Women's Day, DE-BE"),
        ("DE", "BY", date(2027, 3, 8), None),
        ("ES", "", date(2027, 5, 1), "Labour Day, ES"),
        ("US", "", date(2027, 9, 6), "Labor Day, US"),
        ("DE", "", date(2027, 3, 2), None),
    ],
)
def test_named(country: str, subdivision: str, day: date, words: str | None) -> None:
    """A holiday is told in English with its place, the part only where it is the part's own."""
    assert PublicHolidays(country, subdivision).get(day) == words


@pytest.mark.parametrize(
    ("country", "day", "words"),
    [
        ("GB", date(2027, 12, 27), "Christmas Day, GB, moved from Saturday"),
        ("GB", date(2027, 12, 28), "Boxing Day, GB, moved from Sunday"),
        ("GB", date(2028, 1, 3), "New Year's Day, GB, moved from Saturday"),
        ("US", date(2027, 12, 31), "New Year's Day, US, moved from Saturday"),
        ("HU", date(2026, 8, 21), "Day off, HU, moved from Saturday"),
        ("SA", date(2027, 3, 14), "Eid al-Fitr Holiday, SA, moved from Friday"),
        ("CN", date(2027, 5, 4), "Labour Day, CN, moved from the weekend"),
        ("SA", date(2027, 5, 19), "Eid al-Adha Holiday, SA, moved"),
    ],
)
def test_moved(country: str, day: date, words: str) -> None:
    """Where a holiday is kept on another day it says which one, as far as that is plain."""
    assert PublicHolidays(country).get(day) == words


def test_half_days_are_worked() -> None:
    """The afternoon before New Year is free in some places: the library knows it, we work."""
    assert PublicHolidays("AU", "SA").get(date(2027, 12, 24)) is None


@pytest.mark.parametrize(("country", "subdivision"), [("", ""), ("QQ", ""), ("QQ", "X")])
def test_unknown_country(country: str, subdivision: str) -> None:
    """A country that nobody knows has no holidays, and the usual weekend."""
    nowhere = PublicHolidays(country, subdivision)
    assert nowhere.get(date(2027, 12, 25)) is None
    assert nowhere.weekend == {5, 6}


def test_unknown_subdivision() -> None:
    """A part that the library does not know any more has the holidays of its country."""
    assert PublicHolidays("ES", "XX").get(date(2027, 10, 12)) == "National Day, ES"


def test_weekend() -> None:
    """The week ends on other days elsewhere."""
    assert PublicHolidays("DE").weekend == {5, 6}
    assert PublicHolidays("SA").weekend == {4, 5}
    assert PublicHolidays("HK").weekend == {6}


@pytest.mark.parametrize(
    ("country", "text", "code"),
    [
        ("ES", "MD", "MD"),
        ("ES", " md ", "MD"),
        ("ES", "ES-MD", "MD"),
        ("ES", "Madrid", "MD"),
        ("DE", "augsburg", "Augsburg"),
    ],
)
def test_subdivision(country: str, text: str, code: str) -> None:
    """A part is known by its code, with or without the country, and often by its name."""
    assert subdivision_of(country, text) == code


@pytest.mark.parametrize(
    ("country", "text", "said"),
    [
        ("DE", "BW1", "did you mean `BW`?"),
        ("DE", "42", "one of Augsburg, BB"),
        ("AQ", "1", "no subdivisions with holidays"),
        ("QQ", "1", "no holidays are known for the country QQ"),
    ],
)
def test_no_subdivision(country: str, text: str, said: str) -> None:
    """What a country does not have is told with what it has."""
    with pytest.raises(ValueError, match=r"subdivision|no holidays") as caught:
        subdivision_of(country, text)
    assert said in str(caught.value)


def test_place() -> None:
    """A place is written as in ISO 3166; of a part that is not known the country is left."""
    assert PublicHolidays("ES").place == "ES"
    assert PublicHolidays("ES", "MD").place == "ES-MD"
    assert PublicHolidays("ES", "XX").place == "ES"
    assert PublicHolidays("QQ", "X").place == PublicHolidays("").place == ""


def test_value_is_plain() -> None:
    """A book holds nothing but the name of its place, so it can be sent to another process."""
    book = PublicHolidays("ES", "MD")
    assert book.get(date(2027, 10, 12))
    assert asdict(book) == {"country": "ES", "subdivision": "MD"}
