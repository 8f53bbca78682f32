"""Read the body of a request to the API: one JSON object, small and plain."""

import json
from typing import Final

from starlette.requests import Request

from sequencer.web.body import BodyTooLargeError, read_body
from sequencer.web.problem import ProblemError

MAX_JSON: Final = 16 * 1024  # bytes
_JSON: Final = "application/json"


async def read_json(request: Request) -> dict[str, object]:
    """The object in the body; an empty body is an empty one.

    Raises:
        ProblemError: it is too large, of another type, or no JSON object.
    """
    try:
        body = await read_body(request, MAX_JSON)
    except BodyTooLargeError:
        raise ProblemError(413, f"The body has more than {MAX_JSON} bytes.") from None
    if not body:
        return {}
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != _JSON:
        raise ProblemError(415, "The body is not JSON.", hint=f"send Content-Type: {_JSON}")
    try:
        found = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_constant)
        json.dumps(found, ensure_ascii=False).encode()  # half a character cannot be stored
    except (ValueError, RecursionError):
        raise ProblemError(400, "The body is no valid JSON.", hint="see RFC 8259") from None
    if not isinstance(found, dict):
        raise ProblemError(400, "The body is no JSON object.", hint='it begins with "{"')
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object none of whose names stands twice: which one counted would be anybody's guess."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
