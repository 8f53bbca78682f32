"""Read an answer of any length in bounded memory: rows come in portions, as they are asked for."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from sequencer.store.database import Connection

PORTION = 1_000  # rows that are held at a time


def streamed(connection: Connection, query: sa.Executable) -> Iterator[Any]:
    """The rows of a query; on PostgreSQL by a cursor that stays on the server."""
    yield from connection.execute(query.execution_options(yield_per=PORTION))
