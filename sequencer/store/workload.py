"""Which mailboxes of a daemon have something to do? One query for all, flat in what merely waits.

The conditions on sends are in the words of the partial indexes, or none of those would be used.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.send import SendState
from sequencer.store.database import Connection
from sequencer.store.due import FIRST_DUE
from sequencer.store.outside_tables import NoticeRow
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import UNDER_WAY, MailboxRow, SendRow

_HALF_DONE = (SendState.CLAIMED, SendState.HANDED)
_DUE_AT = SendRow.due_at.type


@dataclass(frozen=True, slots=True)
class Workload:
    """What there is to do in one mailbox.

    Attributes:
        half_done: a send is under way, or was left so.
        doubtful: a send is in doubt.
        unread: it is time to read the mailbox.
        notices: a mail that belongs to no cadence is due, or was handed over and is not heard of.
        rests_until: no mail is to be begun before that.
        reason: why it rests.
    """

    mailbox: str
    half_done: bool
    doubtful: bool
    unread: bool
    notices: bool
    rests_until: datetime | None
    reason: str

    @property
    def is_of_mails_alone(self) -> bool:
        """Whether there is nothing but mails of cadences that are due."""
        return not (self.half_done or self.doubtful or self.unread or self.notices)


_NOW = sa.bindparam("now", type_=_DUE_AT)
_UNREAD = sa.or_(
    MailboxRow.synced_at.is_(None),
    MailboxRow.synced_at <= sa.bindparam("polled_before", type_=_DUE_AT),
    MailboxRow.synced_at >= sa.bindparam("not_after", type_=_DUE_AT),  # a clock was set back
)
_MINE = MailboxRow.holder == sa.bindparam("holder")
_COLUMNS = (MailboxRow.name, MailboxRow.until, MailboxRow.reason, _UNREAD.label("unread"))
_IS_DUE = sa.or_(*(sa.func.coalesce(due_at <= _NOW, sa.false()) for due_at in FIRST_DUE.values()))
_AWAKE = sa.or_(MailboxRow.until.is_(None), MailboxRow.until <= _NOW)
_TO_DO = Prepared(sa.select(*_COLUMNS).where(_MINE, sa.or_(_UNREAD, sa.and_(_AWAKE, _IS_DUE))))
_NAMED = Prepared(sa.select(*_COLUMNS).where(_MINE, one_of(MailboxRow.name, "names")))
_UNDER_WAY = Prepared(
    sa.select(SendRow.mailbox, SendRow.state)
    .where(
        sa.text(UNDER_WAY),
        sa.or_(*(SendRow.state == state for state in (*_HALF_DONE, SendState.UNKNOWN))),
    )
    .distinct()
)
_TO_TELL = Prepared(
    sa.select(NoticeRow.mailbox)
    .where(NoticeRow.ended_at.is_(None), NoticeRow.due_at <= _NOW)
    .distinct()
)


def workload(
    connection: Connection, holder: str, now: datetime, polled_before: datetime
) -> list[Workload]:
    """What there is to do in the mailboxes that the holder has; those without work are missing."""
    half_done: set[str] = set()
    doubtful: set[str] = set()
    for mailbox, state in _UNDER_WAY.all(connection, {}):
        (half_done if state in _HALF_DONE else doubtful).add(mailbox)
    telling = {mailbox for (mailbox,) in _TO_TELL.all(connection, {"now": now})}
    given = {"holder": holder, "now": now, "polled_before": polled_before}
    given["not_after"] = now + (now - polled_before)
    found = {row[0]: row for row in _TO_DO.all(connection, given)}
    if named := (half_done | doubtful | telling) - found.keys():
        rows = _NAMED.all(connection, {**given, "names": sorted(named)})
        found |= {row[0]: row for row in rows}
    return [
        Workload(
            mailbox=name,
            half_done=name in half_done,
            doubtful=name in doubtful,
            unread=bool(unread),
            notices=name in telling,
            rests_until=until,
            reason=reason,
        )
        for name, until, reason, unread in found.values()
    ]
