from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sequencer.cli.reps_words import NO_WAYS, NOBODY, cells, decision_object, lines, remarks
from sequencer.domain.assignment import Choice, Decision
from sequencer.domain.rep import Rep
from sequencer.engine.reps import CalendarState, RepLine

MADRID = ZoneInfo("Europe/Madrid")
AT = datetime(2026, 10, 19, 6, tzinfo=UTC)
LINE = RepLine(
    name="marta",
    person="Marta Gil",
    address="marta@field.example",
    timezone="Europe/Madrid",
    takes_meetings=True,
    client="",
    territory="",
    weight=1,
    most_per_week=None,
    handed=3,
    ahead=2,
    last_at=None,
    off="",
    back_at=None,
    booking_url="",
    calendars=(),
)
MARTA = Rep("marta", "Marta Gil", "marta@field.example", MADRID)


def test_plain_row() -> None:
    """Whoever takes everything and was never asked is told so."""
    person = "Marta Gil <marta@field.example>"
    assert cells(LINE, MADRID) == [
        "marta",
        "everything",
        "3",
        "2",
        "never",
        "there",
        "none",
        person,
    ]


def test_full_row() -> None:
    """Weight, cap, client, absence and the hour on our clock are in their places."""
    full = replace(
        LINE,
        client="acme",
        territory="ES",
        weight=2,
        most_per_week=8,
        last_at=AT,
        off="Labour Day, ES\x1b",
    )
    row = cells(full, MADRID)[1:6]
    assert row == ["ES, for acme", "3/2", "2 of 8", "2026-10-19 08:00", "Labour Day, ES\ufffd"]
    assert cells(replace(full, takes_meetings=False), MADRID)[1] == "nothing"


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (CalendarState("rep marta", None, None, ""), "not read yet"),
        (CalendarState("rep marta", AT, None, ""), "read 2026-10-19 08:00"),
        (CalendarState("rep marta", AT, None, "odd\x07"), "read 2026-10-19 08:00: odd\ufffd"),
        (CalendarState("rep marta", AT, AT, "401"), "fails since 2026-10-19 08:00: 401"),
    ],
)
def test_calendar(calendar: CalendarState, words: str) -> None:
    """A calendar is told with when it was read, or since when it fails and why."""
    assert cells(replace(LINE, calendars=(calendar,)), MADRID)[6] == words


def test_remarks() -> None:
    """Below the table stands how reps are found, or that they are not."""
    assert list(remarks([], ["owner"])) == []
    assert list(remarks([LINE], ["owner", "marta"])) == [
        "",
        "Meetings are given by: owner, then marta.",
    ]
    assert list(remarks([LINE], [])) == ["", NO_WAYS]


def test_decision() -> None:
    """Who would get it comes first, and the others below with their reasons."""
    others = (("pau", "takes no meetings"),)
    found = Decision(Choice(MARTA, "marta: round robin", others), others)
    assert [f"{each.margin}{each.text}" for each in lines(found, has_ways=True)] == [
        "marta: round robin.",
        "    pau: takes no meetings",
    ]
    assert decision_object(found) == {
        "rep": "marta",
        "because": "marta: round robin",
        "passed_over": [{"rep": "pau", "why": "takes no meetings"}],
    }
    nobody = Decision(None, others)
    assert next(iter(lines(nobody, has_ways=True))).text == NOBODY
    assert decision_object(nobody)["rep"] is None
    assert [each.text for each in lines(nobody, has_ways=False)] == [NO_WAYS]
