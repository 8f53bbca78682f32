"""Bring a database to the schema of this program, and tell whether it is there.

Alembic takes more than a second to import, so it is imported only when there is something to do.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from sequencer.store.database import Connection, Database, StoreError
from sequencer.store.every_table import METADATA
from sequencer.store.postgresql import plain_words

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"
_MIGRATION = 7_365_717  # any number that nobody else takes for an advisory lock
_FOLDER = Path(__file__).parent / "migrations"


def current_revision(connection: Connection) -> str | None:
    """Revision of the schema in the database, None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(database: Database) -> None:
    """Create or migrate the schema; nothing happens when it is current.

    Raises:
        StoreError: the database was written by a newer program, or cannot be used at all.
    """
    try:
        with database.read() as connection:
            found = current_revision(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StoreError(
                f"the database has schema {found}, this program knows {HEAD}: upgrade the program"
            )
        _migrate(database)
    except (DBAPIError, OSError) as error:
        raise StoreError(f"cannot use the database: {_first_line(error)}") from error


def _migrate(database: Database) -> None:
    from alembic import command

    with database.migration() as connection:
        if not database.is_sqlite:
            # Of several programs that start at once, one migrates and the others wait for it.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION)))
        command.upgrade(_config(connection), "head")
        if database.is_sqlite:
            _check_foreign_keys(connection)


def drift(connection: Connection) -> list[object]:
    """What the migrated schema lacks against the tables; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes.update(connection=connection, metadata=METADATA)
    return config


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return plain_words(str(cause)).partition("\n")[0]


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
    if broken:
        raise StoreError(f"the migration would leave {len(broken)} rows without their parent")
