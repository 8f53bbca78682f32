"""What the buttons on the pages of meetings do."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from sequencer.domain.booking import By
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.meeting_by_hand import CalledOff
from sequencer.engine.meeting_view import Connection, Deed, Viewer
from sequencer.engine.world import World
from sequencer.web.appointment import APPOINTMENT, MAX_LINE, appointment_in
from sequencer.web.fields import Fields

MAX_ADDRESS: Final = 320
FORM: Final = ("do", "word")  # in every form
_PLAIN: Final[dict[str, Deed]] = {
    "held": by_hand.held,
    "no-show": by_hand.no_show,
    "came": by_hand.came,
    "confirm": by_hand.confirm,
}
_FIELDS: Final[Mapping[str, Collection[str]]] = {
    **dict.fromkeys(_PLAIN, ()),
    "move": APPOINTMENT,
    "cancel": ("by", "because"),
    "credit": ("email",),
}


async def book(world: World, viewer: Viewer, form: Mapping[str, str], by: str) -> int:
    """Number of the meeting that a form books.

    Raises:
        ProblemError, UnknownProspectError, MeetingError: it cannot be booked like that.
    """
    fields = Fields(form, (*FORM, "email", *APPOINTMENT), 400)
    address = fields.text("email", MAX_ADDRESS, needed=True)
    wanted = appointment_in(fields, world.desk.policy.tz)

    def work(connection: Connection) -> int:
        asked = replace(wanted, token=viewer.knows(connection, address))
        now = world.clock.now()
        return by_hand.book(connection, world.desk, address, asked, by, now).id

    return await world.write(work)


async def change(
    world: World, viewer: Viewer, form: Mapping[str, str], number: int, by: str
) -> None:
    """Do with a meeting what a form says.

    Raises:
        ProblemError, UnknownProspectError, MeetingError: it cannot be done.
    """
    name = Fields(form, form, 400).choice("do", tuple(_FIELDS), needed=True)
    fields = Fields(form, (*FORM, *_FIELDS[name]), 400)
    deed = _deed(name, fields, viewer, world.desk.policy.tz)
    await world.write(viewer.act, number, deed, by, world.clock.now())


def _deed(name: str, fields: Fields, viewer: Viewer, tz: ZoneInfo) -> Deed:
    match name:
        case "move":
            wanted = appointment_in(fields, tz)
            return lambda connection, desk, number, by, now: by_hand.move(
                connection, desk, number, wanted, by, now
            )
        case "cancel":
            by_whom = fields.choice("by", tuple(By), needed=True)
            said = CalledOff(by_whom, fields.text("because", MAX_LINE))
            return lambda connection, desk, number, by, now: by_hand.cancel(
                connection, desk, number, said, by, now
            )
        case "credit":
            return viewer.crediting(fields.text("email", MAX_ADDRESS, needed=True))
        case _:
            return _PLAIN[name]
