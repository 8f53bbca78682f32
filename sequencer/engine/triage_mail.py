"""The message that a person decides about, as acting on mail wants it: read anew, and judged.

Where its bytes are gone, or could never be read, the person's word is all there is.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from sequencer.domain.triage import KIND_OF, Decision
from sequencer.engine.desk import Desk
from sequencer.engine.heard import Heard
from sequencer.engine.match import Match, MatchedBy
from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.evidence import Confidence, Evidence
from sequencer.mail.incoming import TRUNCATED, read_mail
from sequencer.mail.opt_out import OptOut, Scope
from sequencer.mail.verdict import Kind, Verdict
from sequencer.store import enrollments, kept_mail, prospects
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.kept_mail import KeptMail
from sequencer.store.tasks import StoredTask

log = structlog.get_logger()

_SCOPES = {Decision.OPT_OUT: Scope.PERSON, Decision.COMPANY_OPT_OUT: Scope.COMPANY}


@dataclass(frozen=True, slots=True)
class Ruling:
    """Who decides what, and why.

    Attributes:
        because: for the timeline; empty where nobody said.
    """

    decision: Decision
    by: str
    because: str = ""


def mail_of(connection: Connection, task: StoredTask) -> KeptMail | None:
    """The message that a task is about, None for what was only seen in Sent."""
    return kept_mail.find(connection, task.inbound_id) if task.inbound_id is not None else None


def read_anew(mail: KeptMail) -> Verdict | None:
    """What the present rules make of a message; None where nothing can be made of it."""
    if mail.raw is None:
        return None
    told = mail.verdict.get("problems") if mail.verdict is not None else None
    truncated = isinstance(told, list) and TRUNCATED in told
    try:
        return classify(mail.raw, load_rules(), truncated=truncated)
    except Exception:
        log.exception("mail_not_classified", inbound=mail.id)
        return None


def heard_of(
    connection: Connection, desk: Desk, task: StoredTask, ruling: Ruling, now: datetime
) -> Heard | None:
    """The message as the person judges it; None where its person was never in a cadence."""
    mail = mail_of(connection, task)
    stored = _enrollment(connection, task, mail)
    if stored is None:
        return None
    verdict = _judged(_verdict(mail), ruling, task)
    case = desk.case(connection, stored)
    found = Match(stored, MatchedBy((mail and mail.matched_by) or MatchedBy.SENDER))
    sender = verdict.incoming.sender
    wrote = prospects.find(connection, sender) if sender else None
    writer = wrote.id if wrote is not None and wrote.id != case.person.id else None
    return Heard(connection, desk, task.inbound_id, verdict, found, case, writer, now)


def _enrollment(
    connection: Connection, task: StoredTask, mail: KeptMail | None
) -> StoredEnrollment | None:
    if mail is not None and mail.enrollment_id is not None:
        return enrollments.get(connection, mail.enrollment_id)
    live = enrollments.live_of(connection, [task.prospect_id])
    every = live or enrollments.of_prospect(connection, task.prospect_id)
    return every[0] if every else None


def _verdict(mail: KeptMail | None) -> Verdict:
    """What is known of the message; without its bytes no more than its sender and its subject."""
    found = read_anew(mail) if mail is not None else None
    if found is not None:
        return found
    incoming = read_mail(b"")
    if mail is not None and "," not in mail.sender:  # several are all that a wreck named
        incoming = replace(incoming, sender=mail.sender, subject=mail.subject)
    return Verdict(Kind.OTHER, Confidence.GUESS, (), incoming, "", "")


def _judged(verdict: Verdict, ruling: Ruling, task: StoredTask) -> Verdict:
    decision = ruling.decision
    said = (Evidence(f"decided by {ruling.by}", ruling.because or task.title),)
    scope = _SCOPES.get(decision)
    return replace(
        verdict,
        kind=Kind(KIND_OF.get(decision, verdict.kind)),
        confidence=Confidence.CERTAIN,
        evidence=said,
        opt_out=OptOut(scope, said) if scope is not None else None,
    )
