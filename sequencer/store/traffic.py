"""What left lately: instants of mails and of touches, as few as the limits of pacing need.

A mailbox may have thousands of mails in a day, and is looked at before each of them: so the
database counts, and gives out instants only where a limit is reached.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.store.columns import from_text
from sequencer.store.database import Connection
from sequencer.store.mailboxes import COLUMNS, StoredMailbox, stored, unseen
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import (
    FIRST_TOUCH,
    HAS_LEFT,
    EnrollmentRow,
    MailboxRow,
    ProspectRow,
    SendRow,
    TouchRow,
)

OUT = "out"
EMAIL = "email"
_SPLIT = len(COLUMNS)
_ABOUT_TO_LEAVE = OPEN_STATES | {SendState.CLAIMED}

# Statements that every look makes are built once: that takes longer than to run them.
_FROM_ONE = SendRow.mailbox == sa.bindparam("one")
_BY_ONE = TouchRow.mailbox == sa.bindparam("one")
_HAS_LEFT = sa.text(HAS_LEFT)  # for the index, where no instant is asked for
_AFTER = SendRow.handed_at > sa.bindparam("after", type_=SendRow.handed_at.type)
_RECENT_KINDS = (
    sa.select(SendRow.follow_up)
    .where(_FROM_ONE, _HAS_LEFT)
    .order_by(SendRow.handed_at.desc(), SendRow.id.desc())
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Since:
    """How many mails of a mailbox left, or may have left, after an instant."""

    at: datetime
    ours: int
    by_hand: int

    @property
    def number(self) -> int:
        """All of them."""
        return self.ours + self.by_hand


def counts_of_mailbox(
    connection: Connection, mailbox: str, instants: Sequence[datetime]
) -> list[Since]:
    """How many mails of a mailbox left after each of these instants."""
    values = {f"after{index}": at for index, at in enumerate(instants)}
    row = connection.execute(_counts(len(instants)), {"one": mailbox, **values}).one()
    pairs = zip(row[::2], row[1::2], strict=True)
    return [Since(at, *pair) for at, pair in zip(instants, pairs, strict=True)]


class BoxState(NamedTuple):
    """How many mails of a mailbox left in the last hour, day and week, and when the last did."""

    mailbox: StoredMailbox
    hour: int = 0
    day: int = 0
    week: int = 0
    last: datetime | None = None


def boxes_of(
    connection: Connection, names: Collection[str], instants: tuple[datetime, datetime, datetime]
) -> dict[str, BoxState]:
    """These mailboxes, and what left each after these instants: an hour, a day and a week ago."""
    values: dict[str, object] = {f"after{index}": at for index, at in enumerate(instants)}
    found = {name: BoxState(unseen(name)) for name in names}
    for row in _BOXES.all(connection, {"names": list(names), **values}):
        (hour, before_hour, before_day, *last), box = row[_SPLIT:], stored(row[:_SPLIT])
        day = hour + before_hour
        found[box.name] = BoxState(box, hour, day, day + before_day, _latest(last))
    return found


def _latest(instants: Sequence[Any]) -> datetime | None:
    return max((_instant(raw) for raw in instants if raw is not None), default=None)


def newest_of_mailbox(connection: Connection, mailbox: str, limit: int) -> list[datetime]:
    """Instants of a mailbox's last mails, those by hand among them, in order."""
    found: list[datetime] = []
    for query in _newest_queries():
        rows = query.raw(connection, {"one": mailbox, "most": limit})
        found += [_instant(raw) for (raw,) in rows]
    return sorted(found)[-limit:] if limit else []


def mail_days_of(connection: Connection, mailbox: str, limit: int) -> list[date]:
    """The first dates (UTC) on which we sent mails from a mailbox, in order."""
    if not limit:
        return []
    query = _mail_days(connection.dialect.name)
    return [
        at.date() for at in connection.execute(query, {"one": mailbox, "most": limit}).scalars()
    ]


def newest_to_person(
    connection: Connection, prospect_id: int, after: datetime, limit: int
) -> list[datetime]:
    """Instants of the last mails to a person, those by hand among them, in order."""
    ours = (
        sa.select(SendRow.handed_at.label("at"))
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(EnrollmentRow.prospect_id == prospect_id, SendRow.handed_at > after)
    )
    by_hand = sa.select(TouchRow.at).where(
        TouchRow.prospect_id == prospect_id, TouchRow.at > after, *_mail_out()
    )
    return _newest(connection, [ours, by_hand], limit)


