"""`/api/handovers`: what programs read of handovers, and say for their reps."""

from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from sequencer.domain.access import Access
from sequencer.domain.handover import HandoverState
from sequencer.engine import handover_view
from sequencer.engine.handover_view import WantedHandovers
from sequencer.engine.meeting_view import Viewer
from sequencer.web.api import Answer, body, number_in, query, reads, writes
from sequencer.web.fields import BIGGEST
from sequencer.web.meeting_shape import handover_json
from sequencer.web.site import site_of

PAGE: Final = 50
MOST_PAGE: Final = 200
MAX_NAME: Final = 100
MAX_REASON: Final = 500


def handover_api_routes() -> list[Route]:
    """The endpoints."""
    one = "/api/handovers/{number}"
    return [
        reads("/api/handovers", _list),
        reads(one, _one),
        writes(f"{one}/accept", _accept),
        writes(f"{one}/refuse", _refuse),
    ]


async def _list(request: Request, access: Access) -> Answer:
    asked = query(request, ("state", "rep", "meeting", "after", "limit"))
    state = asked.choice("state", tuple(HandoverState))
    wanted = WantedHandovers(
        state=HandoverState(state) if state else None,
        rep=asked.text("rep", MAX_NAME),
        meeting=asked.whole("meeting", 1, BIGGEST),
    )
    after = asked.whole("after", 0, BIGGEST) or 0
    limit = asked.whole("limit", 1, MOST_PAGE) or PAGE
    viewer, world = _viewer(request, access), site_of(request).world
    found = await world.read(handover_view.page, viewer, wanted, after, limit)
    return 200, {
        "handovers": [handover_json(each) for each in found.handovers],
        "after": found.after,
    }


async def _one(request: Request, access: Access) -> Answer:
    world, number = site_of(request).world, number_in(request)
    return 200, handover_json(await world.read(handover_view.see, _viewer(request, access), number))


async def _accept(request: Request, access: Access) -> Answer:
    await body(request, ())
    return await _answer(request, access, handover_view.Answer(takes=True, by=access.by))


async def _refuse(request: Request, access: Access) -> Answer:
    because = (await body(request, ("because",))).text("because", MAX_REASON, lines=True)
    said = handover_view.Answer(takes=False, by=access.by, because=because)
    return await _answer(request, access, said)


async def _answer(request: Request, access: Access, said: handover_view.Answer) -> Answer:
    world, number, viewer = site_of(request).world, number_in(request), _viewer(request, access)
    now = world.clock.now()
    return 200, handover_json(await world.write(handover_view.answer, viewer, number, said, now))


def _viewer(request: Request, access: Access) -> Viewer:
    return Viewer(site_of(request).world.desk, access.client)
