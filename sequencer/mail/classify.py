"""What is a mail from outside: a report, a complaint, a meeting, a machine's answer, or a person?

The order is fixed: a delivery report of Gmail carries our Message-ID as a reply does, and calls
itself an automatic reply; an answer to an invitation may too. What is left after all the others is
a person, and so is what could be either: a stop that was not needed costs little.
"""

from dataclasses import replace

from sequencer.mail.auto_header import LIST_HEADERS
from sequencer.mail.auto_reply import read_auto_reply
from sequencer.mail.bounce import read_report
from sequencer.mail.calendar_event import CalendarEvent
from sequencer.mail.calendar_part import read_calendar
from sequencer.mail.complaint import read_complaint
from sequencer.mail.evidence import Confidence, Evidence, header_evidence
from sequencer.mail.foreign_address import read_addresses
from sequencer.mail.incoming import Incoming, read_mail
from sequencer.mail.intent import read_intent
from sequencer.mail.media_type import read_media_type
from sequencer.mail.named_person import NamedPerson, named_people
from sequencer.mail.new_text import new_text
from sequencer.mail.opt_out import OptOut, Scope, asked_by_subject, read_opt_out
from sequencer.mail.rules import Rules
from sequencer.mail.verdict import Kind, Verdict

_BULK = frozenset({"bulk", "list", "junk"})
_RECEIPT = "disposition-notification"
_ANSWERS = frozenset({"REPLY", "COUNTER"})


def classify(raw: bytes, rules: Rules, *, truncated: bool = False) -> Verdict:
    """Verdict on the bytes of a mail, whatever they are; `truncated` if its end was not fetched."""
    incoming = read_mail(raw, truncated=truncated)
    written = new_text(incoming.text, rules, incoming.sender_name)
    return (
        _report(incoming, written, rules)
        or _machine(incoming, written, rules)
        or _person(incoming, written, rules)
    )


def _report(incoming: Incoming, written: str, rules: Rules) -> Verdict | None:
    if report := read_report(incoming, rules):
        kind = Kind.BOUNCE if report.is_trouble else Kind.OTHER
        by_part = report.evidence.where.startswith("part")
        confidence = Confidence.CERTAIN if by_part else Confidence.LIKELY
        evidence = (report.evidence,)
        return Verdict(kind, confidence, evidence, incoming, written, rules.version, report=report)
    if complaint := read_complaint(incoming):
        evidence = (Evidence("part message/feedback-report", complaint.feedback_type),)
        return Verdict(
            Kind.COMPLAINT,
            Confidence.CERTAIN,
            evidence,
            incoming,
            written,
            rules.version,
            complaint=complaint,
        )
    return None


def _machine(incoming: Incoming, written: str, rules: Rules) -> Verdict | None:
    def certain(kind: Kind, evidence: Evidence) -> Verdict:
        return Verdict(kind, Confidence.CERTAIN, (evidence,), incoming, written, rules.version)

    if events := read_calendar(incoming.parts):
        found = certain(Kind.CALENDAR, Evidence("part text/calendar", f"METHOD:{events[0].method}"))
        wish = _said_with(events[0], written, rules)
        return replace(found, events=events, opt_out=wish)
    if pressed := _unsubscribe_button(incoming):
        return certain(Kind.OPT_OUT, pressed).with_opt_out(OptOut(Scope.PERSON, (pressed,)))
    if _is_receipt(incoming):
        return certain(Kind.OTHER, Evidence("header content-type", _RECEIPT))
    if auto_reply := read_auto_reply(incoming, written, rules):
        return Verdict(
            Kind.AUTO_REPLY,
            Confidence.CERTAIN if auto_reply.is_certain else Confidence.LIKELY,
            auto_reply.evidence,
            incoming,
            written,
            rules.version,
            auto_reply=auto_reply,
            opt_out=read_opt_out(written, "", rules),
        )
    return None


def _said_with(event: CalendarEvent, written: str, rules: Rules) -> OptOut | None:
    """The wish for silence in an answer to an invitation; other invitations say no such thing."""
    if event.method not in _ANSWERS:
        return None
    return read_opt_out("\n".join(filter(None, (event.comment, written))), "", rules)


def _unsubscribe_button(incoming: Incoming) -> Evidence | None:
    """What a mail program sends when its reader presses its button to unsubscribe.

    Apple Mail marks it as an automatic reply, so it is looked for before those.
    """
    if incoming.header("x-apple-unsubscribe").lower() == "true":
        return header_evidence("x-apple-unsubscribe", "true")
    return asked_by_subject(incoming.subject)


def _person(incoming: Incoming, written: str, rules: Rules) -> Verdict:
    opt_out = read_opt_out(written, incoming.subject, rules)
    if list_mark := _list_mark(incoming):
        found = Verdict(
            Kind.OTHER, Confidence.LIKELY, (list_mark,), incoming, written, rules.version
        )
        return found.with_opt_out(opt_out)
    if opt_out:
        likely = Confidence.LIKELY
        found = Verdict(Kind.OPT_OUT, likely, opt_out.evidence, incoming, written, rules.version)
        return found.with_opt_out(opt_out)
    return _reply(incoming, written, rules)


def _reply(incoming: Incoming, written: str, rules: Rules) -> Verdict:
    ours = (incoming.sender, *incoming.recipients)
    named = named_people(written, rules, ours, _copied(incoming))
    wanted = read_intent(written, named, rules)
    intent, evidence = (wanted[0], (wanted[1],)) if wanted else (None, ())
    answers = bool(incoming.in_reply_to or incoming.references)
    return Verdict(
        Kind.REPLY,
        Confidence.LIKELY if answers else Confidence.GUESS,
        evidence,
        incoming,
        written,
        rules.version,
        intent=intent,
        named=named,
    )


def _copied(incoming: Incoming) -> tuple[NamedPerson, ...]:
    """Colleagues of the sender, at the same domain, who got the mail too."""
    domain = incoming.sender.rpartition("@")[2].lower()
    people = (
        person
        for name in ("to", "cc")
        for value in incoming.headers.get(name, ())
        for person in read_addresses(value)
    )
    return tuple(
        NamedPerson(person.name, person.address)
        for person in people
        if person.address.lower().rpartition("@")[2] == domain
        and person.address.lower() != incoming.sender.lower()
    )


def _list_mark(incoming: Incoming) -> Evidence | None:
    """The header of a list or of bulk mail; what answers a mail is a person's all the same.

    Gateways and mail programs put such headers on the answers of their people too.
    """
    if incoming.in_reply_to or incoming.references:
        return None
    for name in sorted(LIST_HEADERS):
        if name in incoming.headers:
            return header_evidence(name, incoming.header(name))
    precedence = incoming.header("precedence").lower()
    return header_evidence("precedence", precedence) if precedence in _BULK else None


def _is_receipt(incoming: Incoming) -> bool:
    """Whether the mail only says that ours was displayed (RFC 8098)."""
    top = read_media_type(incoming.header("content-type"))
    return top.params.get("report-type", "").lower() == _RECEIPT
