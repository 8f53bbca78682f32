from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from builders import NOON
from rows import add_person, add_send

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.mail.folder import Folder
from sequencer.store import attempts, hooks, inbound, ledger, mailboxes, suppressions
from sequencer.store.attempts import Attempt
from sequencer.store.columns import TEXT_LIMIT
from sequencer.store.database import Database

ADDRESS, DOMAIN = SuppressionKind.ADDRESS, SuppressionKind.DOMAIN
ZOE = Suppression(ADDRESS, "zoe@bank.example", SuppressionReason.OPTED_OUT)
BANK = Suppression(DOMAIN, "bank.example", SuppressionReason.MANUAL)
MINUTE = timedelta(minutes=1)


def entry(number: int | None, kind: Kind = Kind.SENT, **changes: object) -> Entry:
    return Entry(**{"at": NOON, "kind": kind, "prospect_id": number, **changes})  # type: ignore[arg-type]  # any field may be changed


def test_an_entry_that_ends(database: Database) -> None:
    """It hits until its end, and gives way to a later one and to one for good, never back."""
    for_a_while = Suppression(ADDRESS, ZOE.key, SuppressionReason.UNREACHABLE, NOON + MINUTE)
    longer = Suppression(ADDRESS, ZOE.key, SuppressionReason.UNREACHABLE, NOON + 2 * MINUTE)
    with database.write() as connection:
        assert suppressions.add(connection, for_a_while, "full", NOON)
        assert suppressions.hitting(connection, [ZOE.key], NOON) == {ZOE.key: (for_a_while,)}
        assert suppressions.hitting(connection, [ZOE.key], NOON + MINUTE) == {}
        assert not suppressions.is_listed(connection, ZOE)
        assert suppressions.add(connection, longer, "full again", NOON)
        assert not suppressions.add(connection, for_a_while, "full", NOON)
        assert suppressions.lift(connection, ADDRESS, ZOE.key) is not None
        assert suppressions.add(connection, longer, "full", NOON)
        assert suppressions.add(connection, ZOE, "reply", NOON)
        assert not suppressions.add(connection, longer, "full", NOON)
        assert suppressions.lift(connection, ADDRESS, ZOE.key) is None
        assert suppressions.listed(connection) == [suppressions.Listed(ZOE, "reply", NOON)]


def test_the_first_reason_stays(database: Database) -> None:
    """An entry is added once, and keeps its reason, source and instant."""
    again = Suppression(ADDRESS, ZOE.key, SuppressionReason.BOUNCED)
    with database.write() as connection:
        assert suppressions.add(connection, ZOE, "reply", NOON)
        assert not suppressions.add(connection, again, "report", NOON + MINUTE)
        [listed] = suppressions.listed(connection)
    assert listed == suppressions.Listed(ZOE, "reply", NOON)


def test_an_address_is_no_domain(database: Database) -> None:
    """The same key may stand in the list as an address and as a domain."""
    with database.write() as connection:
        for kind in SuppressionKind:
            entry = Suppression(kind, "bank.example", SuppressionReason.MANUAL)
            assert suppressions.add(connection, entry, "", NOON)


def test_two_at_once_add_one(database: Database) -> None:
    """Transactions that add the same entry at the same time all end well, and one of them adds."""

    def add(_: int) -> bool:
        with database.write() as connection:
            return suppressions.add(connection, ZOE, "", NOON)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(8))) == [False] * 7 + [True]


@pytest.mark.parametrize("key", ["a\x00@b.c", "\udcff@b.c"])
def test_what_cannot_be_stored_is_not_listed(database: Database, key: str) -> None:
    """A key that no prospect could have is turned away, not an error."""
    broken = Suppression(ADDRESS, key, SuppressionReason.OPTED_OUT)
    with database.write() as connection:
        assert not suppressions.add(connection, broken, "", NOON)


def test_hits(database: Database) -> None:
    """A key is hit by its address, by its domain, or by both; a subdomain is another domain."""
    other = Suppression(ADDRESS, "x@other.example", SuppressionReason.COMPLAINED)
    keys = [ZOE.key, "ana@bank.example", "x@other.example", "z@mail.bank.example", "q@free.example"]
    with database.write() as connection:
        for listed in (ZOE, BANK, other):
            suppressions.add(connection, listed, "", NOON)
        assert suppressions.hitting(connection, keys, NOON) == {
            ZOE.key: (ZOE, BANK),
            "ana@bank.example": (BANK,),
            "x@other.example": (other,),
        }
        assert suppressions.hitting(connection, [], NOON) == {}


def test_hits_among_many(database: Database) -> None:
    """More keys than a statement takes variables are looked up all the same."""
    keys = [f"p{number}@d{number}.example" for number in range(1_300)]
    with database.write() as connection:
        for key in keys[::100]:
            listed = Suppression(ADDRESS, key, SuppressionReason.MANUAL)
            suppressions.add(connection, listed, "", NOON)
        assert sorted(suppressions.hitting(connection, keys, NOON)) == sorted(keys[::100])


def test_the_list_is_newest_first(database: Database) -> None:
    """The list begins with what was added last."""
    with database.write() as connection:
        for minutes, listed in ((0, ZOE), (1, BANK)):
            suppressions.add(connection, listed, "", NOON + minutes * MINUTE)
        assert [each.suppression for each in suppressions.listed(connection)] == [BANK, ZOE]


