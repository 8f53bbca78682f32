import pytest

from sequencer.files.template import TemplateError, parse_template, render

URL = "https://out.example/u/a_b*c*?x=1&y=2"
TRICKS = [
    "*bold*",
    "_x_",
    "# Head",
    "1. one",
    "- one",
    "> quote",
    "[x](javascript:alert(1))",
    "![x](https://x.example/x.png)",
    "<https://evil.example>",
    "<b>b</b>",
    "`code`",
    "a\\*b",
    "&amp; &nbsp;",
    "***",
    "---",
    "    indented",
    "{{ other }}",
    "https://evil.example",
]


def parts(body: str, **values: object) -> tuple[str, str]:
    """Text and HTML of a Markdown body, without the line end of the text."""
    rendered = render(parse_template("a.md", body), values)
    return rendered.text.removesuffix("\n"), rendered.html or ""


@pytest.mark.parametrize(
    ("body", "text", "html"),
    [
        ("a **b** *c*", "a b c", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("a\nb", "a b", "<p>a\nb</p>"),
        ("a\\\nb  \nc", "a\nb\nc", "<p>a<br>\nb<br>\nc</p>"),
        ("a\n\nb", "a\n\nb", "<p>a</p>\n<p>b</p>"),
        ("# Head\ntext", "Head\n\ntext", "<p><strong>Head</strong></p>\n<p>text</p>"),
        ("- a\n- b", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", "3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("x\n- a\n  - b", "x\n\n- a\n  - b", None),
        ("1. a\\\n   b", "1. a\n   b", None),
        ("- a\n\n  b", "- a\n\n  b", None),
        ("Best,\\\nAna\n---\nSales", "Best,\nAna\n\n---\n\nSales", None),
        ("1 < 2 & 3", "1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("    not code", "not code", "<p>not code</p>"),
        ("use `x`", "use `x`", "<p>use `x`</p>"),
        (r"2 \* 3", "2 * 3", "<p>2 * 3</p>"),
    ],
)
def test_both_parts(body: str, text: str, html: str | None) -> None:
    """Text reads as if typed by hand; HTML holds nothing that one would not write by hand."""
    found = parts(body)
    assert found[0] == text
    assert html is None or found[1] == html


def test_long_lines() -> None:
    """A paragraph is not wrapped, however long."""
    assert parts("word " * 300 + "end")[0] == "word " * 300 + "end"


@pytest.mark.parametrize(
    ("body", "text", "html"),
    [
        (
            "[me](https://x.example/a)",
            "me (https://x.example/a)",
            '<a href="https://x.example/a">me',
        ),
        ("<https://x.example/a>", "https://x.example/a", ">https://x.example/a</a>"),
        ("[https://x.example](https://x.example)", "https://x.example", ">https://x.example</a>"),
        ("[me](mailto:a@x.example)", "me (a@x.example)", '<a href="mailto:a@x.example">me'),
        ("<a@x.example>", "a@x.example", '<a href="mailto:a@x.example">a@x.example</a>'),
    ],
)
def test_links(body: str, text: str, html: str) -> None:
    """A link shows its address in the text, once."""
    found = parts(body)
    assert found[0] == text
    assert html in found[1]


@pytest.mark.parametrize(
    "body", ["{{ u }}", "<{{ u }}>", "[{{ u }}]({{ u }})", "see {{ u }} or not", "*{{ u }}*"]
)
def test_link_of_a_value(body: str) -> None:
    """An address that is a value comes through whole, whatever characters it holds."""
    text, html = parts(body, u=URL)
    assert text.count(URL) == 1
    assert URL.replace("&", "&amp;") in html
    assert ("<a href=" in html) is ("(" in body or "<" in body)


def test_words_for_a_value() -> None:
    """A link with words gives the address behind them."""
    text, html = parts("[no more]({{ u }})", u=URL)
    assert text == f"no more ({URL})"
    assert html == f'<p><a href="{URL.replace("&", "&amp;")}">no more</a></p>'


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("body", ["{{ v }}", "Hello {{ v }}, **{{ v }}**", "- {{ v }}\n- b"])
def test_values_are_text(trick: str, body: str) -> None:
    """Nothing in a value is read as Markdown: the page is the one that any other value makes."""
    text, html = parts(body, v=trick)
    plain_text, plain_html = parts(body, v="Qx")
    escaped = trick.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert text == plain_text.replace("Qx", trick)
    assert html == plain_html.replace("Qx", escaped)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("a b", "a%20b"),
        ("evil.example/", "evil.example%2F"),
        ("x&admin=1#top", "x%26admin%3D1%23top"),
        ("ü)\n", "%C3%BC%29%0A"),
    ],
)
def test_value_inside_an_address(value: str, address: str) -> None:
    """A value inside an address stays the part that it is, with `urlencode` or without."""
    for body in (
        "[x](https://x.example/?c={{ v }})",
        "[x](https://x.example/?c={{ v|urlencode }})",
    ):
        text, html = parts(body, v=value)
        assert text == f"x (https://x.example/?c={address})"
        assert f'href="https://x.example/?c={address}"' in html


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "x",
        "https:",
        "java\nscript:alert(1)",
        "file:///etc/passwd",
        "mailto:",
        "vbscript:x",
    ],
)
def test_address_from_a_value(value: str) -> None:
    """A value that is no address of web or mail stops the mail where a link would lead to it."""
    for body in ("[x]({{ v }})", "<{{ v }}>"):
        with pytest.raises(TemplateError, match="a link would lead to"):
            parts(body, v=value)


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("x ![a](https://x.example/a.png)", 3, "images"),
        ("x ![{{ a }}]({{ b }})", 3, "images"),
        ("x [a](javascript:alert)", 7, "`javascript:alert`"),
        ("x [a](www.x.example)", 7, "`www.x.example`"),
        ("x [a](<data:x>)", 8, "`data:x`"),
        ("x <javascript:alert>", 4, "`javascript:alert`"),
        ("x <b>y", 3, "HTML"),
        ('x <img src="a">', 3, "HTML"),
        ("x <!-- y -->", 3, "HTML"),
    ],
)
def test_refused(line: str, column: int, message: str) -> None:
    """Images, HTML and odd links are refused when the template is read, at their place."""
    with pytest.raises(TemplateError, match=message) as caught:
        parse_template("a.md", f"---\nsubject: x\n---\nHello\n{line}\n")
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (5, column)


@pytest.mark.parametrize(
    "line", [r"\![a]", r"a \<b> c", "a < b", "x [a] (b)", "Great! [a](https://x)"]
)
def test_not_refused(line: str) -> None:
    """What only looks like them is text."""
    assert parts(line)[0]
