"""Is a mail about one that one of ourselves tried? Then it concerns nobody as a prospect.

An answer and a report name the Message-ID of the mail, which is noted when it leaves. Where a mail
program names none, the quoted opt-out token tells: it is signed with what stands in it, and holds a
hash of the address that the mail went to.
"""

import hashlib
from collections.abc import Iterable
from itertools import islice

from sequencer.domain.address import domain_of, key_of
from sequencer.engine.match import REFERENCES_LOOKED_AT, Match, MatchedBy
from sequencer.mail.unsubscribe import claimed_subject, read_token, tokens_in
from sequencer.mail.verdict import Verdict
from sequencer.store import touches
from sequencer.store.database import Connection

SOURCE = "test "  # how the touches begin that stand for such mails
_HALF = 16  # hex digits of a key that are random; the others tell the recipient
_ORDER = list(MatchedBy)


def source_of(message_id: str) -> str:
    """By what the touch is known that stands for the mail."""
    return f"{SOURCE}{hashlib.sha256(message_id.encode()).hexdigest()}"


def key_for(key: str, recipient: str) -> str:
    """That random key, made to tell to whom the mail goes that is marked with it."""
    salt = key[:_HALF]
    return salt + hashlib.sha256(f"{salt} {key_of(recipient)}".encode()).hexdigest()[:_HALF]


def is_about_trial(connection: Connection, verdict: Verdict, found: Match | None) -> bool:
    """Whether a mail that was tried is what it is about, by more than tells of `found`.

    What is as certain for a real mail as for one that was tried is about the real one.
    """
    by = _by(connection, verdict)
    return by is not None and (found is None or _ORDER.index(by) < _ORDER.index(found.by))


def is_tried(connection: Connection, message_ids: Iterable[str]) -> bool:
    """Whether one of these is the Message-ID of a mail that was tried."""
    return bool(_domains(connection, message_ids))


def _by(connection: Connection, verdict: Verdict) -> MatchedBy | None:
    """How a mail that was tried is known to be meant; None where none is."""
    incoming = verdict.incoming
    reports = (verdict.report, verdict.complaint)
    reported = (each.original_message_id or "" for each in reports if each is not None)
    if is_tried(connection, reported):
        return MatchedBy.REPORT
    if is_tried(connection, incoming.in_reply_to):
        return MatchedBy.IN_REPLY_TO
    # A test may be passed on to a prospect, whose answer has it in its thread, and is their own.
    older = incoming.references[-REFERENCES_LOOKED_AT:]
    if domain_of(incoming.sender) in _domains(connection, older):
        return MatchedBy.REFERENCES
    texts = (incoming.subject, incoming.text)
    tokens = (token for text in texts for token in tokens_in(text))
    return MatchedBy.TOKEN if any(_is_for(each, incoming.sender) for each in tokens) else None


def _domains(connection: Connection, message_ids: Iterable[str]) -> set[str]:
    """Where the mails went that were tried and have one of these Message-IDs."""
    some = islice(filter(None, message_ids), REFERENCES_LOOKED_AT)
    sources = [source_of(each) for each in some]
    return touches.domains_of(connection, sources) if sources else set()


def _is_for(token: str, sender: str) -> bool:
    """Whether the token is of a mail that was tried, and went to that address."""
    key = claimed_subject(token).hex()
    return key_for(key, sender) == key and read_token(token, (key.encode(),)) is not None
