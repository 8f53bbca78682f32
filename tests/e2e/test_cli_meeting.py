"""Meetings at the command line: list, show, book, move, cancel, outcomes, credit, undo."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from sequencer.bootstrap import open_workspace
from sequencer.cli.main import cli
from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.engine.bookings import take_in

ZOE, ADA = "zoe@bank.example", "ada@mill.example"
MADRID = ZoneInfo("Europe/Madrid")
DAY = timedelta(days=1)


def sequencer(root: Path, *arguments: str) -> Result:
    """Run one command in a workspace."""
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(root: Path, *arguments: str) -> str:
    result = sequencer(root, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def answer(root: Path, *arguments: str) -> Any:
    """The JSON that a command prints."""
    return json.loads(done(root, *arguments, "--json"))


def refused(root: Path, *arguments: str) -> str:
    """What a command says that fails."""
    result = sequencer(root, *arguments)
    assert result.exit_code in {1, 2}, result.output
    return result.stderr


def in_days(days: float) -> datetime:
    """Ten o'clock in Madrid, so many days ahead."""
    day = datetime.now(MADRID) + timedelta(days=days)
    return day.replace(hour=10, minute=0, second=0, microsecond=0)


def at(days: float) -> str:
    return f"{in_days(days):%Y-%m-%d %H:%M}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with two people in a cadence, one of them in New York."""
    people = tmp_path / "people.csv"
    rows = [f"{ZOE},Zoe,Ferrer,Bank,America/New_York", f"{ADA},Ada,Mill,Mill,Europe/Madrid"]
    people.write_text("\n".join(["email,first_name,last_name,company,timezone", *rows, ""]))
    for command in (
        ("init",),
        ("apply",),
        ("import", str(people)),
        ("enroll", "fintech-intro", ZOE, ADA),
    ):
        done(tmp_path, *command)
    return tmp_path


def tell(root: Path, event: BookingEvent) -> None:
    """A booking tool tells something."""
    workspace = open_workspace(root, {})
    with workspace.database.write() as connection:
        take_in(connection, workspace.desk, event, workspace.clock.now())
    workspace.close()


BOOKED = BookingEvent(BookingKind.BOOKED, "calcom", "d1", "c1", verified=True)


def test_nothing_yet(root: Path) -> None:
    """An empty list says so, and how a meeting is booked."""
    assert "There is no meeting ahead." in done(root, "meeting", "list")
    assert "sequencer meeting book PROSPECT" in done(root, "meeting", "list")
    assert "There is no meeting yet." in done(root, "meeting", "list", "--past")
    assert f"no meeting of {ZOE}" in done(root, "meeting", "list", "--prospect", ZOE)
    assert answer(root, "meeting", "list") == []


def test_a_visit(root: Path) -> None:
    """A visit is booked, listed and shown, with its time in both zones."""
    said = done(
        root, "meeting", "book", ZOE, "--at", at(8), "--for", "1h30m", "--place", "Gran Via"
    )
    own, theirs = in_days(8), in_days(8).astimezone(ZoneInfo("America/New_York"))
    assert f"{theirs:%H:%M} New York time, {own:%H:%M} Madrid time: booked." in said
    assert "Zoe Ferrer" in done(root, "meeting", "list")
    page = done(root, "meeting", "show", "1")
    assert "90 minutes" in page
    assert "Gran Via" in page
    assert "sequencer meeting held" not in page
    [listed] = answer(root, "meeting", "list")
    assert listed["prospect"] == ZOE
    assert datetime.fromisoformat(listed["starts_at"]) == own.astimezone(UTC)
    assert listed["cadence"] == "fintech-intro"
    assert f"Meeting 1, {theirs:%a}" in done(root, "why", ZOE)
    assert answer(root, "why", ZOE)["meetings"][0]["number"] == 1
    assert "booked by hand" in done(root, "log", ZOE)


def test_a_zone_of_its_own(root: Path) -> None:
    """A time is read in the zone that is named with it."""
    found = answer(
        root, "meeting", "book", ZOE, "--at", at(8), "--tz", "America/New_York", "--by", "ana"
    )
    local = datetime.fromisoformat(found["starts_at"]).astimezone(ZoneInfo("America/New_York"))
    assert f"{local:%Y-%m-%d %H:%M}" == at(8)
    assert "by ana" in done(root, "meeting", "show", "1")


def test_moved_and_cancelled(root: Path) -> None:
    """What is moved and called off is told each time, and stays in the list of what is past."""
    done(root, "meeting", "book", ZOE, "--at", at(8))
    assert f"{in_days(9):%H:%M} Madrid time: booked" in done(
        root, "meeting", "move", "1", "--at", at(9)
    )
    said = done(root, "meeting", "cancel", "1", "--by", "invitee", "--because", "travel")
    assert "cancelled by them" in said
    assert "cancelled by them" in done(root, "meeting", "list", "--past")
    assert "travel" in done(root, "meeting", "show", "1")
    assert "There is no meeting ahead" in done(root, "meeting", "list")


