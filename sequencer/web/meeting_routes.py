"""`/meetings`: the pages of meetings for whoever has signed in with a key."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sequencer.engine.meeting_by_hand import MeetingError, UnknownMeetingError
from sequencer.engine.meeting_view import Viewer
from sequencer.engine.stop import UnknownProspectError
from sequencer.web.fields import BIGGEST
from sequencer.web.form import read_form
from sequencer.web.meeting_deed import book, change
from sequencer.web.meeting_page import (
    Look,
    list_page,
    meeting_page,
    sign_in_page,
    turn_of,
    unknown_meeting,
)
from sequencer.web.problem import ProblemError
from sequencer.web.session import Session
from sequencer.web.sign_in import by_form, refuse_foreign, session_of, sign_in, sign_out
from sequencer.web.site import site_of

PAGE: Final = 25
MOST_PAGES: Final = 1_000

Shown = Callable[[Request, Session, Look], Awaitable[Response]]


def meeting_page_routes() -> list[Route]:
    """The pages, and what their forms post."""
    return [
        Route("/meetings", _get(_list), methods=["GET"]),
        Route("/meetings", _post(_list), methods=["POST"]),
        Route("/meetings/{number}", _get(_one), methods=["GET"]),
        Route("/meetings/{number}", _post(_one), methods=["POST"]),
    ]


def _get(show: Shown) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        session = session_of(request)
        if session is None:
            return sign_in_page()
        done = request.query_params.get("done", "")
        return await show(request, session, _look(request, session, done=done))

    return answer


def _post(show: Shown) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        """Do what the form says, then show the page anew; what went wrong is told on it."""
        session = session_of(request)
        try:
            form = await read_form(request)
            refuse_foreign(request)
            if form.get("do") == "sign-in":
                return sign_in(request, form)
            return await _done(request, by_form(session, form), form)
        except UnknownMeetingError:
            return unknown_meeting()
        except (ProblemError, MeetingError, UnknownProspectError) as error:
            wrong, status = _words(error)
        if session is None:
            return sign_in_page(wrong, status)
        return await show(request, session, _look(request, session, wrong=wrong, status=status))

    return answer


async def _list(request: Request, session: Session, look: Look) -> Response:
    world, viewer = site_of(request).world, _viewer(request, session)
    at = _page(request, "coming"), _page(request, "past")
    coming = await world.read(viewer.coming, look.now, at[0] * PAGE, PAGE + 1)
    past = await world.read(viewer.past, look.now, at[1] * PAGE, PAGE + 1)
    turn = turn_of(session.word, at, (len(coming) > PAGE, len(past) > PAGE))
    return list_page(look, coming[:PAGE], past[:PAGE], turn)


async def _one(request: Request, session: Session, look: Look) -> Response:
    try:
        number = _number(request)
        view = await site_of(request).world.read(_viewer(request, session).see, number)
    except UnknownMeetingError:
        return unknown_meeting()
    return meeting_page(view, look)


async def _done(request: Request, session: Session, form: dict[str, str]) -> Response:
    """Where to go on after the form was done, so that to reload the page does nothing."""
    if form.get("do") == "sign-out":
        return sign_out(request)
    if not session.access.may_write:
        raise ProblemError(403, "Your key is good for reading alone.")
    world, viewer, by = site_of(request).world, _viewer(request, session), session.access.by
    if "number" in request.path_params:
        await change(world, viewer, form, _number(request), by)
        return RedirectResponse(f"?done={form['do']}", 303)
    number = await book(world, viewer, form, by)
    return RedirectResponse(f"meetings/{number}?done=book", 303)


def _look(
    request: Request, session: Session, *, done: str = "", wrong: str = "", status: int = 200
) -> Look:
    world, access = site_of(request).world, session.access
    return Look(
        tz=world.desk.policy.tz,
        now=world.clock.now(),
        word=session.word if access.may_write else "",
        by=access.rep,
        done=done,
        wrong=wrong,
        status=status,
    )


def _viewer(request: Request, session: Session) -> Viewer:
    return Viewer(site_of(request).world.desk, session.access.client)


def _number(request: Request) -> int:
    text = request.path_params["number"]
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(BIGGEST))
    if not is_number or not 0 < int(text) <= BIGGEST:
        raise UnknownMeetingError(text)
    return int(text)


def _page(request: Request, name: str) -> int:
    """Which page of a list is asked for; the first where that is no number."""
    text = request.query_params.get(name, "")
    return min(int(text[:6]), MOST_PAGES) if text.isascii() and text.isdecimal() else 0


def _words(error: Exception) -> tuple[str, int]:
    """What went wrong, in a sentence, and its status."""
    if isinstance(error, ProblemError):
        field = f"{error.field.replace('_', ' ')}: " if error.field else ""
        return f"{field}{error.detail}", error.status
    if isinstance(error, UnknownProspectError):
        return "No prospect has that address.", 404
    return str(error), 409
