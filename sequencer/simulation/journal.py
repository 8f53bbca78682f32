"""What the engine logs in a simulated world: nothing is printed; an unforeseen error is kept."""

import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, NoReturn

import structlog

from sequencer.store.database import DatabaseError

ERROR = 40  # by the numbers of the standard library's logging


class Journal:
    """Keeps errors that no trouble of the world explains, and apart from them why nothing left."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.holds: list[str] = []

    def clear(self) -> None:
        """Begin anew."""
        self.errors.clear()
        self.holds.clear()

    def configure(self) -> None:
        """Take all log lines of this program, from now on."""
        structlog.configure(
            processors=[self._take],
            wrapper_class=structlog.make_filtering_bound_logger(ERROR),
            cache_logger_on_first_use=False,
        )

    @contextmanager
    def taking(self) -> Iterator[None]:
        """Take all log lines for a while, beginning anew; afterwards they go where they went."""
        before = structlog.get_config()
        self.clear()
        self.configure()
        try:
            yield
        finally:
            structlog.configure(**before)

    def _take(self, _logger: Any, _method: str, entry: MutableMapping[str, Any]) -> NoReturn:
        error = entry.get("exc_info")
        if error is True:
            error = sys.exc_info()[1]
        if entry.get("event") == "nothing_leaves":
            self.holds.append(str(entry.get("why")))
        elif not isinstance(error, DatabaseError):
            self.errors.append(f"{entry.get('event')}: {error!r}")
        raise structlog.DropEvent
