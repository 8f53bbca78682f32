"""Read what a form of ours posts: a few short fields."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from sequencer.web.body import BodyTooLargeError, read_body
from sequencer.web.problem import ProblemError

MAX_FORM: Final = 16 * 1024  # bytes
_MOST_FIELDS: Final = 20
_NOT_OURS: Final = "That did not come from our form."
_FORM: Final = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """The fields by their names.

    Raises:
        ProblemError: it is too large, or no form of ours.
    """
    try:
        body = await read_body(request, MAX_FORM)
    except BodyTooLargeError:
        raise ProblemError(413, "That was too much text.") from None
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and said != _FORM:
        raise ProblemError(415, _NOT_OURS)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise ProblemError(400, _NOT_OURS) from None
    return dict(pairs)
