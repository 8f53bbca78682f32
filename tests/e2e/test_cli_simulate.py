"""`sequencer simulate` on the command line: sentences, JSON, a page, a calendar."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner
from golden_text import golden

from sequencer.cli.main import cli

CADENCE = "fintech-intro"
FROM = ("--from", "2026-12-01", "--alone")


def sequencer(root: Path, *arguments: str, code: int = 0) -> str:
    """What a command prints; it has to end with that code."""
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example workspace, nothing applied."""
    root = tmp_path_factory.mktemp("workspace")
    sequencer(root, "init")
    return root


def simulate(root: Path, *arguments: str, code: int = 0) -> str:
    people = str(root / "config/prospects.csv")
    return sequencer(root, "simulate", CADENCE, "--prospects", people, *arguments, code=code)


def as_object(root: Path, *arguments: str) -> Any:
    return json.loads(simulate(root, *arguments, "--json"))


def test_the_shipped_cadence(workspace: Path) -> None:
    """The answer for the people of the example list is what somebody has read and found right."""
    golden("simulate_shipped.txt", simulate(workspace, *FROM))


def test_the_same_each_time(workspace: Path) -> None:
    """The same files, seed and day give the same bytes, with chance in them too."""
    chances = ("--response-rates", "replies=20%,ooo=10%,bounces=10%,meetings=10%,opt-outs=5%")
    first = simulate(workspace, *FROM, *chances, "--json")
    assert simulate(workspace, *FROM, *chances, "--json") == first
    assert simulate(workspace, *FROM, *chances, "--seed", "2", "--json") != first


def test_one_object(workspace: Path) -> None:
    """From now on, as a newcomer calls it first: one JSON object, every touch in it."""
    found = as_object(workspace, "--days", "60", "--seed", "1")
    assert found["enrolled"] > 0
    assert found["answer"][0].startswith(f"{found['enrolled']} enrolled")
    new = [touch for touch in found["touches"] if touch["is_new"]]
    assert {touch["kind"] for touch in new} >= {"mail"}
    assert found["last_touch_at"] == max(touch["at"] for touch in new)


def test_more_mailboxes(workspace: Path) -> None:
    """One mailbox more is compared: it gets mails, and ends no later."""
    found = as_object(workspace, *FROM, "--add-mailbox", "vera")
    added = found["with_added"]
    assert added["mailboxes"] == ["vera"]
    assert {touch["by"] for touch in added["touches"]} >= {"vera"}
    assert "with vera added" in found["answer"][-1]


def test_a_page(workspace: Path, tmp_path: Path) -> None:
    """The page has a chart for each mailbox, and asks nobody for anything."""
    target = tmp_path / "forecast.html"
    assert f"Written to {target}." in simulate(workspace, *FROM, "--html", str(target))
    page = target.read_text("utf-8")
    assert page.count("<svg ") == 2
    assert 'class="cap"' in page
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)\s*=|url\(|@import", page)


def test_a_calendar(workspace: Path, tmp_path: Path) -> None:
    """The touches of a mailbox or rep on a day are one event, and others can read the file."""
    target = tmp_path / "forecast.ics"
    found = as_object(workspace, *FROM, "--ics", str(target))
    raw = target.read_bytes()
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    events = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    days = {(touch["by"], touch["kind"] == "mail", touch["on"]) for touch in found["touches"]}
    assert len(events) == len(days)
    assert {event.decoded("DTSTART") for event in events} == {
        date.fromisoformat(on) for *_, on in days
    }
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_what_runs_is_only_read(tmp_path: Path) -> None:
    """With a database the people in it count, and it stays as it was, to the byte."""
    sequencer(tmp_path, "init")
    people = str(tmp_path / "config/prospects.csv")
    sequencer(tmp_path, "apply", "--yes")
    sequencer(tmp_path, "import", people)
    sequencer(tmp_path, "enroll", CADENCE, "--file", people, code=5)
    [path] = tmp_path.rglob("*.db")
    before = path.read_bytes()
    found = as_object(tmp_path, "--limit", "3")
    assert path.read_bytes() == before
    assert found["live"] is True
    assert {refused["code"] for refused in found["refused"]} >= {"already_in_this"}
    assert [touch for touch in found["touches"] if not touch["is_new"]]
    assert as_object(tmp_path, "--alone")["live"] is False


def test_nobody_comes_in(workspace: Path, tmp_path: Path) -> None:
    """Where the gate refuses everybody that is the answer, with the reasons."""
    people = tmp_path / "people.csv"
    people.write_text("email,first_name,stage\nzoe@buyer.example,Zoe,customer\nnonsense,Kim,\n")
    told = sequencer(workspace, "simulate", CADENCE, "--prospects", str(people), *FROM)
    assert told.startswith("Nobody enrolled in fintech-intro (2 refused: ")
    assert "So nothing would happen." in told
    assert "zoe@buyer.example" in told
    assert "line 3" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--response-rates", "laughs=4%"), "none of"),
        (("--response-rates", "replies=60%,ooo=60%"), "more than 100%"),
        (("--tasks", "many"), "40-a-day"),
        (("--days", "0"), "--days"),
        (("--add-mailbox", "a b"), "no name of a mailbox"),
    ],
)
def test_wrong_options(workspace: Path, arguments: tuple[str, ...], said: str) -> None:
    """An option that cannot be understood is named."""
    assert said in simulate(workspace, *FROM, *arguments, code=2)


def test_no_such_cadence(workspace: Path) -> None:
    """A cadence that no file has is an error that names the nearest."""
    people = str(workspace / "config/prospects.csv")
    told = sequencer(workspace, "simulate", "fintech-intr", "--prospects", people, code=1)
    assert "There is no cadence fintech-intr" in told
    assert CADENCE in told


def test_files_that_are_wrong(tmp_path: Path) -> None:
    """What check calls an error is one here, and nothing is foreseen."""
    sequencer(tmp_path, "init")
    path = next((tmp_path / "config/cadences").glob("intro.yaml"))
    path.write_text(path.read_text().replace("email: bump.md", "email: gone.md"))
    assert "gone.md" in simulate(tmp_path, *FROM, code=3)


def a_long_list(root: Path, path: Path) -> None:
    """Sixty people of some countries for two mailboxes that may send ten mails a day each."""
    settings = root / "config/sequencer.yaml"
    settings.write_text(re.sub(r"per_day: \d+", "per_day: 10", settings.read_text()))
    places = (
        ("Europe/Madrid", "ES"),
        ("Europe/Berlin", "DE"),
        ("America/New_York", "US"),
        ("America/Mexico_City", "MX"),
    )
    lines = ["email,first_name,company,timezone,country,consent"]
    for number in range(60):
        zone, country = places[number % len(places)]
        consent = "2026-09-15 trade fair" if number % 12 else ""
        lines.append(f"p{number}@firm{number}.example,Kim,Firm {number},{zone},{country},{consent}")
    path.write_text("\n".join(lines) + "\n")


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    """The page that explains a forecast shows what the command prints."""
    sequencer(tmp_path, "init")
    people = tmp_path / "people.csv"
    a_long_list(tmp_path, people)
    options = ("--prospects", str(people), "--add-mailbox", "vera", *FROM)
    told = sequencer(tmp_path, "simulate", CADENCE, *options)
    golden("simulate_at_cap.txt", told)
    page = Path(__file__).parents[2] / "docs/how-to/foresee-a-cadence.md"
    shown = "".join(f"    {line}\n" if line else "\n" for line in told.splitlines())
    assert shown in page.read_text("utf-8")
