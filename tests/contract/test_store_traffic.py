"""What left lately, on every kind of database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import NOON
from rows import add_enrollment, add_person, add_send

from sequencer.domain.pacing import Pace, Traffic, mailbox_refusals
from sequencer.domain.rolling import DAY, HOUR, WEEK, Ramp
from sequencer.domain.send import SendEvent
from sequencer.engine.traffic import mailbox_traffic, whole_traffic
from sequencer.store import mailboxes, sends, standing, touches, traffic
from sequencer.store.database import Connection, Database
from sequencer.store.touches import MailByHand

TICK = timedelta(microseconds=1)


def hand(connection: Connection, at: datetime, person: int | None = None, **changes: object) -> int:
    """A mail that was handed over then, of a new person where none is given; its enrollment."""
    slug = str(changes.pop("slug", "fintech-intro"))
    enrolled = add_enrollment(connection, person, slug)
    send = add_send(connection, enrolled.id, **changes)
    sends.move(connection, [send.id], SendEvent.CLAIM)
    sends.move(connection, [send.id], SendEvent.HAND, handed_at=at)
    return enrolled.id


def by_hand(connection: Connection, at: datetime, number: int, person: int | None = None) -> None:
    """A mail that Ana sent by hand."""
    assert touches.add_mail_by_hand(connection, MailByHand(at, "ana", person, "x", str(number)))


def test_mails_of_a_mailbox(database: Database) -> None:
    """Mails of ours and mails by hand are counted and listed together, in order."""
    with database.write() as connection:
        for hours in (1, 30, 200):
            hand(connection, NOON - hours * HOUR)
        hand(connection, NOON, mailbox="luis")
        add_send(connection)
        by_hand(connection, NOON - 2 * HOUR, 1)
        hour, day, week = traffic.counts_of_mailbox(
            connection, "ana", [NOON - HOUR, NOON - DAY, NOON - WEEK]
        )
        assert [(each.ours, each.by_hand) for each in (hour, day, week)] == [(0, 0), (1, 1), (2, 1)]
        assert day.number == 2
        newest = traffic.newest_of_mailbox(connection, "ana", 3)
        assert newest == [NOON - each * HOUR for each in (30, 2, 1)]
        assert traffic.newest_of_mailbox(connection, "ana", 0) == []


def test_days_with_mails(database: Database) -> None:
    """Each date in UTC counts once, whatever the mails on it; neither gaps nor mails by hand do."""
    midnight = NOON.replace(hour=0)
    with database.write() as connection:
        for at in (NOON, NOON + HOUR, midnight - TICK, midnight, NOON - 40 * DAY, NOON - 9 * DAY):
            hand(connection, at)
        hand(connection, NOON - 3 * DAY, mailbox="luis")
        add_send(connection)
        by_hand(connection, NOON - 5 * DAY, 1)
        found = traffic.mail_days_of(connection, "ana", 9)
        assert found == [(NOON - each * DAY).date() for each in (40, 9, 1, 0)]
        for most in range(5):
            assert traffic.mail_days_of(connection, "ana", most) == found[:most]
        assert traffic.mail_days_of(connection, "eva", 9) == []


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Madrid"])
def test_days_with_mails_in_any_session(database: Database, zone: str) -> None:
    """The zone of a session moves no midnight, also where a clock changes."""
    begin = datetime(2026, 3, 7, tzinfo=UTC)
    with database.write() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SET LOCAL TIME ZONE '{zone}'")
        for number in range(24):
            hand(connection, begin + number * DAY + (DAY - TICK) * (number % 2))
        found = traffic.mail_days_of(connection, "ana", 99)
    assert found == [(begin + number * DAY).date() for number in range(24)]


def test_mails_to_a_person(database: Database) -> None:
    """Whatever cadence, whatever mailbox, and by hand."""
    with database.write() as connection:
        zoe = add_person(connection)
        hand(connection, NOON - HOUR, zoe)
        hand(connection, NOON - 3 * HOUR, zoe, slug="upsell", mailbox="luis")
        hand(connection, NOON - 30 * HOUR, zoe, slug="third")
        hand(connection, NOON)
        by_hand(connection, NOON - 2 * HOUR, 1, zoe)
        by_hand(connection, NOON, 2)
        found = traffic.newest_to_person(connection, zoe, NOON - DAY, 9)
        assert found == [NOON - each * HOUR for each in (3, 2, 1)]
        assert traffic.newest_to_person(connection, zoe, NOON - DAY, 1) == [NOON - HOUR]
        assert standing.last_touches(connection, [zoe]) == {zoe: NOON - HOUR}


def test_mails_to_a_company(database: Database) -> None:
    """Whoever there they are for."""
    with database.write() as connection:
        hand(connection, NOON - 2 * HOUR, add_person(connection, email="a@mill.example"))
        hand(connection, NOON - HOUR, add_person(connection, email="b@mill.example"))
        hand(connection, NOON - DAY, add_person(connection, email="c@mill.example"))
        hand(connection, NOON, add_person(connection, email="a@bank.example"))
        found = traffic.newest_to_domain(connection, "mill.example", NOON - DAY, 9)
        assert found == [NOON - 2 * HOUR, NOON - HOUR]


def test_first_touches_of_a_cadence(database: Database) -> None:
    """Follow-ups and other cadences do not count."""
    with database.write() as connection:
        first = hand(connection, NOON - HOUR)
        hand(connection, NOON, follow_up=True)
        hand(connection, NOON, slug="upsell")
        found = traffic.newest_first_touches(connection, "fintech-intro", NOON - DAY, 9)
        assert found == [NOON - HOUR]
        assert not traffic.is_first_touch(connection, first)
        assert traffic.is_first_touch(connection, add_send(connection).enrollment_id)
        follow_up = add_send(connection, follow_up=True)
        assert not traffic.is_first_touch(connection, follow_up.enrollment_id)


def test_recent_kinds(database: Database) -> None:
    """The kinds of the last mails, the oldest first; what is queued has no turn yet."""
    with database.write() as connection:
        for hours, follow_up in ((1, False), (3, True), (2, True), (9, False)):
            hand(connection, NOON - hours * HOUR, follow_up=follow_up)
        add_send(connection)
        assert traffic.recent_kinds(connection, "ana", 3) == [True, True, False]


PACES = [
    Pace(per_day=4, gap=timedelta(0)),
    Pace(per_day=3, gap=timedelta(minutes=40), per_hour=2, per_week=5),
    Pace(per_day=9, gap=timedelta(0), per_hour=9, ramp=Ramp(begin=2, step=1)),
]


@pytest.mark.parametrize("pace", PACES)
def test_as_much_as_is_needed(database: Database, pace: Pace) -> None:
    """What is gathered for the look says the same as all that ever left."""
    mails: list[datetime] = []
    days: set[date] = set()
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        for number, hours in enumerate((100, 60, 30, 26, 5, 4.5, 2, 0.6, 0.4)):
            mails.append(NOON - hours * HOUR)
            if number % 3:
                hand(connection, mails[-1])
                days.add(mails[-1].date())
            else:
                by_hand(connection, mails[-1], number)
            for now in (mails[-1], mails[-1] + HOUR / 2, mails[-1] + 20 * HOUR, NOON):
                whole = mailbox_refusals(pace, Traffic(mails, sorted(days)), now)
                gathered = mailbox_traffic(connection, "ana", pace, now)
                found = mailbox_refusals(pace, gathered, now)
                assert [(each.reason, each.until) for each in found] == [
                    (each.reason, each.until) for each in whole
                ]
        most = max(pace.per_day, pace.per_week or 0)
        assert whole_traffic(connection, "ana", pace).mails == mails[-most:]
