import pytest

from sequencer.mail.html_tag import Tag, read_html


def tokens(source: str) -> list[str]:
    return [
        token if isinstance(token, str) else ("/" if token.closing else "") + token.name + "!"
        for token in read_html(source)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a<b>c</B>d", ["a", "b!", "c", "/b!", "d"]),
        ("a &lt; b &amp; &#233;", ["a < b & é"]),
        ("<!-- a <b> --->c", ["c"]),
        ("<!-->c", ["c"]),
        ("<!DOCTYPE html><?xml x?></ >c", ["c"]),
        ("<![if !mso]>c<![endif]>", ["c"]),
        ("1 < 2 <", ["1 ", "<", " 2 ", "<"]),
        ('<a title=">">b', ["a!", "b"]),
        ("<a title='>'>b", ["a!", "b"]),
        ('<a title="never closed>b', ["a!", "b"]),
        ("<a it's>b", ["a!", "b"]),
        ("<a never ends", ["a!"]),
        ("<!-- never ends", []),
        ("<script>if (a<b) c()</script>d", ["script!", "/script!", "d"]),
        ("<STYLE>x</style >d", ["style!", "/style!", "d"]),
        ("<style>never ends", ["style!"]),
        ("</script>a", ["/script!", "a"]),
        ("<![x[ y", []),
    ],
)
def test_read(source: str, expected: list[str]) -> None:
    """Tags, text and nothing else come out, however the source is broken."""
    assert tokens(source) == expected


def test_huge_reference_stays() -> None:
    """A character reference that no integer holds is text."""
    source = "&#" + "1" * 5_000 + ";"
    assert tokens(source) == [source]


def test_attributes() -> None:
    """Attributes are read with either quote or none, in small letters; broken ones are left out."""
    tag = Tag("div", closing=False, source="<DIV ID=\"A b\" class='C' TYPE=Cite a==b = x y==z>")
    assert tag.attributes() == {"id": "a b", "class": "c", "type": "cite", "b": "x"}
