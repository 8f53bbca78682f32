from pathlib import Path

import pytest

from sequencer.files.problem import ConfigError
from sequencer.files.text_file import AS_UTF8, read_text


def read(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    return read_text(path, "a.txt", 100)


def test_line_ends_and_mark(tmp_path: Path) -> None:
    """A byte order mark is dropped, and all line ends become line feeds."""
    assert read(tmp_path, b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\nc\n"


def test_latin1(tmp_path: Path) -> None:
    """Another encoding is named with the line, the byte and what to do."""
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, "one\ntwo caf\u00e9\n".encode("latin-1"))
    [problem] = raised.value.problems
    assert (problem.file, problem.line, problem.hint) == ("a.txt", 2, AS_UTF8)
    assert problem.message == "byte 8 of this line, 0xe9, is not UTF-8"


def test_utf16(tmp_path: Path) -> None:
    """UTF-16 is not UTF-8."""
    with pytest.raises(ConfigError, match="0xff, is not UTF-8"):
        read(tmp_path, "a: 1".encode("utf-16"))


def test_too_large(tmp_path: Path) -> None:
    """No more of a file is read than the limit."""
    assert read(tmp_path, b"x" * 100)
    with pytest.raises(ConfigError, match="larger than 0 kB"):
        read(tmp_path, b"x" * 101)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_unreadable(tmp_path: Path, name: str) -> None:
    """A file that is not there, or is a folder, is a problem and not a crash."""
    with pytest.raises(ConfigError, match=r"a\.txt: the file cannot be read"):
        read_text(tmp_path / name, "a.txt", 100)
