"""Which mailbox does somebody hear from? Of those able to send, the one that carries the fewest."""

from collections.abc import Mapping
from datetime import datetime

from sequencer.domain.absence import back_at
from sequencer.domain.audience import Ownership
from sequencer.domain.cadence import Cadence
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.prospect import Prospect
from sequencer.domain.rotation import Rotation
from sequencer.engine.desk import Desk
from sequencer.engine.policy import Policy
from sequencer.store import census, mailboxes
from sequencer.store.database import Connection


def able(connection: Connection, desk: Desk) -> set[str]:
    """Mailboxes of the settings that are not locked out; one that only rests is among them."""
    locked_out = {
        each.name
        for each in mailboxes.listed(connection)
        if each.health.state is MailboxState.NEEDS_SIGN_IN
    }
    return set(desk.policy.mailboxes) - locked_out


def pool(
    connection: Connection,
    desk: Desk,
    cadence: Cadence,
    carried: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Live enrollments of each mailbox of the cadence that is able to send.

    `carried` are those counted before; to count them looks at all that are enrolled.
    """
    usable = able(connection, desk)
    names = [name for name in desk.policy.mailboxes_of(cadence) if name in usable]
    if carried is None:
        carried = census.live_by_mailbox(connection) if names else {}
    return {name: carried.get(name, 0) for name in names}


def choose(
    load: Mapping[str, int],
    policy: Policy,
    cadence: Cadence,
    prospect: Prospect,
    now: datetime,
) -> str:
    """The mailbox for a new person; the owner's own, where the cadence wants it.

    One whose rep is away gets nobody new as long as another one is there.

    Args:
        load: live enrollments by mailbox, not empty.
        policy: the settings.
        cadence: what the person is in.
        prospect: the person.
        now: the instant (UTC) at which somebody may be away.
    """
    names = set(load)
    if cadence.audience.ownership is Ownership.OWN or cadence.rotate is Rotation.OWNER_FIRST:
        owned = {name for name in names if is_of(policy, name, prospect.owner)}
        names = owned or names
    present = {name for name in names if not _is_away(policy, name, now)}
    names = present or names
    return min(names, key=lambda name: (load[name], name))


def _is_away(policy: Policy, mailbox: str, now: datetime) -> bool:
    away = policy.mailboxes[mailbox].away
    return bool(away) and back_at(away, policy.zone_of(mailbox), now) is not None


def is_of(policy: Policy, mailbox: str, rep: str) -> bool:
    """Whether a mailbox of the settings belongs to that rep."""
    known, name = policy.mailboxes.get(mailbox), rep.strip().casefold()
    return known is not None and bool(name) and known.belongs_to.casefold() == name
