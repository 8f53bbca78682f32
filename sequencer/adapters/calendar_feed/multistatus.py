"""What does a multistatus answer hold (RFC 4918 section 13)? A document type in it is refused.

Entities are what an XML bomb is made of, and no server of calendars has a use for them.
"""

import pyexpat
from dataclasses import dataclass, field

from sequencer.domain.feed import FeedError

MAX_DEPTH = 40
MOST_RESPONSES = 20_000
DAV, CALDAV, SERVER = "DAV:", "urn:ietf:params:xml:ns:caldav", "http://calendarserver.org/ns/"


@dataclass(slots=True)
class Response:
    """What is told of one thing; properties by `namespace name`, as text.

    Attributes:
        kinds: the elements in its resource type.
    """

    href: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)


def read_multistatus(body: bytes) -> list[Response]:
    """The responses in a body, with those of their properties that there are.

    Raises:
        FeedError: it is no such answer.
    """
    reader, is_all = _Reader(), True
    try:
        reader.parser.Parse(body, is_all)
    except pyexpat.ExpatError as error:
        raise FeedError(f"the answer is not XML: {error}") from None
    if not reader.is_multistatus:
        raise FeedError("the answer is not one of a calendar server")
    return reader.responses


class _Reader:
    """Follows the elements of a document; a property of another status than 200 is none."""

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self.is_multistatus = False
        self._path: list[str] = []
        self._text: list[str] = []
        self._found: dict[str, str] = {}
        self._status = ""
        self.parser = pyexpat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append

    def _refuse(self, *_: object) -> None:
        raise FeedError("the answer declares a document type or an entity, which may be a bomb")

    def _start(self, name: str, _attributes: object) -> None:
        if len(self._path) >= MAX_DEPTH or len(self.responses) > MOST_RESPONSES:
            raise FeedError("the answer is nested too deep, or has too many parts")
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if not parent:
            self.is_multistatus = name == f"{DAV} multistatus"
        elif name == f"{DAV} response":
            self.responses.append(Response())
        elif name == f"{DAV} propstat":
            self._found, self._status = {}, ""
        elif parent == f"{DAV} resourcetype" and self.responses:
            self.responses[-1].kinds.add(name)
        self._text.clear()

    def _end(self, name: str) -> None:
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        text = "".join(self._text).strip()
        if not self.responses:
            return
        if parent == f"{DAV} response" and name == f"{DAV} href":
            self.responses[-1].href = text
        elif parent == f"{DAV} prop":
            self._found[name] = text
        elif parent == f"{DAV} propstat" and name == f"{DAV} status":
            self._status = text
        elif name == f"{DAV} propstat" and " 200" in f"{self._status} ":
            self.responses[-1].properties |= self._found
        self._text.clear()
