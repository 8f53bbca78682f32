"""`/h/<token>`: a rep looks at a meeting, and answers. Looking changes nothing: programs look."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sequencer.domain.booking import By
from sequencer.engine.handover_answer import HandoverError, UnknownHandoverError, view
from sequencer.engine.handover_deed import Deed, Said, say
from sequencer.engine.meeting_by_hand import MeetingError
from sequencer.web.fields import Fields
from sequencer.web.form import read_form
from sequencer.web.handover_page import handover_page, unknown_handover
from sequencer.web.problem import ProblemError
from sequencer.web.site import site_of

MAX_REASON = 500  # characters
MAX_SEEN = 40


def handover_routes() -> list[Route]:
    """The page, and what its buttons post."""
    return [
        Route("/h/{token:path}", _look, methods=["GET"]),
        Route("/h/{token:path}", _answer, methods=["POST"]),
    ]


async def _look(request: Request) -> Response:
    return await _page(request, done=request.query_params.get("done", ""))


async def _answer(request: Request) -> Response:
    """Do what the form says, then show the page anew, so that to reload it does nothing."""
    world, token = site_of(request).world, request.path_params["token"]
    try:
        fields = Fields(await read_form(request), ("do", "by", "because", "of"), 400)
        said = Said(
            deed=Deed(fields.choice("do", tuple(Deed), needed=True)),
            because=fields.text("because", MAX_REASON, lines=True),
            cancelled_by=fields.choice("by", tuple(By)) or By.HOST,
            of=fields.text("of", MAX_SEEN),
        )
        await world.write(say, world.desk, token, said, world.clock.now())
    except UnknownHandoverError:
        return unknown_handover()
    except (HandoverError, MeetingError) as error:
        return await _page(request, wrong=str(error), status=409)
    except ProblemError as error:
        return await _page(request, wrong=error.detail, status=error.status)
    return RedirectResponse(f"?done={said.deed}", 303)


async def _page(
    request: Request, *, done: str = "", wrong: str = "", status: int = 200
) -> Response:
    world, token = site_of(request).world, request.path_params["token"]
    now = world.clock.now()
    try:
        found = await world.read(view, world.desk, token, now)
    except HandoverError:
        return unknown_handover()
    return handover_page(found, now, done=done, wrong=wrong, status=status)
