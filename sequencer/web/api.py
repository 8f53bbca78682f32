"""What all endpoints of the API have in common: who asks, JSON in and out, errors as problems."""

from collections.abc import Awaitable, Callable, Collection
from typing import Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sequencer.domain.access import Access
from sequencer.engine.handover_answer import HandoverError, UnknownHandoverError
from sequencer.engine.meeting_by_hand import MeetingError, UnknownMeetingError
from sequencer.engine.stop import UnknownProspectError
from sequencer.web.caller import caller, writer
from sequencer.web.fields import BIGGEST, Fields
from sequencer.web.json_body import read_json
from sequencer.web.problem import ProblemError, problem

log = structlog.get_logger()

Answer = tuple[int, dict[str, object]]
Endpoint = Callable[[Request, Access], Awaitable[Answer]]
WRONG_VALUE: Final = 422  # of a field of the body
WRONG_QUERY: Final = 400


def reads(path: str, endpoint: Endpoint) -> Route:
    """A GET endpoint, for every known key."""
    return Route(path, _answering(endpoint, caller), methods=["GET"])


def writes(path: str, endpoint: Endpoint) -> Route:
    """A POST endpoint, for keys that may change something."""
    return Route(path, _answering(endpoint, writer), methods=["POST"])


def query(request: Request, known: Collection[str]) -> Fields:
    """What stands behind the `?`; of a name that stands twice, the last counts.

    Raises:
        ProblemError: there is something that nobody knows.
    """
    return Fields(dict(request.query_params), known, WRONG_QUERY)


async def body(request: Request, known: Collection[str]) -> Fields:
    """The fields of the body.

    Raises:
        ProblemError: it is no small JSON object, or has fields that nobody knows.
    """
    return Fields(await read_json(request), known, WRONG_VALUE)


def number_in(request: Request) -> int:
    """The number in the address.

    Raises:
        ProblemError: it is none that could be.
    """
    text = request.path_params["number"]
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(BIGGEST))
    if not is_number or not 0 < int(text) <= BIGGEST:
        raise ProblemError(404, "There is nothing of that number.")
    return int(text)


async def refused(request: Request, error: Exception) -> Response:
    """What no route answers: as a problem to programs, in a word to everybody else."""
    if not isinstance(error, HTTPException):
        raise error
    if f"{request.url.path}/".startswith("/api/"):
        detail = "There is no such address." if error.status_code == 404 else error.detail
        return problem(ProblemError(error.status_code, detail, headers=error.headers))
    return PlainTextResponse(error.detail, error.status_code, error.headers)


def _answering(
    endpoint: Endpoint, who: Callable[[Request], Access]
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            access = who(request)
            status, told = await endpoint(request, access)
        except ProblemError as error:
            return problem(error)
        except (MeetingError, HandoverError, UnknownProspectError) as error:
            return problem(_refused(error))
        if request.method == "POST":
            log.info("api_changed", path=request.url.path, key=access.name)
        return JSONResponse(told, status)

    return answer


def _refused(error: Exception) -> ProblemError:
    if isinstance(error, UnknownProspectError):
        hint = "import them first"
        return ProblemError(404, "No prospect has that address.", field="email", hint=hint)
    unknown = isinstance(error, UnknownMeetingError | UnknownHandoverError)
    return ProblemError(404 if unknown else 409, str(error) or "There is no such handover.")
