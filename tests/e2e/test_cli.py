"""The command line as a person uses it: what each command prints, and its exit code."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from sequencer.cli.main import cli
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.store import suppressions
from sequencer.store.database import Database

HEADINGS = "email,first_name,last_name,company,timezone,language\n"


class Done(NamedTuple):
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def sequencer(root: Path, *arguments: str) -> Done:
    """Run one command in a workspace; an exception that the command let through comes through."""
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def answer(root: Path, *arguments: str) -> Any:
    """The JSON that a command prints."""
    done = sequencer(root, *arguments, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace as `init` writes it, its cadence applied."""
    assert sequencer(tmp_path, "init").returncode == 0
    done = sequencer(tmp_path, "apply")
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.fixture
def enrolled(workspace: Path) -> Path:
    """The same with one person enrolled."""
    people = workspace / "people.csv"
    people.write_text(HEADINGS + "zoe@buyer.example,Zoe,Ferrer,Buyer,Europe/Madrid,\n")
    assert sequencer(workspace, "import", str(people)).returncode == 0
    done = sequencer(workspace, "enroll", "fintech-intro", "zoe@buyer.example")
    assert done.returncode == 0, done.stderr
    return workspace


def test_help_names_every_command(tmp_path: Path) -> None:
    """A new user finds all commands and where to begin."""
    done = sequencer(tmp_path, "--help")
    assert done.returncode == 0
    for name in ("demo", "init", "check", "apply", "import", "enroll", "run", "status", "log"):
        assert f"  {name} " in done.stdout
    assert "sequencer demo" in done.stdout


