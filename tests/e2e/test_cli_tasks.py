"""The tasks of a rep on the command line: list, read, end, put off, pass on, send, take back."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

ZOE = "zoe@buyer.example"
PEOPLE = f"email,first_name,company,phone,timezone\n{ZOE},Zoe,Buyer,+34 91 1234567,Europe/Madrid\n"
CADENCE = """\
cadence: calls
title: Calls first
audience: {min_days_since_touch: 0}
schedule:
  window: {mon-sun: ["00:00-24:00"]}
  jitter_minutes: 0
  holidays: []
from: {mailboxes: [ana]}
steps:
  - id: first-call
    call: guide.md
    skip_after: 2 business_days
  - id: note
    wait: 0 minutes
    when: not call.connected
    manual_email: note.md
  - id: last
    wait: 1 day
    email: note.md
    thread: new
"""
GUIDE = "Ask {{ first_name }} how many days a closing takes at {{ company }}.\n"
NOTE = "---\nsubject: For {{ company }}\n---\nDear {{ first_name }},\n"


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(root: Path, *arguments: str) -> str:
    result = run(root, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(root: Path, *arguments: str) -> str:
    result = run(root, *arguments)
    assert result.exit_code != 0
    return result.stderr


def answer(root: Path, *arguments: str) -> Any:
    return json.loads(done(root, *arguments, "--json"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace in which one person waits to be called."""
    done(tmp_path, "init")
    (tmp_path / "config/cadences/calls.yaml").write_text(CADENCE)
    templates = tmp_path / "templates/calls"
    templates.mkdir()
    (templates / "guide.md").write_text(GUIDE)
    (templates / "note.md").write_text(NOTE)
    (tmp_path / "people.csv").write_text(PEOPLE)
    done(tmp_path, "apply")
    done(tmp_path, "import", str(tmp_path / "people.csv"))
    done(tmp_path, "enroll", "calls", ZOE)
    return tmp_path


def test_list_and_show(root: Path) -> None:
    """The list names the person and the step; the page has the guide and what happened."""
    listed = done(root, "tasks", "--due")
    for words in ("Zoe", "Buyer", "+34 91 1234567", "Call", "calls / first-call", "Madrid time"):
        assert words in listed
    assert "sequencer task show 1" in listed
    page = done(root, "task", "show", "1")
    assert "Ask Zoe how many days a closing takes at Buyer." in page
    assert "Zoe <zoe@buyer.example>" in page
    assert "enrolled" in page
    assert "sequencer task done 1 --disposition NAME" in page
    assert answer(root, "task", "show", "1")["row"]["task"]["kind"] == "call"
    [row] = answer(root, "tasks", "--assignee", "ana")
    assert row["slug"] == "calls"
    assert done(root, "tasks", "--assignee", "luis") == "luis has nothing to do.\n"
    assert "1 open" in done(root, "status")


def test_dispositions(root: Path) -> None:
    """How a call may end, and what follows."""
    listed = done(root, "dispositions")
    assert "voicemail" in listed
    assert "the enrollment ends: opted_out" in listed
    assert answer(root, "dispositions")[0]["name"] == "interested"


def test_a_call_and_its_undo(root: Path) -> None:
    """A call ends with a disposition, and a wrong one is taken back."""
    assert "How did the call end" in refused(root, "task", "done", "1")
    assert "did you mean `voicemail`" in refused(
        root, "task", "done", "1", "--disposition", "voicemial"
    )
    done(root, "task", "done", "1", "--disposition", "voicemail", "--note", "rang twice")
    assert "rang twice" in done(root, "task", "show", "1")
    assert [row["task"]["step_id"] for row in answer(root, "tasks")] == ["note"]
    assert "open again" in done(root, "task", "undo", "1")
    assert [row["task"]["step_id"] for row in answer(root, "tasks")] == ["first-call"]
    assert "is open" in refused(root, "task", "undo", "1")
    assert "There is no task 9." in refused(root, "task", "done", "9")


def test_put_off_pass_on_and_skip(root: Path) -> None:
    """A task is put off, passed on, and passed over."""
    done(root, "task", "assign", "1", "luis")
    [row] = answer(root, "tasks")
    assert row["task"]["assignee"] == "luis"
    assert "write a date" in refused(root, "task", "snooze", "1", "tomorrow")
    assert "next 365 days" in refused(root, "task", "snooze", "1", "2020-01-01")
    done(root, "task", "skip", "1", "--because", "no number")
    assert answer(root, "tasks")[0]["task"]["step_id"] == "note"


