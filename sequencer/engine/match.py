"""Whose mail is this: find the enrollment that an incoming mail belongs to, most certain first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sequencer.engine.desk import Desk
from sequencer.mail.bounce import MAX_RETURNED
from sequencer.mail.unsubscribe import read_token, tokens_in
from sequencer.mail.verdict import Verdict
from sequencer.store import enrollments, prospects, sends
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment

NAMED_LOOKED_AT = 50  # people in a meeting; a larger one is no talk with a prospect
REFERENCES_LOOKED_AT = 30  # the newest; a longer chain is somebody's archive or an attack


class MatchedBy(StrEnum):
    """How an enrollment was found; all but the last two are certain."""

    REPORT = "report"
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    TOKEN = "token"  # noqa: S105 - a way of matching, not a secret
    SENDER = "sender"
    NAMED = "named"

    @property
    def is_certain(self) -> bool:
        """Whether it needs something that only our own mail to that person told."""
        return self not in {MatchedBy.SENDER, MatchedBy.NAMED}


MATCHED_BY_WORDS: Mapping[MatchedBy, str] = {
    MatchedBy.REPORT: "a report about our mail",
    MatchedBy.IN_REPLY_TO: "an answer to our mail",
    MatchedBy.REFERENCES: "in the thread of our mail",
    MatchedBy.TOKEN: "with the mark of our mail",
    MatchedBy.SENDER: "known by its sender alone",
    MatchedBy.NAMED: "known by the address that it names alone",
}


@dataclass(frozen=True, slots=True)
class Match:
    """An enrollment, and how it was found."""

    stored: StoredEnrollment
    by: MatchedBy

    @property
    def is_certain(self) -> bool:
        """Whether the mail holds something that only our own mail to that person told."""
        return self.by.is_certain


def match(connection: Connection, desk: Desk, verdict: Verdict) -> Match | None:
    """The enrollment that the mail concerns, None for a mail that concerns nobody we know."""
    incoming = verdict.incoming
    quoted = {
        MatchedBy.REPORT: _reported(verdict),
        MatchedBy.IN_REPLY_TO: incoming.in_reply_to,
        MatchedBy.REFERENCES: incoming.references[-REFERENCES_LOOKED_AT:],
    }
    for by, message_ids in quoted.items():
        stored = _by_message_id(connection, message_ids)
        if stored is not None:
            return Match(stored, by)
    stored = _by_token(connection, desk, verdict)
    if stored is not None:
        return Match(stored, MatchedBy.TOKEN)
    stored = _by_address(connection, incoming.sender)
    if stored is not None:
        return Match(stored, MatchedBy.SENDER)
    return match_named(connection, verdict)


def match_named(connection: Connection, verdict: Verdict) -> Match | None:
    """The enrollment of somebody whom the mail names: who complains, or is in a meeting.

    Both are told by machines: a provider's, a calendar's.
    """
    for address in _named(verdict):
        stored = _by_address(connection, address)
        if stored is not None:
            return Match(stored, MatchedBy.NAMED)
    return None


def _named(verdict: Verdict) -> list[str]:
    complained = [verdict.complaint.recipient] if verdict.complaint is not None else []
    met = [
        address
        for event in verdict.events
        for person in (event.organiser, *event.attendees)
        if person is not None
        for address in person.addresses
    ]
    return list(dict.fromkeys(complained + met))[:NAMED_LOOKED_AT]


def _reported(verdict: Verdict) -> tuple[str, ...]:
    reports = (verdict.report, verdict.complaint)
    ids = (report.original_message_id for report in reports if report is not None)
    return tuple(message_id for message_id in ids if message_id)


def _by_message_id(connection: Connection, message_ids: Iterable[str]) -> StoredEnrollment | None:
    wanted = [message_id for message_id in message_ids if message_id]
    found = sends.by_message_ids(connection, wanted) if wanted else []
    return enrollments.get(connection, found[0].enrollment_id) if found else None


def _by_token(connection: Connection, desk: Desk, verdict: Verdict) -> StoredEnrollment | None:
    for text in _texts(verdict):
        for token in tokens_in(text):
            key = read_token(token, desk.policy.keys)
            stored = enrollments.by_key(connection, key.hex()) if key is not None else None
            if stored is not None:
                return stored
    return None


def _texts(verdict: Verdict) -> Iterator[str]:
    """Where an opt-out token of ours may stand; a report has the mail it is about attached.

    Some providers replace the Message-ID of what they send, and none the opt-out header.
    """
    yield verdict.incoming.subject
    yield verdict.incoming.text
    if verdict.report is not None or verdict.complaint is not None:
        for part in verdict.incoming.parts:
            yield part.content[:MAX_RETURNED].decode("ascii", "replace")


def _by_address(connection: Connection, address: str) -> StoredEnrollment | None:
    person = prospects.find(connection, address) if address else None
    if person is None:
        return None
    known = enrollments.of_prospect(connection, person.id)
    live = enrollments.live_of(connection, [person.id])
    return live[0] if live else (known[0] if known else None)