def test_moved_by_booking_again(root: Path) -> None:
    """The page of a meeting that was cancelled leads to the one that was booked in its place."""
    done(root, "meeting", "book", ZOE, "--at", at(8))
    done(root, "meeting", "cancel", "1", "--by", "invitee")
    done(root, "meeting", "book", ZOE, "--at", at(9))
    assert "Next: sequencer meeting show 2" in done(root, "meeting", "show", "1")
    page = answer(root, "meeting", "show", "2")
    assert page["instead_of"] == [1]
    assert [each["kind"] for each in page["told"]] == ["booked"]


def test_how_it_went(root: Path) -> None:
    """A meeting that has begun was held, or nobody came, or they came after all."""
    past = datetime.now(UTC) - DAY
    tell(root, replace(BOOKED, email=ZOE, starts_at=past, occurred_at=past - DAY))
    assert "nobody came" in done(root, "meeting", "no-show", "1")
    assert "booked" in done(root, "meeting", "came", "1")
    assert answer(root, "meeting", "held", "1")["state"] == "held"
    assert answer(root, "meeting", "undo", "1")["said"] == "held"


def test_confirmed(root: Path) -> None:
    """A meeting that only a mail tells of waits to be confirmed."""
    mail = replace(BOOKED, source="calendar", verified=False, email=ZOE, starts_at=in_days(3))
    tell(root, mail)
    page = done(root, "meeting", "show", "1")
    assert "booked, not confirmed" in page
    assert "sequencer meeting confirm 1" in page
    assert "not confirmed" not in done(root, "meeting", "confirm", "1")


def test_credited(root: Path) -> None:
    """A meeting of nobody that we know is given to somebody, with the address."""
    tell(root, replace(BOOKED, email="zoe@home.example", starts_at=in_days(3)))
    page = done(root, "meeting", "show", "1")
    assert "nobody that we know" in page
    assert "sequencer meeting credit 1" in page
    assert ZOE in done(root, "meeting", "credit", "1", ZOE)
    page = done(root, "meeting", "show", "1")
    assert "fintech-intro, by person" in page
    assert "zoe@home.example" in page


def test_taken_back(root: Path) -> None:
    """A booking by mistake is taken back, and what it had ended goes on."""
    done(root, "meeting", "book", ZOE, "--at", at(8))
    said = done(root, "meeting", "undo", "1")
    assert "booked is taken back" in said
    assert "fintech-intro goes on." in said
    assert "it was noted by mistake" in done(root, "meeting", "show", "1")
    assert answer(root, "meeting", "list") == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("show", "9"), "There is no meeting 9."),
        (("held", "9"), "There is no meeting 9."),
        (("undo", "9"), "There is no meeting 9."),
        (("credit", "9", ZOE), "There is no meeting 9."),
        (("list", "--prospect", "who@x.example"), "Nobody has the address who@x.example"),
        (("book", "who@x.example", "--at", "2100-01-01"), "Nobody has the address"),
        (("book", ZOE, "--at", "2020-01-01 10:00"), "is past"),
        (("book", ZOE, "--at", "tomorrow"), "write a date as"),
        (("book", ZOE, "--at", "2100-01-01 10:00"), "more than two years"),
        (("book", ZOE, "--at", "2100-01-01", "--for", "soon"), "write 30m, 1h or 1h30m"),
        (("book", ZOE, "--at", "2100-01-01", "--for", "0m"), "write 30m, 1h or 1h30m"),
        (("book", ZOE, "--at", "2100-01-01", "--tz", "Madrid"), "Europe/Madrid"),
        (("book", ZOE, "--at", "2100-01-01", "--link", "ftp://x"), "begins with https://"),
        (("book", ZOE, "--at", "2100-01-01", "--note", "a\x1b[31m"), "plain text"),
        (("book", ZOE, "--at", "2100-01-01", "--note", "x" * 3_000), "2000 characters"),
        (("cancel", "1", "--by", "nobody"), "'host', 'invitee'"),
        (("list", "--past", "--prospect", ZOE), "either --past or --prospect"),
    ],
)
def test_what_cannot_be(root: Path, arguments: tuple[str, ...], why: str) -> None:
    """What cannot be done is said plainly, with what to write instead."""
    assert why in refused(root, "meeting", *arguments)


def test_hostile_words(root: Path) -> None:
    """What came from outside steers no terminal."""
    tell(
        root,
        replace(
            BOOKED, email=ZOE, starts_at=in_days(3), title="\x1b[31mred", tz="../../etc/passwd"
        ),
    )
    for page in (done(root, "meeting", "show", "1"), done(root, "meeting", "list")):
        assert "\x1b" not in page
        assert "red" in page
