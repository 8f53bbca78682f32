"""Who asks the API? Told by the key that is presented (RFC 6750), and by nothing else."""

from starlette.requests import Request

from sequencer.domain.access import Access, access_by
from sequencer.web.problem import ProblemError
from sequencer.web.site import site_of

_ASK = {"WWW-Authenticate": 'Bearer realm="sequencer"'}


def caller(request: Request) -> Access:
    """Whose key the request bears.

    Raises:
        ProblemError: it bears none that is known; the same whatever is wrong with it.
    """
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    known = site_of(request).world.desk.policy.access
    found = access_by(known, key.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        hint = "send the header `Authorization: Bearer <key>` with a key of web.api_keys"
        raise ProblemError(401, "No known key was presented.", hint=hint, headers=_ASK)
    return found


def writer(request: Request) -> Access:
    """The same for a request that changes something.

    Raises:
        ProblemError: the key is not known, or good for reading alone.
    """
    found = caller(request)
    if not found.may_write:
        hint = f"web.api_keys.{found.name}.read_only says so"
        raise ProblemError(403, "This key is good for reading alone.", hint=hint)
    return found
