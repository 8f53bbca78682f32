"""What an incoming mail does: stored, matched and acted upon in one transaction per message.

The order of kinds and what each does is DESIGN's: a machine never counts as a person, a person
always stops the cadence, and what cannot be read falls to the silent side.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime

from sequencer.domain.address import key_of
from sequencer.domain.ledger import Entry
from sequencer.domain.ledger import Kind as Told
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.task import TaskKind
from sequencer.engine.absent import machine_answered
from sequencer.engine.answered import answered, opted_out
from sequencer.engine.bounced import bounced, complained
from sequencer.engine.calendar_mail import CalendarMail, take_in_mail
from sequencer.engine.calendar_meaning import Follows
from sequencer.engine.desk import Case, Desk
from sequencer.engine.doubts import settle_as_sent
from sequencer.engine.handover_bounce import came_back
from sequencer.engine.heard import MOST_QUOTED, Heard
from sequencer.engine.hold_back import addresses_in, people_named
from sequencer.engine.match import (
    MATCHED_BY_WORDS,
    REFERENCES_LOOKED_AT,
    Match,
    match,
    match_named,
)
from sequencer.engine.react import entry_of
from sequencer.engine.suppress import suppress_address
from sequencer.engine.tasks import Matter
from sequencer.engine.triage_hold import hold_and_ask
from sequencer.engine.trial_mark import is_about_trial, is_tried
from sequencer.mail.identity import identity
from sequencer.mail.incoming import message_ids
from sequencer.mail.probe_mail import is_probe
from sequencer.mail.verdict import Kind, Verdict
from sequencer.mail.verdict_json import verdict_as_json
from sequencer.store import enrollments, inbound, ledger, prospects, sends
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.inbound import SET_ASIDE, Inbound, Place
from sequencer.store.turn_lock import wait_for_turn

UNREAD = "A mail could not be read"
IS_MEETING = "Is this a meeting?"
_ASK_FOR_SILENCE = frozenset({Kind.OPT_OUT, Kind.CALENDAR})
PROBE = "probe"  # a mail of the mailbox to itself
TRIAL = "trial"  # an answer to a mail that one of us tried, or a report about one
HEADERS_WITHIN = 64 * 1024  # bytes; a sender further down is somebody's joke
_EMPTY_LINE = re.compile(rb"\n\n")
_ANSWERS = b"in-reply-to"
_THREAD = re.compile(rb"(?im)^(in-reply-to|references)[ \t]*:(.*(?:\n[ \t].*)*)")


def receive(
    connection: Connection,
    desk: Desk,
    place: Place,
    raw: bytes,
    verdict: Verdict,
    now: datetime,
) -> str:
    """Kind of the message as stored; one that was seen before is a `duplicate` and does nothing."""
    digest = identity(raw)
    incoming = verdict.incoming
    # A daemon that has just lost the mailbox may still be reading it beside its follower.
    wait_for_turn(connection, [f"mail {place.mailbox} {digest}"])
    if inbound.is_known(connection, place.mailbox, digest):
        seen = Inbound(digest, incoming.sender, incoming.subject, inbound.DUPLICATE, "")
        inbound.add(connection, place, seen, now)
        return inbound.DUPLICATE
    by_us = key_of(incoming.sender) in desk.policy.own_keys
    found = _found(connection, desk, verdict, by_us=by_us)
    if is_about_trial(connection, verdict, found):
        tried = Inbound(digest, incoming.sender, incoming.subject, TRIAL, verdict.because)
        inbound.add(connection, place, tried, now)
        return TRIAL
    kind = PROBE if by_us and is_probe(incoming.header("x-sequencer-ref")) else verdict.kind
    message = Inbound(
        digest=digest,
        sender=incoming.sender,
        subject=incoming.subject,
        kind=kind,
        evidence=verdict.because,
        matched_by=found.by if found else "",
        enrollment_id=found.stored.id if found else None,
        raw=raw if found else None,
        version=verdict.version,
        verdict=kept(verdict) if found else None,
    )
    number = inbound.add(connection, place, message, now)
    if found is not None:
        case = desk.case(connection, found.stored)
        writer = _writer(connection, incoming.sender, case)
        _act(Heard(connection, desk, number, verdict, found, case, writer, now), place)
        return kind
    if verdict.kind is Kind.CALENDAR:
        # In no cadence; or a rep answers an invitation of ours.
        take_in_mail(connection, CalendarMail(desk, place.mailbox, verdict, now, number))
    elif verdict.kind is Kind.BOUNCE:
        came_back(connection, verdict, now)
    asks = verdict.opt_out is not None and verdict.kind in _ASK_FOR_SILENCE
    if asks and not by_us and prospects.find(connection, incoming.sender):
        # Somebody who was imported, and is in no cadence yet: none may begin.
        reason, told = SuppressionReason.OPTED_OUT, f"{verdict.kind} from {incoming.sender}"
        suppress_address(connection, desk, incoming.sender, reason, told, now)
    return kind


def set_aside(
    connection: Connection, desk: Desk, place: Place, raw: bytes, why: str, now: datetime
) -> str:
    """Keep a mail that could not be worked on, and pause whoever it may be from.

    Its sender is looked for among all addresses in its headers, and the person whose mail it
    answers among the Message-IDs there. One of which nothing could be read is known by its place.
    """
    head = _EMPTY_LINE.split(_unix_lines(raw[:HEADERS_WITHIN]).lstrip(), 1)[0]
    senders = addresses_in(head)
    people = _people_meant(connection, head, senders)
    digest = identity(raw or repr(place).encode())
    if inbound.is_known(connection, place.mailbox, digest):
        inbound.add(connection, place, Inbound(digest, "", "", inbound.DUPLICATE, why), now)
        return inbound.DUPLICATE
    message = Inbound(digest, ", ".join(senders), "", SET_ASIDE, why, raw=raw)
    number = inbound.add(connection, place, message, now)
    cause = f"a mail that could not be read: {why}"
    about = f"{cause}; it names {', '.join(senders)}"
    matter = Matter(TaskKind.TRIAGE, UNREAD, about, inbound_id=number)
    for person in sorted(people):
        hold_and_ask(connection, desk, [person], matter, cause, now)
    return SET_ASIDE


def _people_meant(connection: Connection, head: bytes, senders: Collection[str]) -> set[int]:
    """Whom a mail with these headers may be from; nobody where it answers one that was tried."""
    answered = _people_answered(connection, head)
    direct = b" ".join(ids for name, ids in _THREAD.findall(head) if name.lower() == _ANSWERS)
    if not answered and is_tried(connection, message_ids(direct.decode("ascii", "replace"))):
        return set()
    return answered | people_named(connection, senders)


def _people_answered(connection: Connection, head: bytes) -> set[int]:
    """Whom the mails went to that a mail with these headers answers."""
    fields = sorted(_THREAD.findall(head), key=lambda field: field[0].lower(), reverse=True)
    text = b" ".join(value for _, value in fields).decode("ascii", "replace")
    # References come first, the oldest first: what is looked at is the end, with In-Reply-To.
    found = sends.by_message_ids(connection, message_ids(text)[-REFERENCES_LOOKED_AT:])
    return {enrollments.get(connection, send.enrollment_id).prospect_id for send in found}


def _unix_lines(head: bytes) -> bytes:
    return head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _found(connection: Connection, desk: Desk, verdict: Verdict, *, by_us: bool) -> Match | None:
    """Whom the mail concerns; what is from ourselves nobody but a calendar tells anything by."""
    if by_us:
        return match_named(connection, verdict) if verdict.kind is Kind.CALENDAR else None
    return match(connection, desk, verdict)


def _writer(connection: Connection, sender: str, case: Case) -> int | None:
    person = prospects.find(connection, sender) if sender else None
    return person.id if person is not None and person.id != case.person.id else None


def kept(verdict: Verdict) -> dict[str, object]:
    """The verdict as it is stored, with no more of the text than a person reads at a glance."""
    shown = verdict_as_json(verdict)
    return {**shown, "new_text": cut(verdict.new_text[:MOST_QUOTED])}


def _act(heard: Heard, place: Place) -> None:
    detail = f"{heard.told}, {MATCHED_BY_WORDS[heard.found.by]}, in {place.folder}"
    entries = [entry_of(heard.case, Told.RECEIVED, detail, heard.now)]
    if heard.writer is not None:
        entries.append(Entry(heard.now, Told.RECEIVED, detail, prospect_id=heard.writer))
    ledger.write(heard.connection, *entries)
    _settle(heard)
    _do(heard)


def act_anew(heard: Heard) -> None:
    """Act on a mail that was first taken for something else."""
    detail = f"{heard.told}, by other rules than when it came in"
    ledger.write(heard.connection, entry_of(heard.case, Told.RECEIVED, detail, heard.now))
    _do(heard)


def _do(heard: Heard) -> None:
    if heard.verdict.unreadable:
        heard.ask(UNREAD, "; ".join(heard.verdict.incoming.problems))
    _ACTIONS[heard.verdict.kind](heard)


def _settle(heard: Heard) -> None:
    """End a doubt: whoever answers a mail of ours, or reports about it, has it."""
    verdict, incoming = heard.verdict, heard.verdict.incoming
    ids = [*incoming.in_reply_to, *incoming.references[-REFERENCES_LOOKED_AT:]]
    if verdict.report is not None and verdict.report.original_message_id:
        ids.append(verdict.report.original_message_id)
    for send in sends.by_message_ids(heard.connection, ids):
        settle_as_sent(heard.connection, heard.desk, send, heard.told, heard.now)


def _calendar(heard: Heard) -> None:
    """What it tells of a meeting; a person is asked where that cannot be told.

    Not where the mail is known by its sender alone: what somebody passes on need not be for us.
    """
    by_us = key_of(heard.verdict.incoming.sender) in heard.desk.policy.own_keys
    if heard.verdict.opt_out is not None and not by_us:
        opted_out(heard)
    person = heard.case.person if heard.found.is_certain else None
    mailbox = heard.case.stored.enrollment.mailbox or ""
    mail = CalendarMail(heard.desk, mailbox, heard.verdict, heard.now, heard.number, person)
    left = take_in_mail(heard.connection, mail)
    if left is Follows.DOUBTFUL or (left is Follows.ASK and heard.found.is_certain):
        heard.ask(IS_MEETING)


def _other(heard: Heard) -> None:
    """A newsletter of somebody we write to is in the timeline, and changes nothing.

    What holds a mark that only our own mail told is more than that, whatever its headers say; and
    what seems to ask for silence may be a person's, with the headers of a gateway.
    """
    wants_none = heard.verdict.opt_out is not None
    if wants_none and heard.found.is_certain:
        opted_out(heard)
    if wants_none or heard.found.is_certain:
        heard.ask("What does this mail mean?")


_ACTIONS: dict[Kind, Callable[[Heard], None]] = {
    Kind.BOUNCE: bounced,
    Kind.COMPLAINT: complained,
    Kind.CALENDAR: _calendar,
    Kind.AUTO_REPLY: machine_answered,
    Kind.OPT_OUT: opted_out,
    Kind.REPLY: answered,
    Kind.OTHER: _other,
}
