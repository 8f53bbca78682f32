"""What the engine needs to know of the settings, as values without passwords or ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sequencer.domain.cadence import Cadence, ZoneFrom
from sequencer.domain.due import Timing
from sequencer.domain.pacing import Pace
from sequencer.domain.prospect import Prospect

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """How one mailbox presents itself and how fast it may send.

    Attributes:
        keeps_sent_copy: the provider files a copy in Sent by itself. Where it does, a missing copy
            proves that a mail did not go out; where we file the copy ourselves it proves nothing.
    """

    name: str
    address: str
    sender_name: str
    tz: ZoneInfo | None = None
    pace: Pace = field(default_factory=Pace)
    keeps_sent_copy: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of a workspace.

    Attributes:
        keys: secrets that sign opt-out links, the newest first; the oldest also salts Message-IDs.
        freshness: how old a mailbox's last scan may be when a mail leaves.
        poll: how often a mailbox is scanned although nothing announced a change.
        settle: how long a send in doubt is left alone before evidence is sought.
    """

    mailboxes: Mapping[str, MailboxPolicy]
    keys: tuple[bytes, ...]
    public_url: str
    tz: ZoneInfo = UTC_ZONE
    postal_address: str = ""
    freshness: timedelta = timedelta(seconds=120)
    poll: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(minutes=15)

    @property
    def salt(self) -> str:
        """What makes Message-IDs unguessable; stays when keys are rotated."""
        return self.keys[-1].hex()

    def timing(self, cadence: Cadence, prospect: Prospect, mailbox: str) -> Timing:
        """The calendar of a prospect's touches: window, zone by the cadence's rule, jitter."""
        schedule = cadence.schedule
        known = self.mailboxes.get(mailbox)
        zones = {
            ZoneFrom.PROSPECT: _zone(prospect.timezone),
            ZoneFrom.MAILBOX: known.tz if known else None,
            ZoneFrom.WORKSPACE: self.tz,
        }
        order = list(ZoneFrom)
        chain = [zones[each] for each in order[order.index(schedule.zone_from) :]]
        tz = next(zone for zone in chain if zone is not None)
        return Timing(schedule.window, tz, schedule.jitter)


def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name; None for one that was left empty, or that is not known any more."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None
