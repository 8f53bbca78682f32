"""How is a PostgreSQL server connected to, and may it be worked with at all?

A server that only reads is refused: what it shows is the past, and a mail of the past would be sent
again. A line that was cut has to end on both sides within seconds, or what a daemon had locked
would stay locked for hours.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, event

CONNECTIONS = 6  # of one daemon at most, besides the one that listens
# Of libpq. Seconds, and tcp_user_timeout in milliseconds.
PARAMETERS = {
    "target_session_attrs": "read-write",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "sequencer",
}
# Of the session, for the server's side of the line. A transaction of ours only uses its connection:
# one that is silent for so long belongs to a daemon that is suspended, or beyond a cut.
SESSION = {
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
    "TimeZone": "UTC",  # as all instants here are, or each that is read would be turned into it
}
READ_ONLY = (
    "the server only reads, as a standby does: put the primary into `database`, or all hosts "
    "(?host=a:5432&host=b:5432), among which the one that takes writes is found"
)

Check = tuple[str, Callable[[Any], bool], str]
# Asked on every new connection, so when a daemon starts and whenever it comes back: a query, what
# its answer must be, and what to say otherwise.
CHECKS: Sequence[Check] = (
    ("SELECT pg_is_in_recovery()", lambda found: found is False, READ_ONLY),
    ("SHOW transaction_read_only", lambda found: found == "off", READ_ONLY),
)


def connect_arguments(url: sa.URL) -> dict[str, Any]:
    """What the driver is called with; whatever the address itself says about it stands."""
    _, given = url.get_dialect()().create_connect_args(_with_parameters(url))
    return dict(given)


def postgresql_engine(url: sa.URL) -> Engine:
    """An engine whose connections are checked and have all these limits."""
    engine = sa.create_engine(
        _with_parameters(url),
        hide_parameters=True,  # an error ends in a log; names and mails do not belong there
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _entry: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET {name} = '{value}'" for name, value in SESSION.items()))
            for query, is_right, otherwise in CHECKS:
                [found] = cursor.execute(query).fetchone()
                if not is_right(found):
                    raise engine.dialect.loaded_dbapi.OperationalError(otherwise)
        connection.commit()

    return engine


def plain_words(trouble: str) -> str:
    """What libpq says, or what is to be done where it only names a state."""
    if "read-only" in trouble or "hot standby" in trouble:
        return READ_ONLY
    return trouble


def _with_parameters(url: sa.URL) -> sa.URL:
    return url.set(query={**PARAMETERS, **url.query})