def newest_to_domain(
    connection: Connection, domain: str, after: datetime, limit: int
) -> list[datetime]:
    """Instants of our last mails to anybody at a domain (a domain key), in order."""
    ours = (
        sa.select(SendRow.handed_at.label("at"))
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(ProspectRow.domain_key == domain, SendRow.handed_at > after)
    )
    return _newest(connection, [ours], limit)


def counts_to_people(
    connection: Connection, people: Collection[int], day: datetime, week: datetime
) -> dict[int, tuple[int, int]]:
    """Mails to each person since those two instants, those by hand among them; none is left out."""
    values = {"people": list(people), "day": day, "week": week}
    return {
        number: (today, all_week) for number, today, all_week in _TO_PEOPLE.all(connection, values)
    }


def counts_to_domains(
    connection: Connection, domains: Collection[str], after: datetime
) -> dict[str, int]:
    """Our mails to each domain (a domain key) since then; one without any is left out."""
    rows = _TO_DOMAINS.all(connection, {"domains": list(domains), "after": after})
    return {row[0]: row[1] for row in rows}


def count_first_touches(connection: Connection, slug: str, after: datetime) -> int:
    """First touches of a cadence since then."""
    number: int = _FIRST_TOUCHES.scalar(connection, {"one": slug, "after": after})
    return number


def newest_first_touches(
    connection: Connection, slug: str, after: datetime, limit: int
) -> list[datetime]:
    """Instants of the last first touches of a cadence, in order."""
    ours = sa.select(SendRow.handed_at.label("at")).where(
        sa.text(FIRST_TOUCH), SendRow.slug == slug, SendRow.handed_at > after
    )
    return _newest(connection, [ours], limit)


def is_first_touch(connection: Connection, enrollment_id: int) -> bool:
    """Whether the mail that an enrollment waits for is its first touch."""
    query = sa.select(SendRow.id).where(
        SendRow.enrollment_id == enrollment_id,
        SendRow.follow_up.is_(False),
        SendRow.state.in_(_ABOUT_TO_LEAVE),
    )
    return connection.execute(query.limit(1)).first() is not None


def has_left(
    connection: Connection, mailbox: str, recipient: str, begin: datetime, end: datetime
) -> bool:
    """Whether a mail of ours from a mailbox to that address left between these instants."""
    query = sa.select(SendRow.id).where(
        SendRow.mailbox == mailbox,
        SendRow.handed_at.between(begin, end),
        sa.func.lower(SendRow.recipient) == recipient.lower(),
    )
    return connection.execute(query.limit(1)).first() is not None


def recent_kinds(connection: Connection, mailbox: str, limit: int) -> list[bool]:
    """For each of the mailbox's last mails, the oldest first, whether it was a follow-up."""
    values = {"one": mailbox, "most": limit}
    return list(connection.execute(_RECENT_KINDS, values).scalars())[::-1]


def _boxes() -> sa.Select[Any]:
    """One statement for many mailboxes: to send it costs more than to answer it."""
    ours = SendRow.mailbox == MailboxRow.name
    by_hand = (TouchRow.mailbox == MailboxRow.name, *_mail_out())
    columns: list[Any] = [*COLUMNS]
    afters = [sa.bindparam(f"after{index}", type_=SendRow.handed_at.type) for index in range(3)]
    for after, before in zip(afters, (None, *afters), strict=False):  # so each is counted once
        mails = sa.select(sa.func.count()).where(ours, *_between(SendRow.handed_at, after, before))
        touches = sa.select(sa.func.count()).where(*by_hand, *_between(TouchRow.at, after, before))
        columns.append(mails.scalar_subquery() + touches.scalar_subquery())
    last = sa.select(_raw(sa.func.max(SendRow.handed_at))).where(ours, _HAS_LEFT)
    touched = sa.select(_raw(sa.func.max(TouchRow.at))).where(*by_hand)
    columns += [last.scalar_subquery(), touched.scalar_subquery()]
    return sa.select(*columns).where(one_of(MailboxRow.name, "names"))


def _between(at: Any, after: Any, before: Any | None) -> Iterator[sa.ColumnElement[bool]]:
    """After the one and, if there is another, not after that."""
    yield at > after
    if before is not None:
        yield at <= before


@cache
def _counts(instants: int) -> sa.Select[Any]:
    number, columns = sa.func.count(), []
    for index in range(instants):
        after = sa.bindparam(f"after{index}", type_=SendRow.handed_at.type)
        ours = sa.select(number).where(_FROM_ONE, SendRow.handed_at > after)
        by_hand = sa.select(number).where(_BY_ONE, TouchRow.at > after, *_mail_out())
        columns += [ours.scalar_subquery(), by_hand.scalar_subquery()]
    return sa.select(*columns)


