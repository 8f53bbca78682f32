from datetime import timedelta

from builders import NOON
from rows import a_stored_version

from sequencer.store import cadences
from sequencer.store.database import Database

LATER = NOON + timedelta(days=1)


def test_versions(database: Database) -> None:
    """The version applied last is current; every one that ever was can be read again."""
    first = a_stored_version()
    second = a_stored_version(hash="beef", title="Ünïcode", document={"steps": [], "n": None})
    with database.write() as connection:
        assert cadences.current_hash(connection, first.slug) is None
        assert cadences.apply_version(connection, first, NOON) is None
        assert cadences.apply_version(connection, first, LATER) == "c0ffee"
        assert cadences.apply_version(connection, second, LATER) == "c0ffee"
        assert cadences.current_hash(connection, first.slug) == "beef"
        assert cadences.apply_version(connection, first, LATER) == "beef"
        assert cadences.current_hash(connection, first.slug, lock=True) == "c0ffee"
        assert cadences.version(connection, "c0ffee") == first
        assert cadences.version(connection, "beef") == second


def test_slugs(database: Database) -> None:
    """Names of all applied cadences, in order."""
    with database.write() as connection:
        for slug in ("zebra", "ant"):
            cadences.apply_version(connection, a_stored_version(slug=slug, hash=slug), NOON)
        assert cadences.slugs(connection) == ["ant", "zebra"]
