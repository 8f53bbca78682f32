"""Alembic's entry point: the connection and the tables come from `store.schema`."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from sequencer.store.columns import UtcDateTime


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column type by its name; everything else as Alembic does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from sequencer.store.columns import UtcDateTime")
        return "UtcDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
)
context.run_migrations()
