from types import MappingProxyType

from sequencer.mail.body_text import (
    CHARSET_UNKNOWN,
    MAX_TEXT,
    TEXT_CUT,
    BodyText,
    Part,
    best_text,
    part_text,
)


def a_part(
    text: str, kind: str = "text/plain", *, attached: bool = False, alternative: int = 0
) -> Part:
    return Part(kind, MappingProxyType({}), text.encode(), attached, alternative)


def test_part_text() -> None:
    """Lines end in LF and nothing in them drives a terminal; HTML becomes text."""
    assert part_text(a_part("a\r\nb\rc\x00\x1b\td")) == BodyText("a\nb\nc  \td")
    assert part_text(a_part("<p>a</p>", "text/html")) == BodyText("a")


def test_unknown_charset() -> None:
    """A guess at the charset is named."""
    part = Part("text/plain", MappingProxyType({"charset": "x-unknown"}), b"caf\xe9")
    assert part_text(part) == BodyText("café", (CHARSET_UNKNOWN,))


def test_long_part_is_cut() -> None:
    """Text beyond the cap is cut and named, whatever its charset makes of the bytes."""
    assert part_text(a_part("a" * (MAX_TEXT + 1))) == BodyText("a" * MAX_TEXT, (TEXT_CUT,))
    wide = Part("text/plain", MappingProxyType({"charset": "utf-16-le"}), b"a\x00" * MAX_TEXT * 3)
    assert part_text(wide).problems == (TEXT_CUT,)


def test_alternatives() -> None:
    """Of alternatives the plain text is taken wherever it stands, and HTML where that is empty."""
    html = a_part("<p>rich</p>", "text/html", alternative=1)
    assert best_text([html, a_part("plain", alternative=1)]) == BodyText("plain")
    assert best_text([a_part(" \n", alternative=1), html]) == BodyText("rich")


def test_parts_one_after_the_other() -> None:
    """Parts that are shown are read in order; attachments and other types are not."""
    parts = [
        a_part("<p>one</p>", "text/html"),
        a_part("no", attached=True),
        a_part("no", "image/png"),
        a_part("two"),
    ]
    assert best_text(parts) == BodyText("one\ntwo")


def test_parts_share_the_cap() -> None:
    """All texts together stay below the cap."""
    parts = [a_part("a" * MAX_TEXT), a_part("b"), a_part("c")]
    assert best_text(parts) == BodyText("a" * MAX_TEXT)
    parts = [a_part("a" * (MAX_TEXT - 1)), a_part("bb"), a_part("c")]
    body = best_text(parts)
    assert body.text.endswith("a\nb")
    assert body.problems == (TEXT_CUT,)
