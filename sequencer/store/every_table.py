"""All tables together, for whoever makes, compares or copies them."""

from types import ModuleType
from typing import Final

from sequencer.store import desk_tables, meeting_tables, outside_tables, tables
from sequencer.store.table import Base

MODULES: Final[tuple[ModuleType, ...]] = (
    desk_tables,
    meeting_tables,
    outside_tables,
    tables,
)
METADATA = Base.metadata
