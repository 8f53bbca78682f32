from html import escape

import pytest

from sequencer.mail.footer import OPT_OUT, with_footer

URL = "https://seller.example/u/token"
POST = "Seller & Sons\n1 Example Street"


def footer(
    text: str = "Hello.\n", html: str | None = "<p>Hello.</p>", language: str = "en", post: str = ""
) -> tuple[str, str | None]:
    plain, rich = with_footer(text, html, url=URL, language=language, postal_address=post)
    return "".join(plain), None if rich is None else "".join(rich)


def test_both_parts_let_the_reader_go() -> None:
    """The opt-out line stands below the text and below the HTML, once each."""
    text, html = footer()
    assert text == f"Hello.\n\n{OPT_OUT['en']}\n{URL}\n"
    assert html is not None
    assert html.startswith("<p>Hello.</p>\n")
    assert escape(OPT_OUT["en"]) in html
    assert html.count(f'<a href="{URL}">{URL}</a>') == 1


@pytest.mark.parametrize(
    "blocks",
    [
        ("Hello.\n",),
        ("Hello", ".\n"),
        ("Hello.", "\n"),
        ("Hello.\n", ""),
        ("Hello.\n\n", "\n", "\n"),
        ("", "Hello."),
    ],
)
def test_blocks(blocks: tuple[str, ...]) -> None:
    """The footer stands one empty line below, however the text is cut, and never beside names.

    Blocks that are the same in every mail alternate with others, below the text as in it.
    """
    plain, rich = with_footer(blocks, blocks, url=URL, language="en", postal_address=POST)
    assert "".join(plain) == f"Hello.\n\n{OPT_OUT['en']}\n{URL}\n\n{POST}\n"
    assert not any(URL in block for block in plain[::2])
    assert rich is not None
    assert "".join(rich).startswith("".join(blocks) + '\n<p style="')
    assert not any(URL in block for block in rich[::2])


def test_text_alone() -> None:
    """A mail without HTML stays without."""
    text, html = footer(html=None, post=POST)
    assert URL in text
    assert html is None


def test_no_second_link() -> None:
    """A template that places the link itself gets no second one, in either part."""
    body = f"Hello. Enough? {URL}\n"
    rich = f"<p>Hello. <a href='{URL}'>Enough?</a></p>"
    assert footer(body, rich) == (body, rich)


def test_a_link_in_one_part_only() -> None:
    """Each part is looked at by itself."""
    text, html = footer(f"Hello. {URL}\n", "<p>Hello.</p>")
    assert text.count(URL) == 1
    assert html is not None
    assert URL in html


def test_postal_address() -> None:
    """The address stands below the link, its lines kept and its signs escaped."""
    text, html = footer(post=POST)
    assert text.endswith(f"{URL}\n\n{POST}\n")
    assert html is not None
    assert "Seller &amp; Sons<br>1 Example Street" in html


def test_postal_address_alone() -> None:
    """The address is added also where the template has placed the link."""
    text, html = footer(f"Hello. {URL}\n", f"<p>{URL}</p>", post=POST)
    assert text == f"Hello. {URL}\n\n{POST}\n"
    assert html is not None
    assert html.count(URL) == 1


@pytest.mark.parametrize(
    ("language", "line"), [("es", "es"), ("de-AT", "de"), ("PT-BR", "pt"), ("xx", "en"), ("", "en")]
)
def test_language(language: str, line: str) -> None:
    """The line is in the reader's language, whatever the region, and in English for all others."""
    text, _ = footer(language=language)
    assert OPT_OUT[line] in text
