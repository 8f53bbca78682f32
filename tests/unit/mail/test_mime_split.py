from sequencer.mail.foreign_header import read_block
from sequencer.mail.mime_split import (
    LEVELS_CUT,
    MAX_LEVELS,
    MAX_PARTS,
    PARTS_CUT,
    Leaf,
    split_parts,
)

MIXED = "Content-Type: multipart/mixed; boundary=b\n\n"


def split(mail: str) -> tuple[tuple[Leaf, ...], tuple[str, ...]]:
    raw = mail.encode()
    block = read_block(raw)
    return split_parts(block, raw[block.body_at :])


def contents(mail: str) -> list[tuple[str, bytes]]:
    return [(leaf.media.value, leaf.content) for leaf in split(mail)[0]]


def test_single_part() -> None:
    """A mail that is no multipart is one leaf; what has no type that makes sense is text."""
    assert contents("Subject: x\n\nHello") == [("text/plain", b"Hello")]
    assert contents("Content-Type: nonsense\n\nHello") == [("text/plain", b"Hello")]
    assert contents("Content-Type: text/html\n\nHello") == [("text/html", b"Hello")]


def test_parts() -> None:
    """Preamble and epilogue belong to nobody; the line end before a delimiter to the delimiter."""
    mail = MIXED + "preamble\n--b\n\none\n\n--b  \nContent-Type: text/html\n\ntwo\n--b--\nepilogue"
    assert contents(mail) == [("text/plain", b"one\n"), ("text/html", b"two")]


def test_delimiter_at_the_first_byte_and_empty_parts() -> None:
    """A body may begin with its delimiter, and a part may be nothing at all."""
    assert contents(MIXED + "--b\n--b\n\n--b--") == [("text/plain", b""), ("text/plain", b"")]


def test_what_looks_like_a_delimiter() -> None:
    """Dashes, foreign boundaries and longer words are content."""
    mail = MIXED + "--b\n\n--\n--bc\n--b-\n-- \n--b--"
    assert contents(mail) == [("text/plain", b"--\n--bc\n--b-\n-- ")]


def test_missing_end() -> None:
    """A mail that was cut still has its last part."""
    assert contents(MIXED + "--b\n\none\n--b\n\ntw") == [
        ("text/plain", b"one"),
        ("text/plain", b"tw"),
    ]


def test_nested_and_alternative() -> None:
    """Leaves know their alternative; an inner multipart without an end ends with the outer."""
    mail = (
        MIXED
        + "--b\nContent-Type: multipart/alternative; boundary=c\n\n"
        + "--c\n\nplain\n"
        + "--c\nContent-Type: multipart/related; boundary=d\n\n"
        + "--d\nContent-Type: text/html\n\nhtml\n"
        + "--b\n\nlast\n--b--\n"
    )
    leaves, problems = split(mail)
    assert [(leaf.content, leaf.alternative > 0) for leaf in leaves] == [
        (b"plain", True),
        (b"html", True),
        (b"last", False),
    ]
    assert leaves[0].alternative == leaves[1].alternative
    assert problems == ()


def test_same_boundary_twice() -> None:
    """An inner multipart that reuses its parent's boundary hides it only until it ends."""
    inner = "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ninner\n--b--\n"
    assert contents(MIXED + inner + "--b\n\nouter\n--b--") == [
        ("text/plain", b"inner"),
        ("text/plain", b"outer"),
    ]


def test_multipart_that_is_none() -> None:
    """Without a boundary, or without any delimiter, the content is text for people."""
    assert contents("Content-Type: multipart/mixed\n\nHello") == [("multipart/mixed", b"Hello")]
    assert contents(MIXED + "Hello\n--other\n") == [("text/plain", b"Hello\n--other\n")]


def test_enclosed_message_is_one_leaf() -> None:
    """The parts of a forwarded mail are not parts of the mail that forwards it."""
    enclosed = (
        "Content-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/calendar\n\nx\n--c--"
    )
    mail = MIXED + f"--b\nContent-Type: message/rfc822\n\n{enclosed}\n--b--"
    assert contents(mail) == [("message/rfc822", enclosed.encode())]


def test_levels_are_capped() -> None:
    """Below the last level everything is one leaf, and the cut is named."""
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        for level in range(1_500)
    )
    leaves, problems = split(nested + "\nHello\n")
    assert len(leaves) == 1
    assert leaves[0].content.endswith(b"Hello\n")
    assert problems == (LEVELS_CUT,)
    assert split(nested[: nested.index(f"b{MAX_LEVELS}")])[1] == ()


def test_parts_are_capped() -> None:
    """Beyond the last part nothing is split, and the cut is named."""
    leaves, problems = split(MIXED + "--b\n\n" * 200_000)
    assert len(leaves) == MAX_PARTS - 1
    assert problems == (PARTS_CUT,)


def test_problems_of_part_headers() -> None:
    """What was cut from the headers of a part is named too."""
    assert split(MIXED + "--b\nX: " + "a" * 20_000 + "\n\none\n--b--")[1] == (
        "a header over 16 kB",
    )
