from datetime import timedelta

import holding
import sqlalchemy as sa
from builders import NOON

from sequencer.domain.mailbox import MailboxEvent, MailboxHealth, MailboxState
from sequencer.mail.folder import Cursor, Folder
from sequencer.store import inbound, mailboxes
from sequencer.store.database import Database, database_now
from sequencer.store.inbound import Inbound, Place
from sequencer.store.tables import MailboxRow

LONG = timedelta(hours=1)
EXPIRED = timedelta(seconds=-1)


def test_ensure_adds_once(database: Database) -> None:
    """Mailboxes of the settings are added once, and what is known of them stays."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["luis", "ana"])
        mailboxes.set_health(connection, "ana", MailboxState.FAILING, "down")
        mailboxes.ensure(connection, ["ana", "zoe"])
        assert [each.name for each in mailboxes.listed(connection)] == ["ana", "luis", "zoe"]
        assert mailboxes.get(connection, "ana").health.state is MailboxState.FAILING


def test_an_unseen_mailbox_is_new(database: Database) -> None:
    """A mailbox that no daemon has seen is neither healthy on record nor held."""
    with database.read() as connection:
        found = mailboxes.get(connection, "nobody")
    assert (found.health, found.holder, found.fence) == (MailboxHealth(), None, 0)


def test_health(database: Database) -> None:
    """Health is stored with its reason and end, and overwritten by the next."""
    until = NOON + LONG
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        mailboxes.set_health(connection, "ana", MailboxState.THROTTLED, "421 slow down", until)
        throttled = mailboxes.get(connection, "ana").health
        mailboxes.set_health(connection, "ana", MailboxState.OK)
        well = mailboxes.get(connection, "ana").health
    assert throttled == MailboxHealth(MailboxState.THROTTLED, "421 slow down", until)
    assert well == MailboxHealth()


def test_a_lease_keeps_others_out(database: Database) -> None:
    """While a lease runs, only its holder gets the mailbox, and renewing keeps the fence."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        assert holding.take(connection, "ana", "one", LONG) == 1
        assert holding.take(connection, "ana", "two", LONG) is None
        assert holding.take(connection, "ana", "one", LONG) == 1
        assert mailboxes.get(connection, "ana").holder == "one"


def test_a_lease_ends_by_the_clock_of_the_database(database: Database) -> None:
    """However wrong the clock of a daemon is, its lease is as long as everybody else's."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        began_at = database_now(connection)
        holding.take(connection, "ana", "one", LONG)
        lease_until = connection.execute(sa.select(MailboxRow.lease_until)).scalar_one()
    assert lease_until is not None
    assert timedelta(0) <= lease_until - LONG - began_at < timedelta(minutes=1)


def test_an_expired_lease_is_free(database: Database) -> None:
    """After its end, by the database's clock, another holder takes over and raises the fence."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        holding.take(connection, "ana", "one", EXPIRED)
        assert holding.take(connection, "ana", "two", LONG) == 2
        assert holding.take(connection, "ana", "one", LONG) is None


def test_an_expired_lease_is_renewed_if_nobody_came(database: Database) -> None:
    """A holder that was late finds its own fence, since nobody acted in between."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        holding.take(connection, "ana", "one", EXPIRED)
        assert holding.take(connection, "ana", "one", LONG) == 1


def test_force_takes_from_the_dead(database: Database) -> None:
    """Force takes a lease that runs, and raises the fence."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        holding.take(connection, "ana", "one", LONG)
        assert holding.take(connection, "ana", "two", LONG, force=True) == 2


def test_release_gives_back_one_holders_leases(database: Database) -> None:
    """All leases of the holder are free, those of others are not; the fence never falls."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis", "zoe"])
        for name, holder in (("ana", "one"), ("luis", "one"), ("zoe", "two")):
            holding.take(connection, name, holder, LONG)
        holding.release(connection, "one")
        assert holding.take(connection, "ana", "two", LONG) == 2
        assert holding.take(connection, "luis", "one", LONG) == 2
        assert holding.take(connection, "zoe", "one", LONG) is None


def test_synced_is_the_last_scan(database: Database) -> None:
    """The last completed scan counts, even where the clock has been set back since."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        mailboxes.mark_synced(connection, "ana", NOON + timedelta(days=3_650))
        mailboxes.mark_synced(connection, "ana", NOON)
        assert mailboxes.get(connection, "ana").health.synced_at == NOON


