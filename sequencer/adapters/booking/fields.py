"""What does the JSON of a delivery hold, within limits and whatever its types?"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sequencer.domain.booking import DeliveryError
from sequencer.mail.calendar_stamp import FIRST_YEAR, LAST_YEAR

MAX_BODY = 256 * 1024
MAX_DEPTH = 32
MAX_TEXT = 1_000
MAX_LIST = 100  # people of a meeting, events of a delivery

# A text that is never closed ends with the body: to begin anew at each quote would take minutes.
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|([\[{])|([\]}])', re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def parsed(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        DeliveryError: it is too large, nested too deep, or no JSON.
    """
    if len(body) > MAX_BODY:
        raise DeliveryError(f"the body has {len(body)} octets, more than {MAX_BODY}")
    depth = 0
    for found in _BRACKETS.finditer(body):
        depth += (found[1] is not None) - (found[2] is not None)
        if depth > MAX_DEPTH:
            raise DeliveryError(f"the body is nested deeper than {MAX_DEPTH} levels")
    try:
        value: object = json.loads(body)
    except ValueError as error:
        raise DeliveryError("the body is not JSON") from error
    return value


def read_object(body: bytes) -> "Fields":
    """The object that a body is.

    Raises:
        DeliveryError: it is too large, nested too deep, or no object of JSON.
    """
    value = parsed(body)
    if not isinstance(value, dict):
        raise DeliveryError("the body is not an object")
    return Fields(value)


def as_text(value: object) -> str:
    """A string that any database takes; anything else than a string is as good as none."""
    if not isinstance(value, str):
        return ""
    sound = value.encode("utf-8", "replace").decode("utf-8")
    return _CONTROLS.sub(" ", sound).strip()[:MAX_TEXT]


class Fields:
    """An object of the delivery. A member of another type than asked for is as good as missing.

    What is not needed must not keep a booking from stopping the cadence.
    """

    def __init__(self, values: object) -> None:
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self._values)

    def all(self) -> dict[str, Any]:
        """Everything as it came, for whoever passes it on."""
        return dict(self._values)

    def text(self, *names: str) -> str:
        """The first of these members that is a string and says something."""
        return next((text for name in names if (text := as_text(self._values.get(name)))), "")

    def key(self, *names: str) -> str:
        """The same for what may be a number as well: tools do not agree on what an id is."""
        for name in names:
            value = self._values.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value) if abs(value) < 10**30 else ""
            if text := as_text(value):
                return text
        return ""

    def flag(self, name: str) -> bool:
        """Whether the member is true, and not merely something."""
        return self._values.get(name) is True

    def denies(self, name: str) -> bool:
        """Whether the member is false, and not merely missing."""
        return self._values.get(name) is False

    def fields(self, *path: str) -> "Fields":
        """The object at the end of a path; an empty one where there is none."""
        found = self
        for name in path:
            found = Fields(found._values.get(name))
        return found

    def each(self, name: str) -> "list[Fields]":
        """The first objects of a list; the object itself where there is one in place of a list."""
        value = self._values.get(name)
        if isinstance(value, dict):
            return [Fields(value)]
        return [Fields(each) for each in value[:MAX_LIST]] if isinstance(value, list) else []

    def first(self, name: str) -> "Fields":
        """First object of a list."""
        return next(iter(self.each(name)), Fields(None))

    def texts(self, name: str) -> list[str]:
        """The first strings of a list."""
        value = self._values.get(name)
        listed = value[:MAX_LIST] if isinstance(value, list) else []
        return [text for each in listed if (text := as_text(each))]

    def minutes(self, name: str) -> int | None:
        """A number of minutes that a meeting may last."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return int(value) if 0 < value < 100_000 else None

    def instant(self, *names: str) -> datetime | None:
        """An instant as ISO 8601 writes it, or as milliseconds since 1970."""
        for name in names:
            value = self._values.get(name)
            found = _from_ms(value) if isinstance(value, int) else instant_of(as_text(value))
            if found is not None:
                return found
        return None


def instant_of(text: str) -> datetime | None:
    """The instant that a text tells, in UTC; None where it tells none that a meeting can be at."""
    try:
        if text.isdecimal():
            return _from_ms(int(text[:20]))
        at = datetime.fromisoformat(text)
        utc = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return utc if FIRST_YEAR <= utc.year <= LAST_YEAR else None


def _from_ms(value: int) -> datetime | None:
    if isinstance(value, bool) or not 10**11 < value < 10**14:  # the years 1973 to 5138
        return None
    return datetime.fromtimestamp(value / 1_000, UTC)
