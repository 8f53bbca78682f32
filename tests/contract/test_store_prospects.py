from datetime import timedelta

import pytest
from builders import NOON, a_prospect

from sequencer.domain.prospect import Prospect
from sequencer.store import prospects
from sequencer.store.database import Database

LATER = NOON + timedelta(days=1)


def test_people_come_back_as_they_were(database: Database) -> None:
    """Every field and every extra column survives, unknown characters included."""
    person = a_prospect(
        title="Ünïcode 🙂 ' \" \\ {{ x }}",
        phone="+49 30 1",
        extra={"Size of team": "12", "x.y": "z"},
    )
    with database.write() as connection:
        result = prospects.upsert(connection, [person], NOON)
        stored = prospects.get(connection, result.added[0])
    assert stored.prospect == person


@pytest.mark.parametrize(
    "spelling", ["ZOE@Bank.Example", " zoe@bank.example ", "zoe@bank.example."]
)
def test_any_spelling_finds_the_person(database: Database, spelling: str) -> None:
    """One person per address, however it is written."""
    with database.write() as connection:
        [number] = prospects.upsert(connection, [a_prospect()], NOON).added
        again = prospects.upsert(connection, [a_prospect(email=spelling)], LATER)
        found = prospects.find(connection, spelling)
    assert (again.added, again.updated) == ((), 1)
    assert found is not None
    assert found.id == number


@pytest.mark.parametrize("address", ["", "nobody", "@", "x@y.example", "a\x00@b.c", "\ud800@b.c"])
def test_strangers_are_not_found(database: Database, address: str) -> None:
    """No address, however broken, is an error."""
    with database.write() as connection:
        prospects.upsert(connection, [a_prospect()], NOON)
        assert prospects.find(connection, address) is None


def test_an_empty_value_erases_nothing(database: Database) -> None:
    """An import brings known people up to date and never forgets what it does not mention."""
    first = a_prospect(company="Bank", phone="1", extra={"a": "1", "b": "2"})
    second = a_prospect(company="", phone="2", extra={"b": "3", "c": ""})
    with database.write() as connection:
        [number] = prospects.upsert(connection, [first], NOON).added
        prospects.upsert(connection, [second], LATER)
        found = prospects.get(connection, number).prospect
    assert (found.company, found.phone) == ("Bank", "2")
    assert found.extra == {"a": "1", "b": "3"}


def test_one_person_twice_in_a_batch(database: Database) -> None:
    """Later rows of the same person complete the earlier ones, and count as updates."""
    rows = [
        a_prospect(company="Bank", phone=""),
        a_prospect(email="ana@shop.example"),
        a_prospect(email="Zoe@Bank.example", company="", phone="2"),
    ]
    with database.write() as connection:
        result = prospects.upsert(connection, rows, NOON)
        found = prospects.find(connection, "zoe@bank.example")
    assert (len(result.added), result.updated) == (2, 1)
    assert found is not None
    assert (found.prospect.company, found.prospect.phone) == ("Bank", "2")


def test_many_people_at_once(database: Database) -> None:
    """More people than a statement takes variables are found and stored all the same."""
    people = [Prospect(email=f"p{number}@bank.example") for number in range(1_234)]
    with database.write() as connection:
        result = prospects.upsert(connection, people, NOON)
        found = prospects.find_many(connection, [person.email for person in people])
        everybody = prospects.all_addresses(connection)
    assert len(set(result.added)) == len(people) == len(found)
    assert everybody == [person.email for person in people]


def test_a_whole_domain(database: Database) -> None:
    """Everybody at a domain is found by its key, and nobody at a subdomain."""
    people = [
        a_prospect(email="a@BANK.example"),
        a_prospect(email="b@bank.example"),
        a_prospect(email="c@mail.bank.example"),
        a_prospect(email="d@bänk.example"),
    ]
    with database.write() as connection:
        added = prospects.upsert(connection, people, NOON).added
        assert sorted(prospects.ids_at(connection, "bank.example")) == sorted(added[:2])
        assert prospects.ids_at(connection, "xn--bnk-qla.example") == [added[3]]
        assert prospects.ids_at(connection, "example") == []


def test_nobody_is_imported(database: Database) -> None:
    """An empty batch is no error."""
    with database.write() as connection:
        assert prospects.upsert(connection, [], NOON) == prospects.Upserted((), 0)
