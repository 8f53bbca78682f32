"""Fill a database with meetings of long ago: handed over, told about, followed up, all done."""

from datetime import timedelta

import sqlalchemy as sa
from builders import NOON

from sequencer.domain.handover import HandoverState
from sequencer.store.database import Database
from sequencer.store.every_table import METADATA

LONG_AGO = NOON - timedelta(days=200)
EMPTY = (
    *("tz", "title", "event_type", "link", "place", "host", "cancelled_by", "cancel_reason"),
    *("uid", "credited_by", "left_out"),
)


def fill_meetings(database: Database, number: int) -> None:
    """Add so many meetings with a handover and a mail about each; everybody has somebody's."""
    numbers = range(1, number + 1)
    meetings = [
        {
            "source": "calendly",
            "meeting_key": f"m{each}",
            "previous_key": "",
            "state": "held",
            "email": f"lead{each}@firm{each // 4}.example",
            "prospect_id": each,
            "starts_at": LONG_AGO,
            "verified": True,
            "updated_at": LONG_AGO,
            **dict.fromkeys(EMPTY, ""),
        }
        for each in numbers
    ]
    handovers = [
        {
            "key": f"{each:032x}",
            "meeting_id": each,
            "rep": f"rep{each % 9}",
            "state": HandoverState.ACCEPTED,
            "because": "",
            "uid": f"{each:032x}@seller.example",
            "revision": 0,
            "record": {},
            "offered_at": LONG_AGO,
            "answer_by_at": LONG_AGO,
            "note": "",
        }
        for each in numbers
    ]
    notices = [
        {
            "once_key": f"handover {each:032x} 0",
            "kind": "handover",
            "mailbox": f"box{each % 3}",
            "recipient": "rep@field.example",
            "data": b"",
            "due_at": LONG_AGO,
            "tries": 0,
            "handed_at": LONG_AGO,
            "ended_at": LONG_AGO,
            "outcome": "accepted",
        }
        for each in numbers
    ]
    with database.write() as connection:
        for name, rows in (("meeting", meetings), ("handover", handovers), ("notice", notices)):
            connection.execute(sa.insert(METADATA.tables[name]), rows)
