"""The body of a template of plain text, in which links to booking pages carry the token."""

from collections.abc import Sequence
from functools import lru_cache

from sequencer.domain.booking_link import OwnHosts, with_tokens
from sequencer.files.marked_text import KEY_MARK, Marked, shown

KEPT = 512  # readings; a template has one for each way through its conditions


def has_links(body: str) -> bool:
    """Whether something in a body may be a link: where nothing is, it need not be read at all."""
    return "/" in body


class PlainReading:
    """A body of plain text with marks where values go."""

    def __init__(self, text: str) -> None:
        self._text = Marked(text)

    def filled(self, values: Sequence[str], token: str) -> str:
        """The text with the values in place of the marks, the token in booking links."""
        told = {
            each: token if each == KEY_MARK else shown(each, values) for each in self._text.marks
        }
        return "".join(self._text.filled(told))


@lru_cache(maxsize=KEPT)
def read_plain(pieces: tuple[str, ...], own: OwnHosts = ()) -> PlainReading:
    """A body of plain text; the pieces are what a template printed, with marks for values."""
    return PlainReading(with_tokens("".join(pieces), KEY_MARK, own))
