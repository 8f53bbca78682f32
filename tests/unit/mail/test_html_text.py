import pytest
from steps import grows_linearly

from sequencer.mail.html_text import MAX_TEXT, html_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Hello <b>Zo&euml;</b>,</p><p>yes.</p>", "Hello Zoë,\n\nyes."),
        ("<div>a</div><div>b<br>c</div>", "a\nb\nc"),
        ("<ul><li>one<li>two</ul>three", "one\ntwo\nthree"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ("<pre>a  b\n  c</pre>d\n e", "a b\nc\nd e"),
        ("</pre>a\n b", "a b"),
        ("a&nbsp;b\u200b\u00adc", "a bc"),
        ("<style>p{}</style><script>x</script><title>t</title>a", "a"),
        ("<p></p><p></p><p>a</p><br><br><br>b", "a\n\nb"),
        ('<div style="Display: NONE">preview</div>a', "a"),
        ("a<span style='display:none'>x<span>y</span>z</span>b", "a\nb"),
        ("", ""),
    ],
)
def test_text(source: str, text: str) -> None:
    """Blocks become lines, what is not shown is left out."""
    assert html_text(source) == text


@pytest.mark.parametrize(
    "source",
    [
        '<div>Yes.</div><div class="gmail_quote x"><div>On Mon</div><p>old</p></div>',
        '<p>Yes.</p><div id="appendonsend"></div><hr><div>old</div>',
        '<p>Yes.</p><div id="x_divRplyFwdMsg"><b>From:</b> Rep</div><p>old</p>',
        'Yes.<blockquote type="cite"><blockquote type=cite>older</blockquote>old</blockquote>',
        'Yes.<div class="moz-cite-prefix">On Mon</div><blockquote type="CITE">old</blockquote>',
        '<div>Yes.<br></div><div class="ydp12ab34yahoo_quoted">old</div>',
        'Yes.<div class="gmail_quote">old',
    ],
)
def test_marked_quotes_are_left_out(source: str) -> None:
    """History that the mail program marked is not the person's text, closed or not."""
    assert html_text(source) == "Yes."


def test_answer_below_a_marked_quote() -> None:
    """What stands behind the quote is the person's; an unmarked quote may be too."""
    assert html_text('<div class="gmail_quote"><img><p>old</p></div><p>Yes.</p>') == "Yes."
    assert html_text("<blockquote>I said so</blockquote><p>Yes.</p>") == "I said so\n\nYes."
    assert html_text('<a id="link">a</a><div id="appendonsend"/>b') == "a"


def test_identifier_inside_a_quote() -> None:
    """A mark of history inside what is passed over anyway ends nothing."""
    source = '<div class="gmail_quote"><p id="appendonsend">old</p></div>Yes.'
    assert html_text(source) == "Yes."


def test_void_element_is_not_passed_over() -> None:
    """An image that is hidden has no end that could be waited for."""
    assert html_text('<img style="display:none">Yes.') == "Yes."


def test_text_is_capped() -> None:
    """The text is cut at its cap."""
    assert len(html_text("<p>word</p>" * 80_000)) == MAX_TEXT


@pytest.mark.parametrize(
    "source",
    [
        "<a " * 90_000,
        "<!--" * 65_000,
        "<a b=\"'" * 40_000,
        "<" * 262_144,
        "<td>" * 30_000 + "<div>" * 30_000,
        "<div>" * 50_000,
        "<blockquote type=cite>" * 12_000,
        "<a " + '="' * 130_000 + ">",
        "&#" * 130_000,
        "<pre>" + "\n" * 262_000,
    ],
    ids=lambda source: source[:12],
)
def test_hostile_source(source: str) -> None:
    """A quarter of a megabyte of what stops other parsers is read within the time of a test."""
    assert len(html_text(source)) <= MAX_TEXT


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        "<!--",
        "<a b=\"'",
        "<",
        "<td>",
        "<div>",
        "<td><div>",
        "<br>",
        "<p>",
        "</p>",
        "<a b=c d>",
        "<blockquote type=cite>",
        "<script>",
        "<script></script>",
        "&#1",
        "<pre>\n",
        "<div id=x>",
    ],
)
def test_work_is_linear(unit: str) -> None:
    """Twice the source is about twice the work, whatever it is made of."""
    assert grows_linearly(html_text, unit)
