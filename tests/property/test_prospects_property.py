from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from sequencer.files.formula_cell import guarded, unguarded
from sequencer.files.problem import ConfigError
from sequencer.files.prospects import (
    Accepted,
    Refused,
    Row,
    count_rows,
    read_addresses,
    read_prospects,
    write_rejects,
)

ALPHABET = "ab@.,;\t\"\r\n'=+-é\0\x07\u2028 "
CELLS = st.text(ALPHABET, max_size=12) | st.sampled_from(
    ["a@b.example", "A@B.EXAMPLE", "Europe/Madrid", "cst", "ES", "es", '"', "", "\ufeff", "\ud83d"]
)
LINES = st.lists(CELLS, max_size=5).map(",".join)
FILES = st.builds(
    lambda heading, lines, encoding: "\n".join([heading, *lines]).encode(encoding, "surrogatepass"),
    st.sampled_from(["email,timezone,country,language,note", "line,reason,explanation,email", ""]),
    st.lists(LINES, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
)


def read(content: bytes) -> list[Row] | None:
    """The rows of a file, None if it cannot be used; refused rows are written out as well."""
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "people.csv"), Path(folder, "rejects.csv")
        source.write_bytes(content)
        assert count_rows(source) >= 0
        try:
            rows = list(read_prospects(source))
        except ConfigError:
            return None
        refused = [row for row in rows if isinstance(row, Refused)]
        list(read_addresses(source))
        write_rejects(target, source, refused)
        again = list(read_prospects(target))
        assert len(again) == len(refused)
        return rows


@given(st.binary(max_size=200) | st.binary(max_size=100).map(b"email,note\n".__add__) | FILES)
def test_any_bytes(content: bytes) -> None:
    """Any bytes give rows or a ConfigError, and every refused row can be written and read again."""
    rows = read(content)
    assert rows is None or all(isinstance(row, Accepted | Refused) for row in rows)


@given(st.lists(st.sampled_from(["a@b.example", "A@b.example", "c@d.example", "no"]), max_size=8))
def test_one_row_per_person(addresses: list[str]) -> None:
    """However often somebody is in a file, exactly one row of theirs is accepted."""
    rows = read("\n".join(["email", *addresses]).encode())
    assert rows is not None
    accepted = [row.prospect.email.lower() for row in rows if isinstance(row, Accepted)]
    assert sorted(accepted) == sorted({each.lower() for each in addresses} - {"no"})


@given(st.text(ALPHABET, max_size=6))
def test_guard_is_exact(cell: str) -> None:
    """A guarded cell is no formula, and is the cell again without its guard."""
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(cell)) == cell
