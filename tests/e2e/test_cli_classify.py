import json
import subprocess
import sys
from pathlib import Path

import pytest

SEQUENCER = Path(sys.executable).with_name("sequencer")
MAIL = b"From: zoe@prospect.example\nSubject: Re: Hello\n\nPlease remove me from your list.\n"
KEYS = {"kind", "recipients", "permanent", "action", "meeting_status"}
KEYS |= {"return_on", "intent", "new_text", "evidence"}


def classified(words: list[str], given: bytes | None = None) -> dict[str, object]:
    done = subprocess.run(
        [SEQUENCER, "classify", *words], input=given, capture_output=True, check=True, timeout=60
    )
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 1
    shown: dict[str, object] = json.loads(lines[0])
    return shown


def test_file_and_standard_input(tmp_path: Path) -> None:
    """A mail is read from a file, or from what comes in, and comes out as one line of JSON."""
    file = tmp_path / "a.eml"
    file.write_bytes(MAIL)
    shown = classified([str(file)])
    assert shown == classified([], MAIL) == classified(["-"], MAIL)
    assert shown["kind"] == "opt_out"
    assert set(shown) >= KEYS


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff" * 1_000, b"Subject: \xed\xa0\x80\n\n\xed\xa0\x80"]
)
def test_anything(raw: bytes) -> None:
    """Whatever comes in, a verdict comes out."""
    assert classified([], raw)["kind"] in {"reply", "other"}


def test_no_such_file(tmp_path: Path) -> None:
    """A file that is not there is a mistake of the caller, told on standard error."""
    words = [str(SEQUENCER), "classify", str(tmp_path / "none")]
    done = subprocess.run(words, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stdout == b""