def test_as_a_process(tmp_path: Path) -> None:
    """The installed module runs, and a failure is no trace but an exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "sequencer", "--workspace", str(tmp_path), "status"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert "sequencer init" in done.stderr
    assert "Traceback" not in done.stderr


def test_misspelt_command(tmp_path: Path) -> None:
    """A misspelt command is a usage error that names the right one."""
    done = sequencer(tmp_path, "enrol")
    assert done.returncode == 2
    assert "enroll" in done.stderr


def test_init_leaves_files_alone(workspace: Path) -> None:
    """A second init changes nothing, and the secret is readable by its owner only."""
    secret = workspace / ".sequencer/secret.key"
    before = secret.read_text()
    done = sequencer(workspace, "init")
    assert done.returncode == 0
    assert "nothing was changed" in done.stdout
    assert secret.read_text() == before
    assert secret.stat().st_mode & 0o077 == 0


def test_outside_a_workspace(tmp_path: Path) -> None:
    """A folder without settings is invalid configuration, with a hint and no trace."""
    done = sequencer(tmp_path, "status")
    assert done.returncode == 3
    assert "sequencer init" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_names_the_place(workspace: Path) -> None:
    """An unknown key is reported with file, line, column, a caret and the key that was meant."""
    path = workspace / "config/cadences/intro.yaml"
    lines = path.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.strip().startswith("wait:"))
    lines[number - 1] = lines[number - 1].replace("wait:", "wiat:")
    path.write_text("\n".join(lines) + "\n")
    done = sequencer(workspace, "check")
    assert done.returncode == 3
    assert f"intro.yaml:{number}:" in done.stderr
    assert "^" in done.stderr
    assert "wait" in done.stderr.replace("wiat", "")


def test_apply_refuses_errors(workspace: Path) -> None:
    """With an error in any file nothing is applied."""
    template = workspace / "templates/fintech-intro/intro.md"
    template.write_text(template.read_text() + "\n{{ compnay }}\n")
    done = sequencer(workspace, "apply")
    assert done.returncode == 3
    assert "intro.md:" in done.stderr
    assert "company" in done.stderr
    assert "Nothing is planned or applied" in done.stderr


def test_apply_twice(workspace: Path) -> None:
    """Applying the same files again changes nothing."""
    applied = answer(workspace, "apply")
    assert {each["change"] for each in applied} == {"unchanged"}


def test_import_goes_on_after_bad_rows(workspace: Path) -> None:
    """Bad rows are listed and written to a file that can be corrected and imported again."""
    people = workspace / "people.csv"
    people.write_text(
        HEADINGS
        + "ana@buyer.example,Ana,,,,\n"
        + "not an address,Bob,,,,\n"
        + "ANA@buyer.example,Ana,,,,\n"
        + "eve@buyer.example,Eve,,,Mars/Olympus,\n"
        + "luz@buyer.example,Luz,,,,\n"
    )
    done = sequencer(workspace, "import", str(people))
    assert done.returncode == 5
    assert f"{people}:3: email_invalid" in done.stderr
    assert f"{people}:4: email_duplicate" in done.stderr
    assert f"{people}:5: timezone_unknown" in done.stderr
    assert "2 added" in done.stdout
    rejects = workspace / "people.rejects.csv"
    text = rejects.read_text(encoding="utf-8-sig")
    assert "Mars/Olympus" in text
    rejects.write_text(text.replace("Mars/Olympus", "Europe/Madrid"), encoding="utf-8")
    again = answer(workspace, "import", str(rejects))
    assert again["added"] == 1


def test_unknown_columns_are_named(workspace: Path) -> None:
    """A misspelt heading is kept as a column of its own, and that is said."""
    people = workspace / "people.csv"
    people.write_text("email,frist_name\nana@buyer.example,Ana\n")
    done = sequencer(workspace, "import", str(people))
    assert done.returncode == 0
    assert "frist_name" in done.stdout


def test_rejects_overwrite_nothing(workspace: Path) -> None:
    """Refused rows never replace the file they came from, nor one that was written before."""
    people = workspace / "people.csv"
    people.write_text(HEADINGS + "nobody\n")
    done = sequencer(workspace, "import", str(people), "--rejects", str(people))
    assert done.returncode == 2
    assert people.read_text() == HEADINGS + "nobody\n"
    for name in ("people.rejects.csv", "people.rejects-2.csv"):
        assert answer(workspace, "import", str(people))["rejects"] == str(workspace / name)


def test_import_of_another_encoding(workspace: Path) -> None:
    """A file in another encoding is refused as a whole, with the line and what to do."""
    people = workspace / "people.csv"
    people.write_bytes((HEADINGS + "zoe@buyer.example,Zoë,,,,\n").encode("latin-1"))
    done = sequencer(workspace, "import", str(people))
    assert done.returncode == 3
    assert "people.csv:2" in done.stderr
    assert "UTF-8" in done.stderr


def test_enroll_lists_refusals(enrolled: Path) -> None:
    """Each refused person is listed with a code; the others are enrolled."""
    people = enrolled / "more.csv"
    people.write_text(HEADINGS + "luz@buyer.example,Luz,,Buyer,,\n")
    assert sequencer(enrolled, "import", str(people)).returncode == 0
    assert sequencer(enrolled, "suppress", "add", "Luz@BUYER.example").returncode == 0
    listing = enrolled / "list.csv"
    listing.write_text("email\nzoe@buyer.example\nluz@buyer.example\nnobody@buyer.example\n")
    done = sequencer(enrolled, "enroll", "fintech-intro", "--file", str(listing))
    assert done.returncode == 1
    assert f"{listing}:2: zoe@buyer.example: already_in_this" in done.stderr
    assert f"{listing}:3: luz@buyer.example: suppressed_address" in done.stderr
    assert f"{listing}:4: nobody@buyer.example: unknown_prospect" in done.stderr
    assert (enrolled / "list.rejects.csv").exists()


def test_enroll_in_an_unknown_cadence(enrolled: Path) -> None:
    """An unknown cadence is a plain failure."""
    done = sequencer(enrolled, "enroll", "nothing", "zoe@buyer.example")
    assert done.returncode == 1
    assert "nothing" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_why(enrolled: Path) -> None:
    """Status counts the person; why names every gate, such as a mailbox that was never read."""
    found = answer(enrolled, "status")
    assert [(row["state"], row["number"]) for row in found["enrollments"]] == [("active", 1)]
    report = answer(enrolled, "why", "ZOE@buyer.example")
    codes = {each["code"] for each in report["enrollments"][0]["refusals"]}
    assert "sync_stale" in codes
    assert report["enrollments"][0]["next"]["step"] == "intro"


def test_log_and_stop(enrolled: Path) -> None:
    """Stopping ends the enrollment, cancels its mail, and the log tells it."""
    assert answer(enrolled, "stop", "zoe@buyer.example") == {
        "prospect": "zoe@buyer.example",
        "stopped": 1,
    }
    kinds = [entry["kind"] for entry in answer(enrolled, "log", "zoe@buyer.example")["entries"]]
    assert kinds == ["imported", "enrolled", "queued", "finished", "cancelled"]
    again = sequencer(enrolled, "stop", "zoe@buyer.example")
    assert again.returncode == 0
    assert "nothing was changed" in again.stdout


def test_pause_and_resume(enrolled: Path) -> None:
    """A pause keeps the rest of the wait and is told; to resume what runs changes nothing."""
    person = "zoe@buyer.example"
    assert answer(enrolled, "pause", person)["paused"] == 1
    report = answer(enrolled, "why", person)["enrollments"][0]
    assert (report["state"], report["reason"]) == ("paused", "manual")
    assert "paused:manual" in {each["code"] for each in report["refusals"]}
    assert answer(enrolled, "resume", person)["resumed"] == 1
    kinds = [entry["kind"] for entry in answer(enrolled, "log", person)["entries"]]
    assert kinds[-3:] == ["paused", "resumed", "postponed"]
    assert "nothing was changed" in sequencer(enrolled, "resume", person).stdout


def test_suppressing_a_domain(enrolled: Path) -> None:
    """A suppressed domain stops its people and stands in the list."""
    done = answer(enrolled, "suppress", "add", "@Buyer.Example")
    assert done[0]["stopped"] == 1
    listed = answer(enrolled, "suppress", "list")
    assert listed[0]["suppression"]["key"] == "buyer.example"


def test_lifting_what_ends_by_itself(enrolled: Path) -> None:
    """An entry with an end shows it and can be taken back; one that stands for good cannot."""
    flag = Suppression(
        SuppressionKind.DOMAIN,
        "buyer.example",
        SuppressionReason.DEAD_DOMAIN,
        datetime(2099, 3, 3, 12, tzinfo=UTC),
    )
    database = Database(f"sqlite:///{enrolled / '.sequencer/sequencer.db'}")
    with database.write() as connection:
        suppressions.add(connection, flag, "a test", datetime(2026, 3, 3, tzinfo=UTC))
    database.dispose()
    assert "2099-03-03 12:00" in sequencer(enrolled, "suppress", "list").stdout
    shown = sequencer(enrolled, "why", "zoe@buyer.example").stdout
    assert "[domain_dead: buyer.example until 2099-03-03 12:00 UTC]" in " ".join(shown.split())
    done = sequencer(enrolled, "suppress", "lift", "buyer.example")
    assert done.stdout == "buyer.example is off the list.\n"
    assert answer(enrolled, "suppress", "list") == []
    again = sequencer(enrolled, "suppress", "lift", "buyer.example")
    assert (again.returncode, "is not on the list" in again.stderr) == (2, True)
    sequencer(enrolled, "suppress", "add", "buyer.example")
    for_good = sequencer(enrolled, "suppress", "lift", "buyer.example")
    assert "for good" in for_good.stderr


def test_unknown_person(enrolled: Path) -> None:
    """Somebody nobody knows is a plain failure, with what to do."""
    for command in ("log", "why", "pause", "resume", "stop"):
        done = sequencer(enrolled, command, "who@buyer.example")
        assert done.returncode == 1
        assert "who@buyer.example" in done.stderr


def test_verify_of_a_quiet_workspace(enrolled: Path) -> None:
    """Where nothing was sent, nothing was broken."""
    found = answer(enrolled, "verify")
    assert found["sends"] == 0
    assert found["details"] == []


def test_passwords_do_not_belong_into_the_file(workspace: Path) -> None:
    """A password in the settings file is refused with a way out, and not printed."""
    path = workspace / "config/sequencer.yaml"
    text = path.read_text().replace("\nmailboxes:\n", "\nmailboxes:\n", 1)
    place = text.index("\n  ", text.index("\nmailboxes:")) + 1
    end = text.index("\n", place) + 1
    path.write_text(text[:end] + "    password: hunter2-canary\n" + text[end:])
    done = sequencer(workspace, "check")
    assert done.returncode == 3
    assert "SEQUENCER_MAILBOXES__" in done.stderr
    assert "hunter2-canary" not in done.stdout


def test_a_lost_key(enrolled: Path) -> None:
    """Without the key that signs opt-out links nothing runs, and what to do is said."""
    (enrolled / ".sequencer/secret.key").unlink()
    done = sequencer(enrolled, "status")
    assert done.returncode == 3
    assert "secret key" in done.stderr
    assert "sequencer init" in done.stderr
