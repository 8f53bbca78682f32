"""How a verdict is shown to programs: a flat object for JSON."""

from sequencer.mail.classify import Verdict


def verdict_as_json(verdict: Verdict) -> dict[str, object]:
    """Kind and evidence; for a report its recipients, what became of them, and whether one is dead.

    `permanent` and `action` are only there for a report that names somebody.
    """
    shown: dict[str, object] = {
        "kind": str(verdict.kind),
        "evidence": verdict.evidence,
        "new_text": verdict.new_text,
        "unreadable": verdict.unreadable,
        "problems": list(verdict.incoming.problems),
        "recipients": [],
    }
    if verdict.report and verdict.report.recipients:
        people = verdict.report.recipients
        classes = [person.bounce_class for person in people if person.bounce_class]
        shown["recipients"] = [person.address for person in people]
        shown["action"] = str(people[0].action)
        shown["permanent"] = any(found.is_permanent for found in classes)
    if verdict.complaint and verdict.complaint.recipient:
        shown["recipients"] = [verdict.complaint.recipient]
    if verdict.auto_reply and verdict.auto_reply.returns:
        shown["resume_on"] = verdict.auto_reply.returns.resume_on.isoformat()
    return shown
