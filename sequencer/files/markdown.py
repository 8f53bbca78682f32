"""From Markdown to the two parts of a mail: readable text, and quiet HTML.

The Markdown that is read here never holds a value of a person: the template prints a mark (one
private character) for each value, and the values take the places of the marks afterwards. So no
name can become markup, and mails that differ only in their values share one reading.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sequencer.domain.booking_link import OwnHosts, is_booking_page, with_token, with_tokens
from sequencer.files.markdown_text import plain_text
from sequencer.files.marked_text import (
    KEY_MARK,
    MARK,
    MAX_MARKS,
    TEXT,
    URL,
    URL_PART,
    Marked,
    shown,
)
from sequencer.mail.draft import Blocks

MAX_MARKDOWN = 64 * 1024  # characters; a body made of brackets alone takes a second at this length
KEPT = 512  # readings; a template has one for each way through its conditions

_ANGLE = re.compile("<([\U00100000-\U0010fffd])>")
_TO_URL_PART = {TEXT + index: URL_PART + index for index in range(MAX_MARKS)}
_ADDRESS = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)\S*", re.IGNORECASE)
_BEGINS_WELL = re.compile("https?://|mailto:|[\U00100000-\U0010fffd]", re.IGNORECASE)


class MarkdownError(ValueError):
    """The body holds something that does not belong into a mail."""


class Reading:
    """Both parts of a body, with marks where values go, and the addresses of its links."""

    def __init__(self, text: str, html: str, links: Iterable[str]) -> None:
        self._text, self._html = Marked(text), Marked(html)
        # An address that is the same for everybody, and is one, need not be looked at again.
        self._links = [
            Marked(link) for link in links if MARK.search(link) or not _ADDRESS.fullmatch(link)
        ]
        every = (self._text, self._html, *self._links)
        marks = frozenset(mark for each in every for mark in each.marks)
        self._marks, self._books = marks - {KEY_MARK}, KEY_MARK in marks

    def filled(self, values: Sequence[str], token: str = "") -> tuple[Blocks, Blocks]:
        """Text and HTML with the values in place of the marks, the token in booking links.

        Raises:
            MarkdownError: a link would lead to something other than http, https or mailto.
        """
        told = {each: shown(each, values) for each in self._marks}
        if self._books:
            told[KEY_MARK] = token
        for link in self._links:
            address = "".join(link.filled(told))
            if _ADDRESS.fullmatch(address) is None:
                raise MarkdownError(f"a link would lead to `{address[:80]}`, which is no address")
        escaped = {each: escape(value) for each, value in told.items()}
        return self._text.filled(told), self._html.filled(escaped)


@lru_cache(maxsize=KEPT)
def read_markdown(pieces: tuple[str, ...], own: OwnHosts = ()) -> Reading:
    """Both parts of a body in Markdown.

    The body comes in pieces since these are compared, when it comes again, in less time than it
    takes to join them.

    Args:
        pieces: what a template printed, with marks in place of values.
        own: hosts of our own that serve booking pages.

    Raises:
        MarkdownError: it is too long, or holds a picture, HTML, or a link that leads nowhere.
    """
    body = "".join(pieces).strip("\n")
    if len(body) > MAX_MARKDOWN:
        raise MarkdownError(f"the body is larger than {MAX_MARKDOWN // 1024} kB")
    tokens = _PARSER.parse(_ANGLE.sub(r"[\1](\1)", body))
    links: list[str] = []
    for before, token in pairwise([Token("", "", 0), *tokens]):
        _check(token)
        for child in token.children or ():
            _check(child)
            if child.type == "link_open":
                links.append(_booked(_in_address(str(child.attrs["href"])), own))
                child.attrs["href"] = links[-1]
            elif child.type == "text":
                child.content = with_tokens(child.content, KEY_MARK, own)
        if before.type == "heading_open":
            _embolden(token)
        elif token.type in {"heading_open", "heading_close"}:
            token.tag = "p"
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    return Reading(f"{plain_text(tokens)}\n", html.rstrip("\n"), links)


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
    start = chr(ord(href[0]) - TEXT + URL) if MARK.match(href) else href[:1]
    return start + href[1:].translate(_TO_URL_PART)


def _booked(href: str, own: OwnHosts) -> str:
    """The address with a place for the token where it leads to a booking page."""
    return with_token(href, KEY_MARK, own) if is_booking_page(href, own) else href


def _check(token: Token) -> None:
    if token.type == "image":
        raise MarkdownError("a picture is not possible; link to it instead")
    if token.type in {"html_inline", "html_block"}:
        tag = token.content.strip()[:40]
        raise MarkdownError(f"HTML (`{tag}`) is not possible; write `\\<` for the character")


class _Parser(MarkdownIt):
    """CommonMark for mails: no code, no pictures, no HTML."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True, "breaks": False, "xhtmlOut": False})
        self.disable(["code", "fence", "backticks", "reference", "lheading"])

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name that markdown-it calls
        return url if MARK.search(url) else super().normalizeLink(url)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name that markdown-it calls
        if _BEGINS_WELL.match(url) is None:
            hint = "links begin with https://, http:// or mailto:"
            raise MarkdownError(f"a link leads to `{url[:80]}`; {hint}")
        return True


_PARSER = _Parser()
