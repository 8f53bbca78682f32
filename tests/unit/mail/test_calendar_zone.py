from datetime import UTC, datetime, timedelta

import pytest

from sequencer.mail.calendar_component import Component, read_components
from sequencer.mail.calendar_zone import Zones, offset_at, read_offset, zone_name, zones_of

MARCH = datetime(2027, 3, 5, 15, tzinfo=UTC).replace(tzinfo=None)
JULY = datetime(2027, 7, 5, 15, tzinfo=UTC).replace(tzinfo=None)
WINTER = (
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
)
SUMMER = (
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T020000",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
)


def zone(*lines: str, tzid: str = "Custom") -> Component:
    text = "\n".join(("BEGIN:VTIMEZONE", f"TZID:{tzid}", *lines, "END:VTIMEZONE"))
    return read_components(text.encode(), "").inside[0]


@pytest.mark.parametrize(
    ("tzid", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (' "Europe/Berlin" ', "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("/mozilla.org/20050126_1/America/New_York", "America/New_York"),
        ("/freeassociation.sourceforge.net/America/Indiana/Knox", "America/Indiana/Knox"),
        ("(UTC+01:00) Amsterdam, Berlin", ""),
        ("Customized Time Zone", ""),
        ("Europe", ""),
        ("localtime", ""),
        ("../../etc/passwd", ""),
        ("Europe/Berlin\x00", ""),
        ("/" * 500, ""),
        ("x" * 500, ""),
        ("", ""),
    ],
)
def test_names(tzid: str, name: str) -> None:
    """IANA names count, also behind a path, and the names that Windows has; nothing else does."""
    assert zone_name(tzid) == name


@pytest.mark.parametrize(
    ("value", "minutes"),
    [("+0100", 60), ("-05:30", -330), ("+1", 60), ("+053000", 330), ("+9900", None), ("", None)],
)
def test_offsets(value: str, minutes: int | None) -> None:
    """Distances from UTC are read; none is further than the earth has."""
    wanted = timedelta(minutes=minutes) if minutes is not None else None
    assert read_offset(value) == wanted


@pytest.mark.parametrize(("local", "hours"), [(MARCH, 1), (JULY, 2), (MARCH.replace(month=12), 1)])
def test_rules(local: datetime, hours: int) -> None:
    """A zone that only its sender knows is as it is described."""
    assert offset_at(zone(*WINTER, *SUMMER), local) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("lines", "hours"),
    [
        ((), None),
        (("BEGIN:STANDARD", "END:STANDARD"), None),
        (("BEGIN:STANDARD", "DTSTART:nonsense", "TZOFFSETTO:+0300", "END:STANDARD"), 3),
        (("BEGIN:STANDARD", "DTSTART:20300101", "TZOFFSETTO:+0300", "END:STANDARD"), 3),
        ((*WINTER[:-2], "RRULE:FREQ=SECONDLY;COUNT=99999999", "END:STANDARD"), 1),
        ((*WINTER[:-2], "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=99", "END:STANDARD"), 1),
        ((*WINTER, *SUMMER[:-2], "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=2", "END:DAYLIGHT"), 2),
        (
            (
                *WINTER,
                *SUMMER[:-2],
                "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=2;UNTIL=20200101T000000Z",
                "END:DAYLIGHT",
            ),
            1,
        ),
    ],
)
def test_broken_zones(lines: tuple[str, ...], hours: int | None) -> None:
    """What cannot be read of a description is left out; no rule is followed through the years."""
    wanted = timedelta(hours=hours) if hours is not None else None
    assert offset_at(zone(*lines), MARCH) == wanted


def test_instants() -> None:
    """The name of a zone decides, then its description, then the offset in its name."""
    described = {"Custom": zone(*WINTER), "(UTC+01:00) Paris": zone("BEGIN:STANDARD")}
    zones = Zones(described)
    assert zones.utc(MARCH, "Europe/Berlin") == datetime(2027, 3, 5, 14, tzinfo=UTC)
    assert zones.utc(MARCH, "Custom") == datetime(2027, 3, 5, 14, tzinfo=UTC)
    assert zones.utc(MARCH, "(UTC+01:00) Paris") == datetime(2027, 3, 5, 14, tzinfo=UTC)
    assert zones.utc(MARCH, "somewhere") is None
    assert zones.utc(MARCH, "UTC+99") is None
    assert zones.utc(MARCH, "") is None


def test_what_an_object_says() -> None:
    """A calendar has a zone for times without one, and its own names for others."""
    text = (
        "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Europe/Madrid\nBEGIN:VTIMEZONE\nTZID:Office\n"
        "X-LIC-LOCATION:Europe/Rome\nEND:VTIMEZONE\nEND:VCALENDAR"
    )
    zones = zones_of(read_components(text.encode(), "").inside[0])
    assert (zones.name("Office"), zones.name(""), zones.name("?")) == (
        "Europe/Rome",
        "Europe/Madrid",
        "",
    )
    assert zones.utc(MARCH, "") == datetime(2027, 3, 5, 14, tzinfo=UTC)
