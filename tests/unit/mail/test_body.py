import hashlib
from binascii import a2b_qp

import pytest

from sequencer.mail.body import KNOWN_LENGTH, alternative, boundary, quoted_printable, single
from sequencer.mail.compose_error import ComposeError


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("", b""),
        ("Hi", b"Hi"),
        ("a\nb\r\nc\rd\n", b"a\r\nb\r\nc\r\nd\r\n"),
        ("1 = 1", b"1 =3D 1"),
        ("é\u2028\x85\x0c", b"=C3=A9=E2=80=A8=C2=85=0C"),
        ("a \n\t\n b", b"a=20\r\n=09\r\n b"),
        (" ", b"=20"),
        ("..\n.x", b"..\r\n.x"),
    ],
)
def test_encoded(text: str, encoded: bytes) -> None:
    """ASCII stays readable; other letters, `=` and spaces at the end of a line are encoded."""
    assert quoted_printable("text", text) == encoded


@pytest.mark.parametrize("text", ["x" * 2000, "é" * 500, "word " * 300, "x" * 75 + "\n" + "y" * 77])
def test_soft_breaks(text: str) -> None:
    """Lines are cut at 76 characters, with CRLF even where the text has no line break at all."""
    encoded = quoted_printable("text", text)
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    assert b"\n" not in encoded.replace(b"\r\n", b"")
    assert a2b_qp(encoded).replace(b"\r\n", b"\n").decode() == text


@pytest.mark.parametrize("space", [" ", "\t", "  "])
@pytest.mark.parametrize("length", range(66, 80))
def test_space_at_the_edge(length: int, space: str) -> None:
    """A space at the end of a line makes it no longer than 76, wherever the end is."""
    text = f"{'x' * length}{space}\ny"
    encoded = quoted_printable("text", text)
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    assert a2b_qp(encoded).replace(b"\r\n", b"\n").decode() == text


def test_half_a_character() -> None:
    """Text that has no UTF-8 is refused, and the part is named."""
    with pytest.raises(ComposeError, match=r"^html: "):
        alternative("seed", "fine", "\ud83d")


def test_single() -> None:
    """Plain text alone ends with one line break, added if it is missing."""
    head = (
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    assert single("Hi") == single("Hi\n") == head + b"Hi\r\n"


def test_alternative() -> None:
    """Plain text comes first and HTML last, which makes it the preferred one (RFC 2046)."""
    body = alternative("seed", "Hi", "<p>Hi</p>")
    head, _, rest = body.partition(b"\r\n\r\n")
    mark = head.removeprefix(b'Content-Type: multipart/alternative;\r\n boundary="')[:-1]
    preamble, plain, html, epilogue = rest.split(b"--" + mark)
    assert (preamble, epilogue) == (b"", b"--\r\n")
    assert plain.startswith(b"\r\nContent-Type: text/plain;")
    assert plain.endswith(b"\r\n\r\nHi\r\n")
    assert html.startswith(b"\r\nContent-Type: text/html;")
    assert html.endswith(b"\r\n\r\n<p>Hi</p>\r\n")


def test_boundary() -> None:
    """The boundary follows from the seed and the words, and occurs in neither."""
    bodies = {alternative(seed, text, "") for seed in ("a", "b") for text in ("a", "b")}
    marks = {body.partition(b'boundary="')[2].partition(b'"')[0] for body in bodies}
    assert len(marks) == 4
    assert all(mark.startswith(b"=_") for mark in marks)
    assert alternative("a", "a", "") in bodies


def test_boundary_taken() -> None:
    """A boundary that occurs in the parts is passed over for another."""
    first = b"=_" + hashlib.sha256(b"seed").hexdigest()[:32].encode()
    assert boundary(b"seed", b"") == first
    second = boundary(b"seed", b"x" + first)
    assert second != first
    assert second.startswith(b"=_")


def test_blocks() -> None:
    """A text in blocks comes out as it does in one, each time, and the broken block is named."""
    long = f"{'y' * 99}\n" * (KNOWN_LENGTH // 100 + 1)
    blocks = (f"{'é' * 50}  \n", "Ana,\n\n", "", f"{'x' * 80} \n.\n", long)
    for _ in range(2):  # the second time some are known
        assert quoted_printable("text", blocks) == quoted_printable("text", "".join(blocks))
    for broken in (("a\n", "\ud83d"), ("\ud83d", "a\n")):
        with pytest.raises(ComposeError, match=r"^html: "):
            alternative("seed", "fine", broken)