def test_a_mail_by_hand(root: Path) -> None:
    """A mail is read, edited in a file, and released."""
    done(root, "task", "skip", "1")
    page = done(root, "task", "show", "2")
    assert "Subject: For Buyer" in page
    assert "sequencer task send 2" in page
    text = root / "mail.txt"
    text.write_text("Dear Zoe, how are you?\n")
    assert "one line" in refused(root, "task", "send", "2", "--subject", "x" * 300)
    assert "either" in refused(root, "task", "send", "2", "--edit", "--file", str(text))
    other = root / "other.txt"
    other.write_bytes("Dear Zoé".encode("latin-1"))
    assert "not UTF-8" in refused(root, "task", "send", "2", "--file", str(other))
    assert "queued" in done(root, "task", "send", "2", "--file", str(text), "--subject", "Hello")
    assert answer(root, "tasks") == []
    assert "There is nothing to do." in done(root, "tasks")
    assert "is no mail" in refused(root, "task", "send", "1")
    assert "note" in done(root, "log", ZOE)


def test_a_call_that_came_in(root: Path) -> None:
    """A call that nobody had planned ends the one that waits, or everything."""
    said = done(root, "log-call", ZOE, "--disposition", "busy", "--note", "on the way")
    assert "The call that waited for them is done." in said
    said = answer(root, "log-call", ZOE, "--outbound", "--disposition", "not-interested")
    assert (said["tasks"], said["finished"]) == (0, 1)
    number = str(said["task"])
    assert f"Call {number} is taken back." in done(root, "task", "undo", number)
    assert [row["task"]["step_id"] for row in answer(root, "tasks")] == ["note"]
    assert "taken back already" in refused(root, "task", "undo", number)
    assert "Nobody has the address" in refused(
        root, "log-call", "x@y.example", "--disposition", "busy"
    )


def test_reopen(root: Path) -> None:
    """A wrong stop is taken back, with a reason; what runs is not."""
    assert "calls: active" in refused(root, "reopen", ZOE, "--because", "x")
    done(root, "stop", ZOE)
    assert answer(root, "tasks") == []
    assert "Say why" in refused(root, "reopen", ZOE, "--because", " ")
    assert "goes on at first-call" in done(root, "reopen", ZOE, "--because", "meant somebody else")
    assert [row["task"]["step_id"] for row in answer(root, "tasks")] == ["first-call"]
    assert "meant somebody else" in done(root, "log", ZOE)
    done(root, "stop", ZOE)
    assert answer(root, "reopen", ZOE, "--because", "again")["step"] == "first-call"


def test_a_paused_person(root: Path) -> None:
    """Their tasks are only shown where they are asked for."""
    done(root, "pause", ZOE)
    assert answer(root, "tasks") == []
    assert "held: manual" in done(root, "tasks", "--all")
    assert "Give either" in refused(root, "tasks", "--mine", "--assignee", "ana")
    assert "You have nothing to do." in done(root, "tasks", "--mine")


def test_scripts_are_told_what_became_of_a_task(root: Path) -> None:
    """Whatever is done with a task, `--json` prints the task as it is afterwards."""
    assigned = answer(root, "task", "assign", "1", "luis")
    assert assigned["assignee"] == "luis"
    later = datetime.fromisoformat(assigned["due_at"]) + timedelta(days=9)
    put_off = answer(root, "task", "snooze", "1", f"{later:%Y-%m-%dT%H:%M}")
    assert put_off["due_at"] > assigned["due_at"]
    done_one = answer(root, "task", "done", "1", "--disposition", "busy", "--note", "rang")
    assert (done_one["id"], done_one["state"], done_one["disposition"]) == (1, "done", "busy")
    assert answer(root, "task", "undo", "1")["state"] == "open"
    skipped = answer(root, "task", "skip", "1", "--because", "no number")
    assert (skipped["state"], skipped["step_id"]) == ("skipped", "first-call")
    released = answer(root, "task", "send", "2", "--subject", "Hello")
    assert (released["id"], released["kind"]) == (2, "manual_email")
