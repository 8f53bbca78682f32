"""`sequencer demo` as a person or a script calls it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REASONS = {"replied", "opted_out", "bounced", "meeting_booked", "disposition", "completed"}
VIOLATIONS = ("doubles", "after_stop", "to_suppressed", "outside_window", "unexplained")


def sequencer(*arguments: str) -> str:
    """What a command printed; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sequencer", *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout[-2_000:]
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A run whose workspace was kept, and its figures."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    return folder, json.loads(sequencer("demo", "--fast", "--json", "--keep", str(folder)))


def test_figures(kept: tuple[Path, dict[str, Any]]) -> None:
    """Everybody is enrolled, one of them twice; all came to its end, and the record agrees."""
    _, found = kept
    assert found["enrolled"] == 25 + 1  # who missed a meeting is written to about another time
    assert set(found["finished"]) == REASONS
    assert sum(found["finished"].values()) + sum(found["paused"].values()) == 26
    assert found["verify"]["sends"] == found["sent"] > 50
    assert [found["verify"][name] for name in VIOLATIONS] == [0] * 5
    assert 12 <= found["virtual_days"] <= 25
    assert found["seconds"] < 90


def test_meetings(kept: tuple[Path, dict[str, Any]]) -> None:
    """There is one of each: held, moved, accepted by calendar, cancelled, missed; handed over."""
    folder, found = kept
    assert found["meetings"] == {"held": 3, "cancelled": 1, "no_show": 1}
    here = ("--workspace", str(folder))
    handovers = json.loads(sequencer(*here, "handover", "list", "--json"))
    assert found["handovers"] == len(handovers) > 5
    assert {each["state"] for each in handovers} == {"accepted", "refused", "withdrawn"}
    past = json.loads(sequencer(*here, "meeting", "list", "--past", "--json"))
    told = {each["prospect"].partition("@")[0]: each for each in past}
    assert told["miriam.falk"]["source"] == "calendar"
    assert told["elena.vance"]["credited_by"] == "token"
    assert told["imogen.hartley"]["cancelled_by"] == "invitee"
    assert "enrolled    in missed-you" in sequencer(
        *here, "log", "declan.byrne@liffey-payments.example"
    )


def test_kept_workspace(kept: tuple[Path, dict[str, Any]]) -> None:
    """What was kept can be looked at with the other commands."""
    folder, found = kept
    here = ("--workspace", str(folder))
    assert "fintech-intro" in sequencer(*here, "status")
    lucia = "lucia.marin@banco-encina.example"
    assert "replied" in sequencer(*here, "log", lucia)
    assert "replied" in sequencer(*here, "why", lucia)
    assert f"{found['sent']} mails checked" in sequencer(*here, "verify")


def test_plain_lines(kept: tuple[Path, dict[str, Any]]) -> None:
    """Without a terminal there are plain lines, and at the end what another run came to as well.

    The same seed has the same outcome, and 1 is the one that nobody has to name.
    """
    _, other = kept
    lines = sequencer("demo", "--fast", "--seed", "1").splitlines()
    [at] = [number for number, line in enumerate(lines) if "enrollments" in line]
    numbers = [int(each) for each in re.findall(r"\d+", lines[at])]
    assert numbers[:2] == [other["enrolled"], other["sent"]]
    ends = sorted(int(each) for each in re.findall(r"\d+", lines[at + 1]))
    assert ends == sorted([*other["finished"].values(), *other["paused"].values()])
    assert not any("\x1b" in line for line in lines)
    assert lines[0].startswith("Mon 19 Oct")
    assert any("wrote to" in line for line in lines)
    assert any("own record" in line for line in lines)


def test_folder_in_use(tmp_path: Path) -> None:
    """A folder that holds something is left alone."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sequencer", "demo", "--fast", "--keep", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