@cache
def _mail_days(dialect: str) -> sa.Select[Any]:
    """The first mail of each date: one look into the index for it, however many mails it has."""
    first = sa.func.min(SendRow.handed_at, type_=SendRow.handed_at.type)
    number = sa.literal_column("1", sa.Integer)
    day = sa.select(first.label("at"), number.label("number")).where(_FROM_ONE, _HAS_LEFT)
    days = day.cte("day", recursive=True)
    next_day: sa.ColumnElement[Any]
    if dialect == "sqlite":
        # An instant is a text there that begins with its date; the whole would be rounded.
        on = sa.func.substr(days.c.at, sa.literal_column("1"), sa.literal_column("10"))
        next_day = sa.func.date(on, sa.literal_column("'+1 day'"))
    else:
        midnight = sa.func.date_trunc(
            sa.literal_column("'day'"), days.c.at, sa.literal_column("'UTC'")
        )
        next_day = midnight + sa.literal_column("interval '24 hours'")
    later = sa.select(first).where(_FROM_ONE, SendRow.handed_at >= next_day).correlate(days)
    more = sa.select(later.scalar_subquery(), days.c.number + number)
    days = days.union_all(more.where(days.c.at.is_not(None), days.c.number < sa.bindparam("most")))
    return sa.select(days.c.at).where(days.c.at.is_not(None)).order_by(days.c.at)


@cache
def _newest_queries() -> tuple[Prepared, Prepared]:
    ours = sa.select(_raw(SendRow.handed_at)).where(_FROM_ONE, _HAS_LEFT)
    by_hand = sa.select(_raw(TouchRow.at)).where(_BY_ONE, *_mail_out())
    most: sa.BindParameter[int] = sa.bindparam("most")
    return (
        Prepared(ours.order_by(SendRow.handed_at.desc()).limit(most)),
        Prepared(by_hand.order_by(TouchRow.at.desc()).limit(most)),
    )


def _to_people() -> sa.Select[Any]:
    week = sa.bindparam("week", type_=SendRow.handed_at.type)
    ours = (
        sa.select(EnrollmentRow.prospect_id.label("person"), SendRow.handed_at.label("at"))
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(one_of(EnrollmentRow.prospect_id, "people"), SendRow.handed_at > week)
    )
    by_hand = sa.select(TouchRow.prospect_id, TouchRow.at).where(
        one_of(TouchRow.prospect_id, "people"), TouchRow.at > week, *_mail_out()
    )
    mails = sa.union_all(ours, by_hand).subquery()
    today = sa.func.count().filter(mails.c.at > sa.bindparam("day", type_=SendRow.handed_at.type))
    return sa.select(mails.c.person, today, sa.func.count()).group_by(mails.c.person)


def _to_domains() -> sa.Select[str, int]:
    return (
        sa.select(ProspectRow.domain_key, sa.func.count())
        .join(EnrollmentRow, EnrollmentRow.prospect_id == ProspectRow.id)
        .join(SendRow, SendRow.enrollment_id == EnrollmentRow.id)
        .where(one_of(ProspectRow.domain_key, "domains"), _AFTER)
        .group_by(ProspectRow.domain_key)
    )


def _first_touches() -> sa.Select[int]:
    return sa.select(sa.func.count()).where(
        sa.text(FIRST_TOUCH), SendRow.slug == sa.bindparam("one"), _AFTER
    )


def _mail_out() -> tuple[sa.ColumnElement[bool], ...]:
    return (TouchRow.channel == EMAIL, TouchRow.direction == OUT)


def _newest(
    connection: Connection, sources: Sequence[sa.Select[Any]], limit: int
) -> list[datetime]:
    """The last instants of several sources, in order; each source is read no further than that."""
    found: list[datetime] = []
    for query in sources:
        at = query.selected_columns[0]
        newest = query.with_only_columns(_raw(at)).order_by(at.desc()).limit(limit)
        found += [_instant(raw) for (raw,) in connection.execute(newest).all()]
    return sorted(found)[-limit:] if limit else []


def _raw(at: Any) -> sa.ColumnElement[Any]:
    """An instant as the driver gives it: the column's own type takes four times as long."""
    return sa.type_coerce(at, sa.String)


def _instant(raw: Any) -> datetime:
    instant: datetime = from_text(raw) if isinstance(raw, str) else raw.astimezone(UTC)
    return instant


_BOXES, _TO_PEOPLE, _TO_DOMAINS, _FIRST_TOUCHES = (
    Prepared(query) for query in (_boxes(), _to_people(), _to_domains(), _first_touches())
)
