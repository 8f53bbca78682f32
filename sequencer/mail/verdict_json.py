"""How a verdict is shown to programs: a flat object for JSON."""

from sequencer.mail.auto_reply import AutoReply
from sequencer.mail.calendar_event import CalendarEvent
from sequencer.mail.evidence import Evidence
from sequencer.mail.named_person import NamedPerson
from sequencer.mail.verdict import Verdict

MOST_ATTENDEES = 20  # that are shown


def verdict_as_json(verdict: Verdict) -> dict[str, object]:
    """Every part that the verdict has; the parts of other kinds are null.

    `recipients` are whom a report or complaint is about, `permanent` whether one of them is dead.
    """
    shown: dict[str, object] = {
        "kind": str(verdict.kind),
        "confidence": str(verdict.confidence),
        "recipients": [],
        "permanent": None,
        "action": None,
        "class": None,
        "meeting_status": str(verdict.meeting_status),
        "events": [_event(each) for each in verdict.events],
        **_auto_reply(verdict.auto_reply),
        "scope": str(verdict.opt_out.scope) if verdict.opt_out else None,
        "intent": str(verdict.intent) if verdict.intent else None,
        "named": [_person(each) for each in verdict.named],
        "new_text": verdict.new_text,
        "evidence": [_evidence(each) for each in verdict.evidence],
        "unreadable": verdict.unreadable,
        "problems": list(verdict.incoming.problems),
        "version": verdict.version,
    }
    if verdict.report and verdict.report.recipients:
        people = verdict.report.recipients
        classes = [person.bounce_class for person in people if person.bounce_class]
        shown["recipients"] = [person.address for person in people]
        shown["action"] = str(people[0].action)
        shown["class"] = str(classes[0]) if classes else None
        shown["permanent"] = any(found.is_permanent for found in classes)
    elif verdict.report:
        shown["permanent"] = False
    if verdict.complaint and verdict.complaint.recipient:
        shown["recipients"] = [verdict.complaint.recipient]
    return shown


def _auto_reply(notice: AutoReply | None) -> dict[str, object]:
    returns = notice.returns if notice else None
    return {
        "auto_reply": str(notice.type) if notice else None,
        "told": notice.is_told if notice else None,
        "return_on": returns.return_on.isoformat() if returns else None,
        "resume_on": returns.resume_on.isoformat() if returns else None,
        "return_words": returns.words if returns else None,
        "contact": _person(notice.contact) if notice and notice.contact else None,
    }


def _event(event: CalendarEvent) -> dict[str, object]:
    return {
        "method": event.method,
        "uid": event.uid,
        "recurrence_id": event.recurrence_id,
        "revision": event.revision,
        "meaning": str(event.meaning),
        "starts_at": event.starts_at.isoformat() if event.starts_at else None,
        "ends_at": event.ends_at.isoformat() if event.ends_at else None,
        "tz": event.tz,
        "summary": event.summary,
        "organiser": event.organiser.address if event.organiser else "",
        "attendees": [
            {"email": each.address, "answer": each.answer}
            for each in event.attendees[:MOST_ATTENDEES]
        ],
    }


def _person(person: NamedPerson) -> dict[str, str]:
    return {"name": person.name, "email": person.address}


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "where": evidence.where,
        "words": evidence.words,
        "at": evidence.at,
        "rule": evidence.rule,
    }
