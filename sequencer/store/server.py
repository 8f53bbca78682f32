"""What kind of database this is, how large, and whether it takes a write."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from sequencer.store.database import Connection, Database, DatabaseError


def version(connection: Connection) -> str:
    """Name and version."""
    if connection.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"


def size_bytes(connection: Connection) -> int:
    """Room that it takes on the disk, with its indexes."""
    if connection.dialect.name != "sqlite":
        here = sa.func.current_database()
        return int(connection.execute(sa.select(sa.func.pg_database_size(here))).scalar_one())
    path = connection.engine.url.database
    files = [Path(f"{path}{end}") for end in ("", "-wal")] if path else []
    return sum(file.stat().st_size for file in files if file.exists())


def why_read_only(database: Database) -> str:
    """In the database's own words why nothing can be written; empty where something can.

    A row is changed into what it is already.
    """
    version = sa.table("alembic_version", sa.column("version_num"))
    try:
        with database.write() as connection:
            connection.execute(sa.update(version).values(version_num=version.c.version_num))
    except DatabaseError as error:
        cause = getattr(error, "orig", None) or error
        return str(cause).partition("\n")[0]
    return ""
