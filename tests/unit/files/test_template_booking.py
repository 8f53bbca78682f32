"""Links to booking pages in templates: they carry the token, whoever wrote them, in both parts."""

import re

import pytest

from sequencer.files.template import Rendered, TemplateError, parse_template, render

KEY = "0123456789abcdef" * 2
OWN = (("book.acme.example", "calcom"),)
PAGE = "https://calendly.com/ana/intro"
CARRIED = f"{PAGE}?utm_content={KEY}"


def filled(source: str, file: str = "a.md", /, **values: object) -> Rendered:
    return render(parse_template(file, source), values, KEY, OWN)


def test_link_of_a_text() -> None:
    """A link behind words has the token in the text and in the HTML."""
    rendered = filled(f"Please [choose a time]({PAGE}).")
    assert rendered.text == f"Please choose a time ({CARRIED}).\n"
    assert rendered.html == f'<p>Please <a href="{CARRIED}">choose a time</a>.</p>'


@pytest.mark.parametrize("written", [f"<{PAGE}>", f"[{PAGE}]({PAGE})"])
def test_link_that_shows_itself(written: str) -> None:
    """A link whose words are its address stands there once, and whole."""
    rendered = filled(f"Here: {written}.")
    assert rendered.text == f"Here: {CARRIED}.\n"
    assert rendered.html == f'<p>Here: <a href="{CARRIED}">{CARRIED}</a>.</p>'


@pytest.mark.parametrize("file", ["a.md", "a.txt"])
def test_bare_link(file: str) -> None:
    """A bare address becomes a link in most mail programs, so it has the token as well."""
    rendered = filled(f"See {PAGE}, or calendly.com/bob.", file)
    assert rendered.text == f"See {CARRIED}, or calendly.com/bob?utm_content={KEY}.\n"
    assert (rendered.html is None) is (file == "a.txt")


def test_more_in_the_link() -> None:
    """What else is in the link stays, values of the person among it, as safe as ever."""
    source = "[Book](https://cal.com/{{ who }}?month=1&name={{ name }}#top)"
    rendered = filled(source, who="ana/x?y", name="A & B")
    wanted = "https://cal.com/ana%2Fx%3Fy?month=1&name=A%20%26%20B&metadata%5Btoken%5D=KEY#top"
    assert rendered.text == f"Book ({wanted.replace('KEY', KEY)})\n"
    assert wanted.replace("KEY", KEY).replace("&", "&amp;") in (rendered.html or "")


def test_own_host() -> None:
    """A host of our own is known by its setting."""
    rendered = filled("[Book](https://book.acme.example/ana)")
    assert f"https://book.acme.example/ana?metadata%5Btoken%5D={KEY}" in rendered.text
    other = render(parse_template("a.md", "[Book](https://book.acme.example/ana)"), {}, KEY)
    assert KEY not in other.text


@pytest.mark.parametrize("file", ["a.md", "a.txt"])
def test_other_links_and_values(file: str) -> None:
    """Other links stay as they are, and so does what a person brings along."""
    source = "https://acme.example/x {{ page }} [a](https://acme.example/calendly.com)"
    rendered = filled(source, file, page=PAGE)
    assert KEY not in f"{rendered.text}{rendered.html}"
    assert PAGE in rendered.text


@pytest.mark.parametrize("file", ["a.md", "a.txt"])
def test_given_link(file: str) -> None:
    """`{{ booking_link }}` has its token already, and gets no second one."""
    rendered = filled(f"Pick: {{{{ booking_link }}}} or {PAGE}", file, booking_link=CARRIED)
    assert rendered.text == f"Pick: {CARRIED} or {CARRIED}\n"
    linked = filled("[Pick]({{ booking_link }})", booking_link=CARRIED)
    assert linked.html == f'<p><a href="{CARRIED}">Pick</a></p>'


@pytest.mark.parametrize("file", ["a.md", "a.txt"])
def test_same_bytes(file: str) -> None:
    """The same template and the same person make the same mail; another person another token."""
    template = parse_template(file, f"Hello {{{{ name }}}}, see {PAGE}.\n\nAnd {PAGE}#x\n")
    first = render(template, {"name": "Zoë"}, KEY)
    assert render(template, {"name": "Zoë"}, KEY) == first
    other = render(template, {"name": "Lee"}, "f" * 32)
    assert len(re.findall(f"{'f' * 32}", other.text)) == 2
    assert KEY not in other.text


def test_long_plain_mail() -> None:
    """A mail of plain text with links is not larger than one without may be."""
    body = "{% for one in range(100) %}{{ text }}{% endfor %} https://calendly.com/ana"
    with pytest.raises(TemplateError, match="larger than 256 kB"):
        filled(body, "a.txt", text="x" * 3_000)
