"""What does foreign HTML say, without the mail that it quotes?

Mail programs mark the history they quote; where they do, this is more exact than any look at the
lines of the text. What looks quoted but is not marked is left to `new_text`.
"""

from dataclasses import dataclass, field

from sequencer.mail.html_tag import Tag, read_html

MAX_SOURCE = 1_048_576  # characters; a reply in a long thread of Outlook comes near it
MAX_TEXT = 262_144

_QUOTE_CLASSES = frozenset(
    "gmail_quote gmail_quote_container gmail_attr yahoo_quoted moz-cite-prefix protonmail_quote"
    " moz-forward-container zmail_extra tutanota_quote ms-outlook-mobile-reference-message".split()
)
_QUOTE_CLASS_ENDS = ("yahoo_quoted",)  # Yahoo puts a random mark of each mail before its classes
_HISTORY_IDS = frozenset(  # everything behind it is history
    "divrplyfwdmsg appendonsend mail-editor-reference-message-container"
    " olk_src_body_section reply-separator".split()
)
_LINES = frozenset(
    "address article blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header"
    " hr li main nav ol pre section table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = str.maketrans({"\u200b": None, "\ufeff": None, "\u00ad": None, "\u00a0": " "})


def html_text(source: str) -> str:
    """Text of the part of `source` that is not marked as quoted, in lines.

    Both caps cut silently; the caller knows the length of what it gave.
    """
    writer = _Writer()
    for token in read_html(source[:MAX_SOURCE]):
        if isinstance(token, str):
            writer.text(token)
        elif writer.is_history(token):
            break
        elif token.closing:
            writer.end(token)
        else:
            writer.start(token)
    return writer.result()


@dataclass(slots=True)
class _Writer:
    """Lines written so far, and the element that is being passed over."""

    lines: list[list[str]] = field(default_factory=lambda: [[]])
    filled: bool = False  # whether the last line has more than white space
    skipped: str = ""
    depth: int = 0  # of elements of that name, while one is passed over
    pre: int = 0

    def text(self, text: str) -> None:
        """Write text, its white space squeezed unless it is preformatted."""
        if self.skipped:
            return
        text = text.translate(_UNSEEN)
        if not self.pre:
            self._write(text)
            return
        first, *rest = text.split("\n")
        self._write(first)
        for line in rest:
            self._next_line()
            self._write(line)

    def start(self, tag: Tag) -> None:
        """An element begins."""
        if self.skipped:
            self.depth += tag.name == self.skipped
        elif tag.name not in _VOID and _is_unwanted(tag):
            self.skipped, self.depth = tag.name, 1
            self._break(blank=False)
        elif tag.name == "br":
            self._next_line()
        else:
            self.pre += tag.name == "pre"
            self._edge(tag)

    def end(self, tag: Tag) -> None:
        """An element ends; one that never began may do so too."""
        if self.skipped:
            self.depth -= tag.name == self.skipped
            self.skipped = self.skipped if self.depth else ""
            return
        if tag.name == "pre":
            self.pre = max(self.pre - 1, 0)
        self._edge(tag)

    def is_history(self, tag: Tag) -> bool:
        """Whether nothing but quoted mail follows."""
        if tag.closing or self.skipped or "id" not in tag.source.lower():
            return False
        return tag.attributes().get("id", "").removeprefix("x_") in _HISTORY_IDS

    def result(self) -> str:
        """Lines joined, no more than one empty line between any two."""
        out: list[str] = []
        for words in self.lines:
            line = "".join(words).strip()
            if line or (out and out[-1]):
                out.append(line)
        return "\n".join(out).strip()[:MAX_TEXT]

    def _write(self, text: str) -> None:
        squeezed = " ".join(text.split())
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() else ""
        self.lines[-1].append(f"{before}{squeezed}{after}")
        self.filled = self.filled or bool(squeezed)

    def _edge(self, tag: Tag) -> None:
        if tag.name in _CELLS:
            self.lines[-1].append(" ")
        elif tag.name == "p":
            self._break(blank=True)
        elif tag.name in _LINES:
            self._break(blank=False)

    def _break(self, *, blank: bool) -> None:
        """Begin a line unless that has just been done; after an empty one where asked."""
        if self.filled:
            self._next_line()
        if blank:
            self._next_line()

    def _next_line(self) -> None:
        self.lines.append([])
        self.filled = False


def _is_unwanted(tag: Tag) -> bool:
    """Whether the element holds quoted mail, or nothing that is shown."""
    attributes = tag.attributes()
    classes = attributes.get("class", "").split()
    return (
        not _QUOTE_CLASSES.isdisjoint(classes)
        or any(name.endswith(_QUOTE_CLASS_ENDS) for name in classes)
        or (tag.name == "blockquote" and attributes.get("type") == "cite")
        or "display:none" in "".join(attributes.get("style", "").split())
    )
