import os
from pathlib import Path
from typing import Any

import pytest

from sequencer.domain.prospect import FIELDS, Prospect
from sequencer.files.problem import ConfigError
from sequencer.files.prospects import (
    Accepted,
    Refused,
    Row,
    count_rows,
    read_addresses,
    read_prospects,
)


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rows(folder: Path, text: str, encoding: str = "utf-8") -> list[Row]:
    return list(read_prospects(csv_file(folder, text, encoding)))


def prospect(folder: Path, text: str) -> Prospect:
    """The one prospect of a file."""
    [row] = rows(folder, text)
    assert isinstance(row, Accepted)
    return row.prospect


def refused(folder: Path, text: str) -> Refused:
    """The one refusal of a file."""
    [row] = [each for each in rows(folder, text) if isinstance(each, Refused)]
    return row


def failure(folder: Path, text: str) -> str:
    """What is said about a file that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        rows(folder, text)
    return str(caught.value)


def test_every_field(tmp_path: Path) -> None:
    """Each column of a prospect reaches its field, trimmed and in the usual spelling."""
    cells = {
        "email": "p@a.example",
        "first_name": " Ana ",
        "last_name": "Ruiz",
        "company": "Acme",
        "account": "A-7",
        "title": "CFO",
        "phone": "+34 600",
        "timezone": "europe/madrid",
        "country": "es",
        "subdivision": "es-md",
        "language": "PT_br",
        "stage": "Customer",
        "owner": "luis@mailbox.test",
        "consent": "2026-02-03 web form",
    }
    assert tuple(cells) == FIELDS
    expected: dict[str, Any] = {
        **cells,
        "first_name": "Ana",
        "timezone": "Europe/Madrid",
        "country": "ES",
        "subdivision": "MD",
        "language": "pt-BR",
        "stage": "customer",
    }
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    assert prospect(tmp_path, text) == Prospect(**expected)


@pytest.mark.parametrize(
    ("country", "subdivision", "said"),
    [
        ("DE", "XX", "`XX` is no subdivision of DE"),
        ("", "BY", "without its country"),
        ("AQ", "01", "AQ has no subdivisions"),
    ],
)
def test_subdivision_refused(tmp_path: Path, country: str, subdivision: str, said: str) -> None:
    """A part that its country does not have is told at the import, not when a mail is due."""
    row = refused(tmp_path, f"email,country,subdivision\np@a.example,{country},{subdivision}\n")
    assert row.code == "subdivision_unknown"
    assert said in row.sentence


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("First Name", "first_name"),
        ("given-name", "first_name"),
        ("SURNAME", "last_name"),
        ("Organisation", "company"),
        ("Account Name", "company"),
        ("Job Title", "title"),
        ("Time zone", "timezone"),
        ("Country Code", "country"),
        ("Phone Number", "phone"),
    ],
)
def test_aliases(tmp_path: Path, heading: str, field: str) -> None:
    """Headings are understood whatever their case, spaces and hyphens, and by common aliases."""
    value = {"timezone": "Asia/Tokyo", "country": "JP"}.get(field, "x")
    found = prospect(tmp_path, f"E-Mail,{heading}\np@a.example,{value}\n")
    assert getattr(found, field) == value


def test_unknown_columns(tmp_path: Path) -> None:
    """Other columns become variables under a name that a template can write."""
    text = "email,Ümsatz (EUR),2024,for,電話\np@a.example,5,6,7,8\n"
    extra = prospect(tmp_path, text).extra
    assert dict(extra) == {"umsatz_eur": "5", "column_2024": "6", "for_": "7", "column_5": "8"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """The heading line tells the delimiter."""
    text = "company|email\nAcme|p@a.example\n".replace("|", delimiter)
    assert prospect(tmp_path, text).company == "Acme"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends(tmp_path: Path, end: str, encoding: str) -> None:
    """Any line end in any of the encodings gives the same rows under the same lines."""
    text = "email,first_name\n\na@a.example,Zoë\nb@b.example,\n".replace("\n", end)
    found = rows(tmp_path, text, encoding)
    assert [(row.line, isinstance(row, Accepted)) for row in found] == [(3, True), (4, True)]
    assert isinstance(found[0], Accepted)
    assert found[0].prospect.first_name == "Zoë"


def test_short_rows(tmp_path: Path) -> None:
    """Fewer cells than headings are empty ones, and blank ones too many do no harm."""
    text = "email,first_name,last_name\na@a.example\nb@b.example,B,,,,\n"
    assert all(isinstance(row, Accepted) for row in rows(tmp_path, text))


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("nobody", "email_invalid", "@-sign"),
        ("a..b@a.example", "email_invalid", "period"),
        ("josé@a.example", "email_invalid", "SMTPUTF8"),
        ("a@" + "b" * 64 + ".example", "email_invalid", "too many"),
        ("a" * 65 + "@a.example", "email_invalid", "longer than 64"),
        ("a@a.test", "email_invalid", "special-use"),
        (",Ana", "email_missing", "no e-mail"),
        ("p@a.example,Ana,,,,x", "too_many_cells", "6 cells"),
        ("p@a.example,,CST", "timezone_unknown", "America/Chicago"),
        ("p@a.example,,EST", "timezone_unknown", "America/New_York"),
        ("p@a.example,,W. Europe Standard Time", "timezone_unknown", "Europe/Berlin"),
        ("p@a.example,,Europe/Madird", "timezone_unknown", "Europe/Madrid"),
        ("p@a.example,,New York", "timezone_unknown", "America/New_York"),
        ("p@a.example,,localtime", "timezone_unknown", "IANA"),
        ("p@a.example,,,XX", "country_unknown", "ISO 3166"),
        ("p@a.example,,,UK", "country_unknown", "write GB"),
        ("p@a.example,,,Germany", "country_unknown", "write DE"),
        ("p@a.example,,,,jp", "language_unknown", "write ja"),
        ("p@a.example,,,,English", "language_unknown", "write en"),
        ("p@a.example,A\x07na", "control_character", "U+0007"),
        ('p@a.example,"A\nna"', "control_character", "several lines"),
        ("p@a.example," + "x" * 20_000, "cell_too_long", "20,000"),
    ],
)
def test_refusals(tmp_path: Path, row: str, code: str, words: str) -> None:
    """A bad row is refused with its line, its code and a sentence; the rows around it are taken."""
    heading = "email,first_name,timezone,country,language"
    text = f"{heading}\nfirst@a.example\n{row}\nlast@a.example\n"
    found = rows(tmp_path, text)
    assert [isinstance(each, Accepted) for each in found] == [True, False, True]
    assert isinstance(found[1], Refused)
    assert (found[1].line, found[1].code) == (3, code)
    assert words in found[1].sentence


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("O'Brien+x@A.Example", "O'Brien+x@a.example"),
        ("a@münchen.example", "a@xn--mnchen-3ya.example"),
        ("  a@a.example ", "a@a.example"),
    ],
)
def test_stored_address(tmp_path: Path, written: str, stored: str) -> None:
    """The domain is stored in its one form, the local part as it was given."""
    assert prospect(tmp_path, f"email\n{written}\n").email == stored


def test_duplicates(tmp_path: Path) -> None:
    """The second row of a person is refused and names the first, whatever the spelling."""
    text = "email\nana.ruiz@gmail.com\nb@b.example\nAnaRuiz+list@googlemail.com\n"
    found = refused(tmp_path, text)
    assert (found.line, found.code) == (4, "email_duplicate")
    assert "line 2" in found.sentence


def test_duplicate_of_a_refused_row(tmp_path: Path) -> None:
    """A row that was refused does not keep a good one of the same person out."""
    text = "email,country\na@a.example,XX\na@a.example,ES\n"
    assert [isinstance(row, Accepted) for row in rows(tmp_path, text)] == [False, True]


def test_notes_of_several_lines(tmp_path: Path) -> None:
    """A quoted note may go over lines; the rows after it keep their line numbers."""
    text = 'email,note\na@a.example,"one\ntwo"\nb\n'
    first, second = rows(tmp_path, text)
    assert isinstance(first, Accepted)
    assert first.prospect.extra["note"] == "one\ntwo"
    assert second.line == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("name,company\nAna,Acme\n", "no column is called `email`"),
        ("email,E-Mail\n", "both mean `email`"),
        ("email,Segment,segment\n", "both mean `segment`"),
        ("email," + ",".join(f"c{n}" for n in range(299)) + "\n", "300 columns"),
        ("email\na@a.example\na\0b\n", ":3: character 2 of this line is a NUL"),
        ('email\na@a.example\n"b@b.example\nc@c.example\n', ":3: a quoted cell does not end"),
        ('email,x\na@a.example,"' + "b\n" * 6_000 + '"\n', ":2: a quoted cell runs on"),
        ('email,x\na@a.example,"' + "b\n" * 99_000, ":2: a cell does not end"),
    ],
)
def test_unusable_files(tmp_path: Path, text: str, words: str) -> None:
    """A file that cannot be read as a table is refused before its first row, with the line."""
    message = failure(tmp_path, text)
    assert words in message
    assert str(tmp_path / "people.csv") in message


def test_only_headings(tmp_path: Path) -> None:
    """A file without people has no rows."""
    assert rows(tmp_path, "email\n") == []


def test_latin_1(tmp_path: Path) -> None:
    """Another encoding is refused at once with line, byte and what to do."""
    path = csv_file(tmp_path, "email,first_name\na@a.example,Ana\nb@b.example,José\n", "latin-1")
    with pytest.raises(ConfigError) as caught:
        read_prospects(path)
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == (str(path), 3)
    assert "0xe9 after character 15" in problem.message
    assert "UTF-8" in problem.hint


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_without_mark(tmp_path: Path, encoding: str) -> None:
    """Wide characters without the mark that names them are refused, with the way out."""
    path = csv_file(tmp_path, "email\na@a.example\n", encoding)
    with pytest.raises(ConfigError, match="UTF-8"):
        read_prospects(path)


def test_truncated_utf_16(tmp_path: Path) -> None:
    """Half a character at the end is found before the first row is given."""
    path = tmp_path / "people.csv"
    path.write_bytes("email\na@a.example\n".encode("utf-16")[:-1])
    with pytest.raises(ConfigError, match="not UTF-16"):
        read_prospects(path)


def test_no_file(tmp_path: Path) -> None:
    """A missing file and a folder are reported like any other mistake."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ConfigError, match="file"):
            read_prospects(path)


