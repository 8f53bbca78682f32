"""From Markdown to the two parts of a mail: readable text, and quiet HTML.

The Markdown that is read here never holds a value of a person: the template prints a mark (one
private character) for each value, and the values take the places of the marks afterwards. So no
name can become markup, and mails that differ only in their values share one reading.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sequencer.files.markdown_text import plain_text

MAX_MARKS = 4_000
MAX_MARKDOWN = 64 * 1024  # characters; a body made of brackets alone takes a second at this length
KEPT = 256  # readings; a template has one for each way through its conditions

# Plane 16 is for private use: nobody writes mails with it. A mark in a link's address lies half a
# plane above the same mark in the text, because a value is escaped differently there; and higher
# again where the address has begun already: there a value must not bring its own host or path.
_TEXT, _URL, _URL_PART = 0x100000, 0x108000, 0x10C000
_MARK = re.compile("[\U00100000-\U0010fffd]")
_ANGLE = re.compile("<([\U00100000-\U0010fffd])>")
_TO_URL_PART = {_TEXT + index: _URL_PART + index for index in range(MAX_MARKS)}
_ADDRESS = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)\S*", re.IGNORECASE)
_BEGINS_WELL = re.compile("https?://|mailto:|[\U00100000-\U0010fffd]", re.IGNORECASE)
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"  # characters that have a meaning in an address
_SAFE_PART = "%"  # what the filter `urlencode` has made is not encoded again


class MarkdownError(ValueError):
    """The body holds something that does not belong into a mail."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Both parts of a body, with marks where values go, and the addresses of its links."""

    text: str
    html: str
    links: tuple[str, ...]

    def filled(self, values: Sequence[str]) -> tuple[str, str]:
        """Text and HTML with the values in place of the marks.

        Raises:
            MarkdownError: a link would lead to something other than http, https or mailto.
        """
        urls = _Urls(values)
        for link in self.links:
            address = _replaced(link, values, urls)
            if _ADDRESS.fullmatch(address) is None:
                raise MarkdownError(f"a link would lead to `{address[:80]}`, which is no address")
        text = _replaced(self.text, values, urls)
        return text, _replaced(self.html, [escape(value) for value in values], urls.escaped())


class _Urls:
    """Values as they stand in an address."""

    def __init__(self, values: Sequence[str]) -> None:
        self.whole = [quote(value.strip(), safe=_SAFE, errors="replace") for value in values]
        self.part = [quote(value, safe=_SAFE_PART, errors="replace") for value in values]

    def escaped(self) -> "_Urls":
        """The same for HTML."""
        self.whole = [escape(url) for url in self.whole]
        return self


def mark(index: int) -> str:
    """What stands for the value of that index while Markdown is read."""
    if index >= MAX_MARKS:
        raise MarkdownError(f"the template prints more than {MAX_MARKS} values")
    return chr(_TEXT + index)


@lru_cache(maxsize=KEPT)
def read_markdown(body: str) -> Reading:
    """Both parts of a body in Markdown.

    Raises:
        MarkdownError: it is too long, or holds a picture, HTML, or a link that leads nowhere.
    """
    if len(body) > MAX_MARKDOWN:
        raise MarkdownError(f"the body is larger than {MAX_MARKDOWN // 1024} kB")
    tokens = _PARSER.parse(_ANGLE.sub(r"[\1](\1)", body))
    links: list[str] = []
    for before, token in pairwise([Token("", "", 0), *tokens]):
        _check(token)
        for child in token.children or ():
            _check(child)
            if child.type == "link_open":
                links.append(_in_address(str(child.attrs["href"])))
                child.attrs["href"] = links[-1]
        if before.type == "heading_open":
            _embolden(token)
        elif token.type in {"heading_open", "heading_close"}:
            token.tag = "p"
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    return Reading(plain_text(tokens), html.rstrip("\n"), tuple(links))


def _embolden(heading: Token) -> None:
    """A heading is a bold line: a mail with real ones looks like a newsletter."""
    inner = heading.children or []
    heading.children = [
        Token("strong_open", "strong", 1),
        *inner,
        Token("strong_close", "strong", -1),
    ]


def _in_address(href: str) -> str:
    """The address with its marks moved to where those of addresses lie."""
    start = chr(ord(href[0]) - _TEXT + _URL) if _MARK.match(href) else href[:1]
    return start + href[1:].translate(_TO_URL_PART)


def _check(token: Token) -> None:
    if token.type == "image":
        raise MarkdownError("a picture is not possible; link to it instead")
    if token.type in {"html_inline", "html_block"}:
        tag = token.content.strip()[:40]
        raise MarkdownError(f"HTML (`{tag}`) is not possible; write `\\<` for the character")


def _replaced(text: str, values: Sequence[str], urls: _Urls) -> str:
    def value_of(match: re.Match[str]) -> str:
        code = ord(match[0])
        if code >= _URL_PART:
            return urls.part[code - _URL_PART]
        return urls.whole[code - _URL] if code >= _URL else values[code - _TEXT]

    return _MARK.sub(value_of, text)


class _Parser(MarkdownIt):
    """CommonMark for mails: no code, no pictures, no HTML."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True, "breaks": False, "xhtmlOut": False})
        self.disable(["code", "fence", "backticks", "reference", "lheading"])

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name that markdown-it calls
        return url if _MARK.search(url) else super().normalizeLink(url)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name that markdown-it calls
        if _BEGINS_WELL.match(url) is None:
            hint = "links begin with https://, http:// or mailto:"
            raise MarkdownError(f"a link leads to `{url[:80]}`; {hint}")
        return True


_PARSER = _Parser()
