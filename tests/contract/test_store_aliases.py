from builders import NOON
from rows import add_person

from sequencer.store import aliases
from sequencer.store.database import Database


def test_another_address(database: Database) -> None:
    """An address is one person's, in any spelling, until it is said to be another's."""
    with database.write() as connection:
        zoe = add_person(connection, email="zoe@bank.example")
        ada = add_person(connection, email="ada@mill.example")
        assert aliases.add(connection, "Zoe@Home.example", zoe, "ana", NOON)
        assert aliases.add(connection, "zoe+x@gmail.com", zoe, "ana", NOON)
        assert aliases.of_person(connection, zoe) == ["zoe@gmail.com", "zoe@home.example"]
        assert aliases.add(connection, "zoe@home.example", ada, "ana", NOON)
        assert aliases.find_many(connection, ["zoe@home.example", "x@y.example"]) == {
            "zoe@home.example": ada
        }
        assert aliases.of_person(connection, zoe) == ["zoe@gmail.com"]


def test_no_address(database: Database) -> None:
    """What is none, or cannot be stored, is not kept."""
    with database.write() as connection:
        zoe = add_person(connection, email="zoe@bank.example")
        for text in ("", "zoe", "a\x00b@home.example", "x" * 400 + "@home.example"):
            assert not aliases.add(connection, text, zoe, "ana", NOON)
        assert aliases.of_person(connection, zoe) == []
        assert aliases.find_many(connection, []) == {}
