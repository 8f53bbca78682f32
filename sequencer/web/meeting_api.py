"""`/api/meetings`: what programs read of meetings, and say of them."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from sequencer.domain.access import Access
from sequencer.domain.booking import By
from sequencer.domain.meeting import MeetingState
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.meeting_by_hand import CalledOff
from sequencer.engine.meeting_once import book_once
from sequencer.engine.meeting_view import Connection, Deed, MeetingView, Viewer, Wanted
from sequencer.web.api import Answer, Endpoint, body, number_in, query, reads, writes
from sequencer.web.appointment import APPOINTMENT, MAX_LINE, appointment_in
from sequencer.web.fields import BIGGEST
from sequencer.web.meeting_shape import meeting_json
from sequencer.web.problem import ProblemError
from sequencer.web.site import site_of

PAGE: Final = 50
MOST_PAGE: Final = 200
MAX_KEY: Final = 200  # characters of an Idempotency-Key
MAX_ADDRESS: Final = 320

_DEEDS: Final[dict[str, Deed]] = {
    "no-show": by_hand.no_show,
    "came": by_hand.came,
    "held": by_hand.held,
    "confirm": by_hand.confirm,
}


def meeting_routes() -> list[Route]:
    """The endpoints."""
    one = "/api/meetings/{number}"
    return [
        reads("/api/meetings", _list),
        reads(one, _one),
        writes("/api/meetings", _book),
        writes(f"{one}/move", _move),
        writes(f"{one}/cancel", _cancel),
        writes(f"{one}/credit", _credit),
        *(writes(f"{one}/{name}", _deed(deed)) for name, deed in _DEEDS.items()),
    ]


async def _list(request: Request, access: Access) -> Answer:
    asked = query(request, ("state", "from", "to", "after", "limit"))
    state = asked.choice("state", tuple(MeetingState))
    wanted = Wanted(
        state=MeetingState(state) if state else None,
        begins_from=asked.instant("from"),
        begins_before=asked.instant("to"),
    )
    after = asked.whole("after", 0, BIGGEST) or 0
    limit = asked.whole("limit", 1, MOST_PAGE) or PAGE
    world = site_of(request).world
    found = await world.read(_viewer(request, access).page, wanted, after, limit)
    shown = [meeting_json(each) for each in found.views]
    return 200, {"meetings": shown, "after": found.after}


async def _one(request: Request, access: Access) -> Answer:
    found = await site_of(request).world.read(_viewer(request, access).see, number_in(request))
    return 200, meeting_json(found)


async def _book(request: Request, access: Access) -> Answer:
    world, viewer = site_of(request).world, _viewer(request, access)
    fields = await body(request, ("email", *APPOINTMENT))
    address = fields.text("email", MAX_ADDRESS, needed=True)
    wanted = appointment_in(fields, key=_once(request, access))

    def book(connection: Connection) -> tuple[MeetingView, bool]:
        asked = replace(wanted, token=viewer.knows(connection, address))
        now = world.clock.now()
        meeting, new = book_once(connection, world.desk, address, asked, access.by, now)
        return viewer.see(connection, meeting.id), new

    found, new = await world.write(book)
    return 201 if new else 200, meeting_json(found)


async def _move(request: Request, access: Access) -> Answer:
    wanted = appointment_in(await body(request, APPOINTMENT))
    return await _act(
        request,
        access,
        lambda connection, desk, number, by, now: by_hand.move(
            connection, desk, number, wanted, by, now
        ),
    )


async def _cancel(request: Request, access: Access) -> Answer:
    fields = await body(request, ("cancelled_by", "because"))
    by_whom = fields.choice("cancelled_by", tuple(By), needed=True)
    said = CalledOff(by_whom, fields.text("because", MAX_LINE))
    return await _act(
        request,
        access,
        lambda connection, desk, number, by, now: by_hand.cancel(
            connection, desk, number, said, by, now
        ),
    )


async def _credit(request: Request, access: Access) -> Answer:
    fields = await body(request, ("email",))
    address = fields.text("email", MAX_ADDRESS, needed=True)
    return await _act(request, access, _viewer(request, access).crediting(address))


def _deed(deed: Deed) -> Endpoint:
    """The endpoint for something that needs no more to be said."""

    async def endpoint(request: Request, access: Access) -> Answer:
        await body(request, ())
        return await _act(request, access, deed)

    return endpoint


async def _act(request: Request, access: Access, deed: Deed) -> Answer:
    """Do it to a meeting that the caller may see; the meeting as it is now."""
    world, number = site_of(request).world, number_in(request)
    act, now = _viewer(request, access).act, world.clock.now()
    return 200, meeting_json(await world.write(act, number, deed, access.by, now))


def _viewer(request: Request, access: Access) -> Viewer:
    return Viewer(site_of(request).world.desk, access.client)


def _once(request: Request, access: Access) -> str:
    """The key by which the caller would ask for the same booking again, theirs alone."""
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > MAX_KEY or not key.isprintable():
        detail = f"At most {MAX_KEY} plain characters are possible."
        raise ProblemError(400, detail, field="Idempotency-Key")
    return f"{access.name} {key}" if key else ""
