import csv
from pathlib import Path

import pytest

from sequencer.files.formula_cell import guarded, unguarded
from sequencer.files.problem import ConfigError
from sequencer.files.prospects import Accepted, Refused, read_addresses, read_prospects
from sequencer.files.rejects import write_rejects

PEOPLE = (
    "email;Phone;Note\n"
    "good@a.example;;\n"
    "bad;+34 600;=1+1\n"
    '-bad2@@;\'=x;"two\nlines; @sum"\n'
    "good@a.example;'plain;\n"
)


def source_of(folder: Path, text: str = PEOPLE) -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refused_of(path: Path) -> list[Refused]:
    return [row for row in read_prospects(path) if isinstance(row, Refused)]


def cells_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def test_form(tmp_path: Path) -> None:
    """Refused rows stand behind line, code and sentence; the file begins with a byte order mark."""
    source, target = source_of(tmp_path), tmp_path / "rejects.csv"
    write_rejects(target, source, refused_of(source))
    heading, *rows = cells_of(target)
    assert heading == ["line", "reason", "explanation", "email", "Phone", "Note"]
    assert [row[:2] for row in rows] == [
        ["3", "email_invalid"],
        ["4", "email_invalid"],
        ["6", "email_duplicate"],
    ]
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["people.csv", "rejects.csv"]


def test_no_formulas(tmp_path: Path) -> None:
    """No cell of the file begins in a way that a spreadsheet would compute."""
    source, target = source_of(tmp_path), tmp_path / "rejects.csv"
    write_rejects(target, source, refused_of(source))
    cells = [cell for row in cells_of(target) for cell in row]
    assert "'=1+1" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_round_trip(tmp_path: Path) -> None:
    """Corrected and imported again, the rows have the values that they had in the source."""
    source, target = source_of(tmp_path), tmp_path / "rejects.csv"
    write_rejects(target, source, refused_of(source))
    text = target.read_text(encoding="utf-8-sig")
    target.write_text(text.replace("'-bad2@@", "two@a.example").replace(";bad;", ";one@a.example;"))
    one, two, three = read_prospects(target)
    assert isinstance(one, Accepted)
    assert isinstance(two, Accepted)
    assert isinstance(three, Accepted)
    assert (one.prospect.phone, dict(one.prospect.extra)) == ("+34 600", {"note": "=1+1"})
    assert (two.prospect.phone, two.prospect.extra["note"]) == ("'=x", "two\nlines; @sum")
    assert three.prospect.phone == "'plain"


def test_rejects_of_rejects(tmp_path: Path) -> None:
    """Rows refused again keep one report and one apostrophe; the file may replace its source."""
    source, target = source_of(tmp_path), tmp_path / "rejects.csv"
    write_rejects(target, source, refused_of(source))
    before = cells_of(target)
    write_rejects(target, target, refused_of(target))
    assert [row[3:] for row in cells_of(target)] == [row[3:] for row in before[:3]]
    assert [row[0] for row in cells_of(target)] == ["line", "2", "3"]


def test_addresses_of_rejects(tmp_path: Path) -> None:
    """Addresses of such a file are given without the apostrophe."""
    source, target = source_of(tmp_path), tmp_path / "rejects.csv"
    write_rejects(target, source, refused_of(source))
    assert [address for _, address in read_addresses(target)] == [
        "bad",
        "-bad2@@",
        "good@a.example",
    ]


def test_columns_of_that_name_elsewhere(tmp_path: Path) -> None:
    """A column `reason` of an ordinary file is a variable like any other, apostrophes included."""
    source = source_of(tmp_path, "email,reason\na@a.example,'=x\n")
    [row] = read_prospects(source)
    assert isinstance(row, Accepted)
    assert dict(row.prospect.extra) == {"reason": "'=x"}


def test_target_that_cannot_be_written(tmp_path: Path) -> None:
    """A target in a folder that is not there is reported, and nothing is left behind."""
    source = source_of(tmp_path)
    with pytest.raises(ConfigError, match="cannot be written"):
        write_rejects(tmp_path / "none" / "rejects.csv", source, refused_of(source))
    assert list(tmp_path.iterdir()) == [source]


def test_source_that_changed(tmp_path: Path) -> None:
    """Where the source cannot be read any more, the target of before stays as it was."""
    source, target = source_of(tmp_path), tmp_path / "rejects.csv"
    refused = refused_of(source)
    target.write_text("before")
    source.write_bytes(b"email\n\xff\n")
    with pytest.raises(ConfigError, match="0xff"):
        write_rejects(target, source, refused)
    assert target.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "cell", ["=a", "+a", "-a", "@a", "\ta", "\ra", "'=a", "''@a", "'a", "a", ""]
)
def test_guard(cell: str) -> None:
    """Taking the apostrophe off gives back the cell, whatever it began with."""
    assert unguarded(guarded(cell)) == cell
