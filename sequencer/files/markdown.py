"""From Markdown to the two parts of a mail: readable text, and quiet HTML.

The Markdown that is read here never holds a value of a person: the template prints a mark (one
private character) for each value, and the values take the places of the marks afterwards. So no
name can become markup, and mails that differ only in their values share one reading.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby, pairwise
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sequencer.files.markdown_text import plain_text
from sequencer.mail.draft import Blocks

MAX_MARKS = 4_000
MAX_MARKDOWN = 64 * 1024  # characters; a body made of brackets alone takes a second at this length
LEAST_BLOCK = 150  # characters of lines without a mark; fewer are encoded again in less time
KEPT = 512  # readings; a template has one for each way through its conditions

# Plane 16 is for private use: nobody writes mails with it. A mark in a link's address lies half a
# plane above the same mark in the text, because a value is escaped differently there; and higher
# again where the address has begun already: there a value must not bring its own host or path.
_TEXT, _URL, _URL_PART = 0x100000, 0x108000, 0x10C000
_MARK = re.compile("([\U00100000-\U0010fffd])")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ANGLE = re.compile("<([\U00100000-\U0010fffd])>")
_TO_URL_PART = {_TEXT + index: _URL_PART + index for index in range(MAX_MARKS)}
_ADDRESS = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)\S*", re.IGNORECASE)
_BEGINS_WELL = re.compile("https?://|mailto:|[\U00100000-\U0010fffd]", re.IGNORECASE)
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"  # characters that have a meaning in an address
_SAFE_PART = "%"  # what the filter `urlencode` has made is not encoded again


class MarkdownError(ValueError):
    """The body holds something that does not belong into a mail."""


class _Marked:
    """A text with marks, taken apart once: lines without any, lines with some, and so on."""

    __slots__ = ("_blocks", "_forms", "marks")

    def __init__(self, text: str) -> None:
        self._blocks: list[str] = []
        self._forms: list[tuple[str, list[str]]] = []
        runs = ["".join(lines) for _, lines in groupby(_LINE.findall(text), _is_marked)]
        for is_same, blocks in groupby(runs, _is_worth_a_block):
            block = "".join(blocks)
            if is_same:
                self._blocks.append(block)
                continue
            form = _MARK.sub("%s", block.replace("%", "%%"))
            self._forms.append((form, _MARK.findall(block)))
            self._blocks.extend([""] * (2 - len(self._blocks) % 2))
        self.marks = _MARK.findall(text)

    def filled(self, shown: Mapping[str, str]) -> Blocks:
        blocks, value = self._blocks.copy(), shown.__getitem__
        blocks[1::2] = [form % tuple(map(value, marks)) for form, marks in self._forms]
        return tuple(blocks)


def _is_marked(text: str) -> bool:
    return _MARK.search(text) is not None


def _is_worth_a_block(lines: str) -> bool:
    return len(lines) >= LEAST_BLOCK and not _is_marked(lines)


class Reading:
    """Both parts of a body, with marks where values go, and the addresses of its links."""

    def __init__(self, text: str, html: str, links: Iterable[str]) -> None:
        self._text, self._html = _Marked(text), _Marked(html)
        # An address that is the same for everybody, and is one, need not be looked at again.
        self._links = [
            _Marked(link) for link in links if _MARK.search(link) or not _ADDRESS.fullmatch(link)
        ]
        every = (self._text, self._html, *self._links)
        self._marks = frozenset(mark for each in every for mark in each.marks)

    def filled(self, values: Sequence[str]) -> tuple[Blocks, Blocks]:
        """Text and HTML with the values in place of the marks.

        Raises:
            MarkdownError: a link would lead to something other than http, https or mailto.
        """
        shown = {each: _shown(each, values) for each in self._marks}
        for link in self._links:
            address = "".join(link.filled(shown))
            if _ADDRESS.fullmatch(address) is None:
                raise MarkdownError(f"a link would lead to `{address[:80]}`, which is no address")
        escaped = {each: escape(value) for each, value in shown.items()}
        return self._text.filled(shown), self._html.filled(escaped)


def _shown(each: str, values: Sequence[str]) -> str:
    """What takes the place of a mark."""
    code = ord(each)
    if code >= _URL_PART:
        return quote(values[code - _URL_PART], safe=_SAFE_PART, errors="replace")
    if code >= _URL:
        return quote(values[code - _URL].strip(), safe=_SAFE, errors="replace")
    return values[code - _TEXT]


@lru_cache(maxsize=MAX_MARKS)
def mark(index: int) -> str:
    """What stands for the value of that index while Markdown is read."""
    if index >= MAX_MARKS:
        raise MarkdownError(f"the template prints more than {MAX_MARKS} values")
    return chr(_TEXT + index)


@lru_cache(maxsize=KEPT)
def read_markdown(pieces: tuple[str, ...]) -> Reading:
    """Both parts of a body in Markdown.

    The body comes in pieces since these are compared, when it comes again, in less time than it
    takes to join them.

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
                links.append(_in_address(str(child.attrs["href"])))
                child.attrs["href"] = links[-1]
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
    start = chr(ord(href[0]) - _TEXT + _URL) if _MARK.match(href) else href[:1]
    return start + href[1:].translate(_TO_URL_PART)


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
        return url if _MARK.search(url) else super().normalizeLink(url)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name that markdown-it calls
        if _BEGINS_WELL.match(url) is None:
            hint = "links begin with https://, http:// or mailto:"
            raise MarkdownError(f"a link leads to `{url[:80]}`; {hint}")
        return True


_PARSER = _Parser()
