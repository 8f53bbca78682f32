from pathlib import Path

import pytest

from sequencer.files.cadence_name import MOST_READ, file_of_cadence, name_in


def write(root: Path, name: str, content: bytes) -> Path:
    """A file among the cadences of a workspace."""
    file = root / "config/cadences" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "content",
    [
        b"cadence: fintech-intro\n",
        b"# first\ncadence:   'fintech-intro'  # for ever\nsteps: [[[",
        b'title: x\r\ncadence: "fintech-intro"\r\n',
    ],
)
def test_name(tmp_path: Path, content: bytes) -> None:
    """The name is found in a file that is half written, or written in another way."""
    assert name_in(write(tmp_path, "x.yaml", content)) == "fintech-intro"
    assert file_of_cadence(tmp_path, "fintech-intro") == "config/cadences/x.yaml"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00" * 99, b"  cadence: x\n", b"#" * MOST_READ + b"\ncadence: x\n"]
)
def test_no_name(tmp_path: Path, content: bytes) -> None:
    """A file that says none in its head, whatever lies in it, goes by its own name."""
    assert name_in(write(tmp_path, "intro.yaml", content)) == "intro"
    assert file_of_cadence(tmp_path, "x") == ""


def test_gone(tmp_path: Path) -> None:
    """A file that was deleted meanwhile stops nobody."""
    assert name_in(tmp_path / "intro.yaml") == "intro"
    assert file_of_cadence(tmp_path, "intro") == ""


def test_tests_are_no_cadences(tmp_path: Path) -> None:
    """The file with the tests of a cadence says its name too, and is not meant."""
    write(tmp_path, "a.test.yaml", b"cadence: fintech-intro\n")
    write(tmp_path, "b.yaml", b"cadence: fintech-intro\n")
    assert file_of_cadence(tmp_path, "fintech-intro") == "config/cadences/b.yaml"
