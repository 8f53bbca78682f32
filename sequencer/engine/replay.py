"""Put every opt-out of the log back on the list: a restored backup has forgotten the last ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.opt_out import OptOut
from sequencer.engine.ports import OptOuts
from sequencer.engine.suppress import suppress_entry
from sequencer.engine.world import World
from sequencer.store import suppressions
from sequencer.store.database import Connection


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the logs brought.

    Attributes:
        lines: how many opt-outs since the backup there are; `new` is how many had been forgotten.
        broken: lines that cannot be understood, as they stand.
    """

    lines: int = 0
    new: int = 0
    stopped: int = 0
    broken: tuple[str, ...] = ()


async def replay(
    world: World, logs: Sequence[OptOuts], since: datetime, *, dry_run: bool
) -> Replayed:
    """Add what the logs have since that instant to the list, and end whose cadences it hits."""
    lines, new, stopped, broken = 0, 0, 0, list[str]()
    for log in logs:
        for each in log.read():
            if isinstance(each, str):
                broken.append(each)
                continue
            if each.at < since:
                continue  # in the backup, unless somebody took it off the list again
            lines += 1
            if dry_run:
                new += await world.read(_is_missing, each)
                continue
            source = f"the opt-out log, of {each.at:%Y-%m-%d %H:%M} UTC"
            entry, now = each.suppression, world.clock.now()
            done = await world.write(suppress_entry, world.desk, entry, source, now)
            new += done.new
            stopped += done.stopped
    return Replayed(lines, new, stopped, tuple(broken))


def _is_missing(connection: Connection, opt_out: OptOut) -> bool:
    return not suppressions.is_listed(connection, opt_out.suppression)