def test_the_ledger_keeps_its_order(database: Database) -> None:
    """A timeline is in order of time, then of writing; the whole ledger in order of writing."""
    with database.write() as connection:
        one, two = add_person(connection), add_person(connection)
        entries = [
            entry(one, Kind.QUEUED, detail="later", at=NOON + MINUTE),
            entry(one, Kind.SENT, detail="x\x00" + "y" * 5_000),
            entry(two, Kind.SENT),
            entry(one, Kind.FINISHED, step_id="intro", mailbox="ana"),
        ]
        ledger.write(connection, *entries[:2])
        ledger.write_all(connection, iter(entries[2:]))
        ledger.write(connection)
        kinds = [each.kind for each in ledger.of_prospect(connection, one)]
        every = ledger.latest(connection, 10)
    assert kinds == [Kind.SENT, Kind.FINISHED, Kind.QUEUED]
    assert [found for _, found in every][2:] == entries[2:]
    assert every[1][1].detail == "x\ufffd" + "y" * (TEXT_LIMIT - 2)


def test_the_ledger_can_be_followed(database: Database) -> None:
    """Who knows the last number gets what came after it, in portions."""
    with database.write() as connection:
        person = add_person(connection)
        ledger.write_all(connection, [entry(person, detail=str(each)) for each in range(5)])
        first = ledger.latest(connection, 2)
        rest = ledger.latest(connection, 10, after_id=first[-1][0])
    assert [found.detail for _, found in first + rest] == list("01234")


def an_attempt(send_id: int, **changes: object) -> Attempt:
    values = {
        "send_id": send_id,
        "at": NOON,
        "outcome": "accepted",
        "phase": "dot",
        "code": 250,
        "enhanced": "2.0.0",
        "answer": "queued",
    }
    return Attempt(**{**values, **changes})  # type: ignore[arg-type]  # any field may be changed


def test_attempts_are_cut_to_fit(database: Database) -> None:
    """What a server says is stored, however long it is and whatever is in it."""
    with database.write() as connection:
        number = add_send(connection).id
        long = an_attempt(number, outcome="deferred", code=None, answer="x\x00" * 5_000)
        for attempt in (long, an_attempt(number, enhanced="2." * 40)):
            attempts.add(connection, attempt)
        assert attempts.is_stored(connection, number, NOON, "deferred")
        assert attempts.is_stored(connection, number, NOON, "accepted")
        assert not attempts.is_stored(connection, number, NOON, "rejected")


def test_deliveries(database: Database) -> None:
    """A delivery is stored once per source and key, worked through once, in its order."""
    with database.write() as connection:
        assert hooks.add(connection, "calendly", "k1", b"\x00one", NOON)
        assert not hooks.add(connection, "calendly", "k1", b"other", NOON + MINUTE)
        assert hooks.add(connection, "cal.com", "k1", b"two", NOON)
        assert hooks.add(connection, "calendly", "k2", b"three", NOON)
        first, second, third = hooks.waiting(connection)
        assert hooks.waiting(connection, limit=2) == [first, second]
        assert hooks.take(connection, first) == hooks.Delivery(first, "calendly", b"\x00one")
        hooks.finish(connection, first, hooks.DONE)
        hooks.finish(connection, second, hooks.FAILED, "no JSON\x00" * 1_000)
        assert hooks.take(connection, first) is None
        assert hooks.waiting(connection) == [third]
        assert not hooks.add(connection, "calendly", "k1", b"again", NOON)


def test_a_delivery_is_taken_by_one(postgres_database: Database) -> None:
    """While one daemon works on a delivery, another one passes it over."""
    with postgres_database.write() as connection:
        hooks.add(connection, "calendly", "k1", b"", NOON)
        [number] = hooks.waiting(connection)
    with postgres_database.write() as first, postgres_database.write() as second:
        assert hooks.take(first, number) is not None
        assert hooks.take(second, number) is None


def a_message(**changes: object) -> inbound.Inbound:
    values = {
        "digest": "d1",
        "sender": "zoe@bank.example",
        "subject": "Re: hello",
        "kind": "reply",
        "evidence": "",
    }
    return inbound.Inbound(**{**values, **changes})  # type: ignore[arg-type]  # any field may be changed


def test_messages(database: Database) -> None:
    """A message is stored once per place, and known by its bytes in the whole mailbox."""
    place = inbound.Place("ana", Folder.INBOX, 7, 2**32 - 1)
    moved = inbound.Place("ana", Folder.JUNK, 8, 1)
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana", "luis"])
        assert not inbound.is_known(connection, "ana", "d1")
        inbound.add(connection, place, a_message(raw=b"\x00\xff"), NOON)
        inbound.add(connection, place, a_message(kind="bounce"), NOON)
        inbound.add(connection, moved, a_message(kind=inbound.DUPLICATE), NOON)
        assert inbound.is_known(connection, "ana", "d1")
        assert not inbound.is_known(connection, "luis", "d1")
        assert inbound.counts(connection) == {"reply": 1, "duplicate": 1}


@pytest.mark.parametrize("text", ["\x00", "\ud83d", "x" * 9_000, "\x1b]0;title\x07"])
def test_hostile_messages_are_stored(database: Database, text: str) -> None:
    """No sender, subject or evidence keeps a message from being stored."""
    with database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        message = a_message(sender=text, subject=text, evidence=text)
        inbound.add(connection, inbound.Place("ana", Folder.INBOX, 7, 1), message, NOON)
        assert inbound.is_known(connection, "ana", "d1")
