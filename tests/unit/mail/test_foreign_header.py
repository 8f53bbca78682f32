from sequencer.mail.foreign_header import (
    BLOCK_CUT,
    FIELD_CUT,
    MAX_BLOCK,
    MAX_FIELD,
    MAX_SEARCH,
    group_fields,
    read_block,
)


def test_fields_and_body() -> None:
    """Fields are unfolded, their names in small letters; the body follows the empty line."""
    raw = b"From: a@b.example\nSubject : a\n\tb\n c\n\nbody"
    block = read_block(raw)
    assert block.fields == (("from", "a@b.example"), ("subject", "a  b  c"))
    assert raw[block.body_at :] == b"body"
    assert block.problems == ()


def test_all_and_first() -> None:
    """A field that occurs twice is found twice; one that does not is empty."""
    block = read_block(b"To: a\nto: b\n\n")
    assert (block.all("to"), block.first("to"), block.first("cc")) == (("a", "b"), "a", "")
    assert group_fields(block.fields) == {"to": ("a", "b")}


def test_missing_empty_line() -> None:
    """A line that is no field begins the body."""
    raw = b"To: a\nHello   \nTo: b\n\n"
    block = read_block(raw)
    assert block.fields == (("to", "a"),)
    assert raw[block.body_at :].startswith(b"Hello")


def test_delimiter_is_no_field() -> None:
    """A delimiter whose boundary has a colon ends the headers of an empty part."""
    raw = b"--a:b\nTo: a\n"
    assert read_block(raw).body_at == 0


def test_mailbox_file_lines() -> None:
    """Lines that mailbox files add are passed over, and so is a fold with nothing before it."""
    block = read_block(b" lost\nFrom MAILER-DAEMON Thu\n>From x\nTo: a\n\n")
    assert block.fields == (("to", "a"),)


def test_8_bit_and_control_characters() -> None:
    """Raw UTF-8 and Windows-1252 are read; control characters become spaces."""
    block = read_block(b"A: \xc3\xa9\nB: \xe9\nC: x\x00\x1by\n\n")
    assert block.fields == (("a", "é"), ("b", "é"), ("c", "x  y"))


def test_long_field_is_cut() -> None:
    """A field beyond the cap is cut and named once."""
    long = b"X: " + b"a" * (MAX_FIELD + 10) + b"\n"
    block = read_block(long * 2 + b"To: a\n\n")
    assert block.problems == (FIELD_CUT,)
    assert block.first("to") == "a"
    assert len(block.first("x")) <= MAX_FIELD


def test_vital_fields_behind_the_cap() -> None:
    """Who wrote and what is answered is found even behind a wall of headers."""
    wall = b"X: y\n" * (MAX_BLOCK // 5 + 2)
    raw = wall + b"Subject: no\nFrom: a@b.example\n folded\n\nbody"
    block = read_block(raw)
    assert block.problems == (BLOCK_CUT,)
    assert block.first("from") == "a@b.example  folded"
    assert block.first("subject") == ""
    assert raw[block.body_at :] == b"body"


def test_endless_block() -> None:
    """Behind a second cap nothing is looked for but the body."""
    wall = b"X: y\n" * (MAX_SEARCH // 5 + 2)
    raw = wall + b"From: a@b.example\n\nbody"
    block = read_block(raw)
    assert (block.first("from"), raw[block.body_at :]) == ("", b"body")
    assert read_block(wall).body_at == len(wall)


def test_fold_without_end() -> None:
    """A field of a hundred thousand folds is one field that is cut."""
    block = read_block(b"X: y\n" + b" z\n" * 100_000 + b"\n")
    assert block.problems == (BLOCK_CUT, FIELD_CUT)
