"""What is told of a transaction after its commit, and only then.

Opt-outs are kept outside of the database too. And whoever has seen an entry of the ledger committed
knows it again: a server that has not got it any more has lost what happened.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from sequencer.domain.opt_out import OptOut

_NEWS = "sequencer_news"
SEEN = "sequencer_seen"  # execution option: the newest entry that this process has seen committed
Entry = tuple[int, datetime]


@dataclass
class News:
    """Of one transaction."""

    opt_outs: list[OptOut] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


class Newest:
    """The newest entry of the ledger that this process has seen committed, from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entry: Entry | None = None

    def get(self) -> Entry | None:
        """Number and instant of the entry, None where nothing was seen yet."""
        return self._entry

    def see(self, entry: Entry) -> None:
        """One more entry was committed."""
        with self._lock:
            self._entry = max(entry, self._entry or entry)

    def forget(self) -> None:
        """Begin anew: another history goes on from here."""
        with self._lock:
            self._entry = None


def begin(connection: Connection) -> News:
    """The news of the transaction that begins on this connection."""
    news = connection.info[_NEWS] = News()
    return news


def of(connection: Connection) -> News:
    """The news of the transaction under way; where nobody asks for it, it is nobody's."""
    news: News = connection.info.get(_NEWS) or News()
    return news


def newest_of(connection: Connection) -> Newest | None:
    """What this process has seen committed on the server that the connection belongs to."""
    newest: Newest | None = connection.get_execution_options().get(SEEN)
    return newest
