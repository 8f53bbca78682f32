"""Sign in to the pages with a key, and out: who is signed in, and is the form one of theirs?"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sequencer.domain.access import access_by
from sequencer.web.problem import ProblemError
from sequencer.web.session import LASTS, Session, is_word_of, new_session, read_session
from sequencer.web.site import site_of

COOKIE: Final = "sequencer_session"
_PAGES: Final = "/meetings"  # below which the cookie is sent
_FOREIGN: Final = "That did not come from our page. Load it anew, and try again."

log = structlog.get_logger()


def session_of(request: Request) -> Session | None:
    """Who is signed in; None for nobody."""
    world = site_of(request).world
    policy, cookie = world.desk.policy, request.cookies.get(COOKIE, "")
    return read_session(cookie, policy.access, policy.keys, world.clock.now())


def sign_in(request: Request, form: Mapping[str, str]) -> Response:
    """Show the page that was asked for to whoever has a key.

    Raises:
        ProblemError: nobody has that key.
    """
    world = site_of(request).world
    policy = world.desk.policy
    access = access_by(policy.access, form.get("key", "").strip())
    if access is None:
        raise ProblemError(401, "That key is not known.")
    path, is_safe = _where(request)
    answer = RedirectResponse("?", 303)
    answer.set_cookie(
        COOKIE,
        new_session(access, policy.keys, world.clock.now()).cookie,
        max_age=int(LASTS.total_seconds()),
        path=path,
        secure=is_safe,
        httponly=True,
        samesite="strict",
    )
    log.info("signed_in_to_the_pages", key=access.name)
    return answer


def sign_out(request: Request) -> Response:
    """Forget who was signed in."""
    path, is_safe = _where(request)
    answer = RedirectResponse("?", 303)
    answer.delete_cookie(COOKIE, path, secure=is_safe, httponly=True, samesite="strict")
    return answer


def by_form(session: Session | None, form: Mapping[str, str]) -> Session:
    """The session, for a form that came from a page of it.

    Raises:
        ProblemError: nobody is signed in, or the form came from elsewhere.
    """
    if session is None:
        raise ProblemError(401, "You were not signed in, and nothing was done.")
    if not is_word_of(session, form.get("word", "")):
        raise ProblemError(403, _FOREIGN)
    return session


def refuse_foreign(request: Request) -> None:
    """Browsers tell where a form stood; of those that do not, the word in the form has to be right.

    Raises:
        ProblemError: it stood on a page of somebody else.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ProblemError(403, _FOREIGN)


def _where(request: Request) -> tuple[str, bool]:
    """Below which path the cookie is sent, and whether only over TLS."""
    public = urlsplit(site_of(request).world.desk.policy.public_url)
    return f"{public.path.rstrip('/')}{_PAGES}", public.scheme == "https"