def test_too_large(tmp_path: Path) -> None:
    """A file beyond the limit is refused by its size, without being read."""
    path = tmp_path / "people.csv"
    with path.open("wb") as file:
        file.truncate(101 * 1024 * 1024)
    with pytest.raises(ConfigError, match="100 MB"):
        read_prospects(path)


def test_rows_are_streamed(tmp_path: Path) -> None:
    """Rows are read while they are asked for: damage done meanwhile to the end is met there."""
    path = csv_file(tmp_path, "email\n" + "".join(f"p{n}@a.example\n" for n in range(20_000)))
    found = read_prospects(path)
    assert next(found).line == 2
    with path.open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"\xff")
    with pytest.raises(ConfigError, match=":20001: byte 0xff"):
        list(found)


def test_addresses(tmp_path: Path) -> None:
    """Addresses are given as written, right or wrong, with their lines; blank ones are not."""
    text = "company,email\nAcme,a@a.example\nAcme\nAcme, not one \nAcme,a@a.example\n"
    found = list(read_addresses(csv_file(tmp_path, text)))
    assert found == [(2, "a@a.example"), (4, "not one"), (5, "a@a.example")]


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("email", 0), ("email\n", 0), ("email\na", 1), ("email\ra\rb\r", 2), ("e\r\na", 1)],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_count(tmp_path: Path, text: str, count: int, encoding: str) -> None:
    """The count for the progress bar leaves the heading out."""
    assert count_rows(csv_file(tmp_path, text, encoding)) == count


def test_count_of_no_file(tmp_path: Path) -> None:
    """Counting a missing file is left to the reading of it to report."""
    assert count_rows(tmp_path / "none.csv") == 0
