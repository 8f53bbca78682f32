"""Opt out by the link of a mail: its signed token alone is enough, as often as it comes."""

from datetime import datetime

from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.suppress import suppress_address
from sequencer.mail.unsubscribe import read_token
from sequencer.store import enrollments, prospects
from sequencer.store.database import Connection


def is_token(desk: Desk, token: str) -> bool:
    """Whether we signed this token, with any key that is still kept."""
    return read_token(token, desk.policy.keys) is not None


def opt_out(connection: Connection, desk: Desk, token: str, source: str, now: datetime) -> bool:
    """Whether the token was ours; afterwards its person receives nothing any more."""
    key = read_token(token, desk.policy.keys)
    stored = enrollments.by_key(connection, key.hex()) if key is not None else None
    if stored is None:
        return False
    email = prospects.get(connection, stored.prospect_id).prospect.email
    suppress_address(connection, desk, email, SuppressionReason.OPTED_OUT, source, now)
    return True