def test_cursors(database: Database) -> None:
    """Each folder has its cursor; moving it forgets the one before."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis"])
        assert mailboxes.cursors(connection, "ana") == {}
        mailboxes.move_cursor(connection, "ana", Folder.INBOX, Cursor(7, 100), NOON)
        mailboxes.move_cursor(connection, "ana", Folder.JUNK, Cursor(8, 5), NOON)
        last = Cursor(2**32 - 1, 2**32 - 1)
        mailboxes.move_cursor(connection, "ana", Folder.INBOX, last, NOON)
        mailboxes.move_cursor(connection, "luis", Folder.INBOX, Cursor(7, 1), NOON)
        assert mailboxes.cursors(connection, "ana") == {
            Folder.INBOX: Cursor(2**32 - 1, 2**32 - 1),
            Folder.JUNK: Cursor(8, 5),
        }


def test_a_cursor_knows_what_was_read_in_its_overlap(database: Database) -> None:
    """UIDs stored within the overlap and above are seen; others, elsewhere or long ago, are not."""
    uids = {100, 599, 600, 601, 1_100, 1_200}
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis"])
        mailboxes.move_cursor(connection, "ana", Folder.INBOX, Cursor(7, 1_100), NOON)
        message = Inbound("digest", "zoe@bank.example", "", "reply", "")
        for uid in uids:
            inbound.add(connection, Place("ana", Folder.INBOX, 7, uid), message, NOON)
        for place in (
            Place("ana", Folder.INBOX, 6, 1_050),
            Place("ana", Folder.JUNK, 7, 1_051),
            Place("luis", Folder.INBOX, 7, 1_052),
        ):
            inbound.add(connection, place, message, NOON)
        found = mailboxes.cursors(connection, "ana")
    assert found == {Folder.INBOX: Cursor(7, 1_100, frozenset({601, 1_100, 1_200}))}


def test_a_wide_look(database: Database) -> None:
    """It begins no sooner than the folder was read first, and knows what was stored since."""
    first = NOON + timedelta(days=3)
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        mailboxes.move_cursor(connection, "ana", Folder.INBOX, Cursor(7, 9_000), first)
        mailboxes.move_cursor(connection, "ana", Folder.INBOX, Cursor(7, 9_001), NOON)
        message = Inbound("digest", "zoe@bank.example", "", "reply", "")
        for uid, at in ((3, NOON), (4, first), (5, first + timedelta(days=9))):
            inbound.add(connection, Place("ana", Folder.INBOX, 7, uid), message, at)
        soon = mailboxes.cursors(connection, "ana", NOON)[Folder.INBOX]
        later = mailboxes.cursors(connection, "ana", first + timedelta(days=5))[Folder.INBOX]
    assert (soon.late_from, later.late_from) == (first, first + timedelta(days=5))
    assert (soon.seen, later.seen) == (frozenset({4, 5}), frozenset({5}))


def test_only_a_person_ends_a_pause(database: Database) -> None:
    """What a server says changes nothing about a mailbox that a person has paused."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        assert mailboxes.set_health(connection, "ana", MailboxState.PAUSED, "moving house")
        for state in (MailboxState.OK, MailboxState.FAILING, MailboxState.THROTTLED):
            assert not mailboxes.set_health(connection, "ana", state, "421")
        assert mailboxes.get(connection, "ana").health.reason == "moving house"
        assert mailboxes.change(connection, "ana", MailboxEvent.RESUME)
        assert mailboxes.get(connection, "ana").health.state is MailboxState.OK
        assert not mailboxes.change(connection, "ana", MailboxEvent.RESUME)


def test_unwell(database: Database) -> None:
    """Of these mailboxes those in trouble, with what it is."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis", "eva"])
        for name in ("ana", "eva"):
            assert mailboxes.set_health(connection, name, MailboxState.FAILING, "no line", NOON)
        found = mailboxes.unwell(connection, ["ana", "luis"])
    assert found == {"ana": MailboxHealth(MailboxState.FAILING, "no line", NOON)}
