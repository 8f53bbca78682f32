"""Hear what PostgreSQL tells: a connection of its own, which waits without a thread."""

from collections.abc import Callable

from sequencer.store.database import Database, StoreError
from sequencer.store.postgresql import connect_arguments
from sequencer.store.wake import CHANNEL


async def listen(
    database: Database, begun: Callable[[], None], heard: Callable[[str], None]
) -> None:
    """Call `heard` with every topic, as soon as `begun` was called; ends only when it fails.

    What was told before `begun` is lost, so whoever is called looks for everything then.

    Raises:
        StoreError: the connection could not be made, or was lost.
    """
    import psycopg  # noqa: PLC0415 - an optional extra

    try:
        connection = await psycopg.AsyncConnection.connect(
            **connect_arguments(database.url), autocommit=True
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            begun()
            async for notice in connection.notifies():
                heard(notice.payload)
    except (psycopg.Error, OSError) as error:
        raise StoreError(f"nothing is heard from the database: {error}") from error
    raise StoreError("nothing is heard from the database: the connection was closed")
