"""Opt out by the link of a mail: its signed token alone is enough, as often as it comes."""

from datetime import datetime

from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.history import sources_of_stranger
from sequencer.engine.suppress import suppress_address
from sequencer.mail.unsubscribe import read_token
from sequencer.store import enrollments, prospects, touches
from sequencer.store.database import Connection


def is_token(desk: Desk, token: str) -> bool:
    """Whether we signed this token, with any key that is still kept."""
    return read_token(token, desk.policy.keys) is not None


def opt_out(connection: Connection, desk: Desk, token: str, source: str, now: datetime) -> bool:
    """Whether the token was ours; afterwards its person receives nothing any more."""
    key = read_token(token, desk.policy.keys)
    number = _person(connection, key.hex()) if key is not None else None
    if number is None:
        return False
    email = prospects.get(connection, number).prospect.email
    suppress_address(connection, desk, email, SuppressionReason.OPTED_OUT, source, now)
    return True


def _person(connection: Connection, key: str) -> int | None:
    """Whose enrollment it is; one that a restore has forgotten is known by its mails in Sent."""
    stored = enrollments.by_key(connection, key)
    if stored is not None:
        return stored.prospect_id
    return touches.person_of(connection, sources_of_stranger(key))
