"""What went wrong with a request, told to programs (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

TYPE = "application/problem+json"


class ProblemError(Exception):
    """A request that cannot be served; `field` names what is wrong in it, `hint` what to do."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        field: str = "",
        hint: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.hint = status, detail, field, hint
        self.headers = headers


def problem(error: ProblemError) -> JSONResponse:
    """The problem as an answer; its parts are empty where there is nothing to say."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        "field": error.field,
        "hint": error.hint,
    }
    return JSONResponse(told, error.status, error.headers, media_type=TYPE)
