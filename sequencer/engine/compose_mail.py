"""From an enrollment and a step to the bytes of a mail: render, thread, opt-out line, compose."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sequencer.domain.booking_link import with_token, with_tokens
from sequencer.domain.cadence import Step, Thread, Version
from sequencer.domain.overrides import NO_OVERRIDES, Overrides, overrides_from_json
from sequencer.domain.prospect import Prospect
from sequencer.domain.send import SendState
from sequencer.engine.desk import NO_VALUES, Case, Desk
from sequencer.engine.enclosed import enclosures_of
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.wording import NOTHING, Stopped, Wording, possible_templates, wording_of
from sequencer.files.problem import Problem
from sequencer.files.template import (
    MissingVariableError,
    Rendered,
    Template,
    TemplateError,
    render,
)
from sequencer.files.template_sandbox import ACCOUNT
from sequencer.files.template_values import with_value
from sequencer.mail.compose import compose
from sequencer.mail.draft import Draft, Mailbox
from sequencer.mail.footer import with_footer
from sequencer.mail.message_id import make_message_id, make_ref
from sequencer.mail.thread import references_after, reply_subject
from sequencer.mail.unsubscribe import make_token, unsubscribe_mailto, unsubscribe_url
from sequencer.store.sends import StoredSend

MOST_MISSING = 20  # of one template; who lacks more needs another list, not a longer answer


class NoSubjectError(TemplateError):
    """A mail that begins a thread has no subject: no mail before it was sent."""

    def __init__(self, template: str) -> None:
        message = "nothing was sent before, so this mail begins a thread, and has no subject"
        super().__init__([Problem(template, None, None, message)])


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to leave.

    Attributes:
        variant: in which wording, where there are several.
        template_hash: of its text and what that includes; None for what a rep has edited.
    """

    message_id: str
    subject: str
    sender: str
    recipient: str
    data: bytes
    variant: str | None = None
    template_hash: str | None = None


def compose_step(
    desk: Desk, case: Case, step_id: str, earlier: list[StoredSend], now: datetime
) -> Composed:
    """The mail of one step, dated `now`.

    Raises:
        MissingVariableError: the template needs a value that the prospect does not have.
        TemplateError: the template cannot be rendered.
        ComposeError: a rendered value cannot stand in a header.
    """
    draft = draft_step(desk, case, step_id, earlier, now)
    data = compose(draft)
    wording = _wording(case, step_id, earlier)
    return Composed(
        message_id=draft.message_id,
        subject=draft.subject,
        sender=draft.sender.address,
        recipient=draft.recipient.address,
        data=data,
        variant=wording.variant,
        template_hash=_template_hash(desk, case, step_id, wording, earlier),
    )


def draft_step(
    desk: Desk, case: Case, step_id: str, earlier: list[StoredSend], now: datetime
) -> Draft:
    """The same mail before it is bytes.

    Raises:
        MissingVariableError: the template needs a value that the prospect does not have.
        TemplateError: the template cannot be rendered.
        ComposeError: an address cannot be written.
    """
    policy, enrollment = desk.policy, case.stored.enrollment
    mailbox = policy.mailboxes[enrollment.mailbox or ""]
    prospect = case.person.prospect
    token = make_token(bytes.fromhex(enrollment.key), policy.keys)
    url = unsubscribe_url(policy.public_url, token)
    step = case.version.cadence.step(step_id)
    wording = _wording(case, step_id, earlier)
    rendered = _drafted(desk, case, step_id, earlier) or _rendered(desk, case, wording, url)
    text, html = with_footer(
        rendered.text_blocks,
        rendered.html_blocks,
        url=url,
        language=prospect.language,
        postal_address=policy.postal_address,
    )
    place = _place(case.version, step, mailbox.name, earlier, rendered.subject)
    if not place.subject:
        raise NoSubjectError(wording.template)
    return Draft(
        message_id=_message_id(policy, case, step_id, mailbox),
        date=now.astimezone(mailbox.tz or policy.tz),
        sender=Mailbox(mailbox.address, mailbox.sender_name),
        recipient=Mailbox(prospect.email, _name(prospect)),
        subject=place.subject,
        text=text,
        html=html,
        in_reply_to=place.in_reply_to,
        references=place.references,
        list_unsubscribe=(url, unsubscribe_mailto(mailbox.address, token)),
        ref=make_ref(enrollment.key, step_id, policy.salt),
        enclosures=enclosures_of(case, step) if step.attach else (),
    )


def rendered_for(desk: Desk, case: Case, step_id: str) -> Rendered:
    """What the template of a step says to or about its prospect: a guide, or a mail to be edited.

    Raises:
        MissingVariableError: the template needs a value that the prospect does not have.
        TemplateError: the template cannot be rendered.
    """
    token = make_token(bytes.fromhex(case.stored.enrollment.key), desk.policy.keys)
    url = unsubscribe_url(desk.policy.public_url, token)
    return _rendered(desk, case, _wording(case, step_id, ()), url)


def missing_variables(
    desk: Desk,
    version: Version,
    prospect: Prospect,
    overrides: Overrides = NO_OVERRIDES,
    stopped: Stopped = NOTHING,
    account: Mapping[str, str] = NO_VALUES,
) -> tuple[str, ...]:
    """Names of the values that some step needs and the prospect does not have.

    Of a step with variants all count that are not stopped: whoever is in may get another one later.
    A template that fails for another reason shows when its mail is due, to a person.
    """
    values = desk.policy.sender_values(desk.policy.mailboxes_of(version.cadence))
    mailbox = MailboxPolicy("any", "rep@mailbox.example", "Rep", values=values)
    link = _any_booking_url(desk.policy, version, prospect)
    variables = _variables(prospect, mailbox, ("https://example/u/token", link), overrides, account)
    missing: list[str] = []
    start_at = overrides.start_at
    before = version.cadence.ids_before(start_at) if start_at is not None else ()
    for step in version.cadence.steps:
        if step.id in overrides.skip or step.id in before:
            continue
        for name in possible_templates(step, stopped):
            with suppress(TemplateError):
                template = desk.versions.template(version, name, prospect.language)
                missing.extend(_missing(template, variables))
    return tuple(dict.fromkeys(missing))


def _missing(template: Template, variables: Mapping[str, object]) -> list[str]:
    """Every value that a template lacks: each one found is filled in to find the next."""
    filled, missing = dict(variables), list[str]()
    while True:
        try:
            render(template, filled)
        except MissingVariableError as error:
            if error.name in missing or len(missing) > MOST_MISSING:
                return missing
            missing.append(error.name)
            filled = with_value(filled, error.name, "-")
        except TemplateError:
            return missing
        else:
            return missing


def _wording(case: Case, step_id: str, earlier: Sequence[StoredSend]) -> Wording:
    """That of the step; what is sent of it already may have settled it."""
    step = case.version.cadence.step(step_id)
    if not step.variants:
        return Wording(step.template)
    own = next((send for send in earlier if send.step_id == step_id), None)
    return wording_of(step, case.stored.enrollment.key, case.stopped, own)


def _template_hash(
    desk: Desk, case: Case, step_id: str, wording: Wording, earlier: Sequence[StoredSend]
) -> str | None:
    if any(send.step_id == step_id and send.draft for send in earlier):
        return None  # a rep's own words
    language = case.person.prospect.language
    return desk.versions.text_hash(case.version, wording.template, language)


def _drafted(desk: Desk, case: Case, step_id: str, earlier: list[StoredSend]) -> Rendered | None:
    """What a rep made of the mail, None where nobody edited it; links to booking pages in it."""
    for send in earlier:
        if send.step_id == step_id and send.draft:
            key, own = case.stored.enrollment.key, desk.policy.booking_hosts
            text = with_tokens(send.draft["text"].rstrip(), key, own)
            return Rendered(send.draft["subject"], ("", f"{text}\n"))
    return None


def _rendered(desk: Desk, case: Case, wording: Wording, url: str) -> Rendered:
    prospect = case.person.prospect
    template = desk.versions.template(case.version, wording.template, prospect.language)
    name = case.stored.enrollment.mailbox or ""
    mailbox = desk.policy.mailboxes.get(name) or MailboxPolicy(name, "", "")
    overrides = overrides_from_json(case.stored.overrides)
    key, own = case.stored.enrollment.key, desk.policy.booking_hosts
    page = desk.policy.booking_url(mailbox, prospect.owner)
    link = with_token(page, key, own) if page else ""
    variables = _variables(prospect, mailbox, (url, link), overrides, case.account)
    return render(template, variables, key, own)


def _any_booking_url(policy: Policy, version: Version, prospect: Prospect) -> str:
    """That of any mailbox that the mails may come from."""
    known = (policy.mailboxes.get(name) for name in policy.mailboxes_of(version.cadence))
    pages = (policy.booking_url(each, prospect.owner) for each in known if each is not None)
    return next(filter(None, pages), "")


def _variables(
    prospect: Prospect,
    mailbox: MailboxPolicy,
    links: tuple[str, str],
    overrides: Overrides,
    account: Mapping[str, str],
) -> Mapping[str, object]:
    """All values of a template; the links are those to opt out and to book a meeting."""
    sender = {**mailbox.values, "name": mailbox.sender_name, "email": mailbox.address}
    values = prospect.values()  # those that are blank count as missing to a template as well
    ours: dict[str, object] = {
        "sender": sender,
        "unsubscribe_url": links[0],
        "booking_link": links[1],
    }
    if account:
        ours[ACCOUNT] = dict(account)
    return {**values, **overrides.variables, **ours}


def _name(prospect: Prospect) -> str:
    return f"{prospect.first_name} {prospect.last_name}".strip()


def _message_id(policy: Policy, case: Case, step_id: str, mailbox: MailboxPolicy) -> str:
    domain = mailbox.address.rpartition("@")[2]
    return make_message_id(case.stored.enrollment.key, step_id, policy.salt, domain)


class _Place(NamedTuple):
    """Where a mail stands among the others to the same person."""

    subject: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()


def _place(
    version: Version, step: Step, mailbox: str, earlier: list[StoredSend], subject: str
) -> _Place:
    """That of an answer to the last mail of the thread that was really sent.

    Nobody answers a mail of somebody else: from another mailbox it begins a thread of its own, with
    the subject of the old one where it has none.
    """
    thread = _thread(version, step, [send for send in earlier if send.mailbox == mailbox])
    if not thread:
        left = _thread(version, step, earlier)
        known = left[-1].subject if left else None
        return _Place(subject or reply_subject(known or "")[len("Re: ") :])
    references: tuple[str, ...] = ()
    for send in thread[:-1]:
        references = references_after(references, send.message_id or "")
    parent = thread[-1].message_id or ""
    return _Place(
        reply_subject(thread[-1].subject or subject), parent, references_after(references, parent)
    )


def _thread(version: Version, step: Step, earlier: list[StoredSend]) -> list[StoredSend]:
    """Mails sent in the thread that the step belongs to, oldest first."""
    if step.thread is Thread.NEW:
        return []
    known = {each.id: each for each in version.cadence.steps}
    thread: list[StoredSend] = []
    # By when they left: an edit may have changed the order of the steps since.
    for send in sorted(earlier, key=_left_at):
        if send.step_id == step.id and send.handed_at is not None:
            break
        if send.state is SendState.SENT:
            thread = [*([] if _began_thread(known.get(send.step_id), send) else thread), send]
    return thread


def _left_at(send: StoredSend) -> datetime:
    return send.handed_at or send.ended_at or send.due_at


def _began_thread(step: Step | None, send: StoredSend) -> bool:
    """Whether a mail began a thread; where its step is gone, its subject tells."""
    if step is None:
        return not (send.subject or "").startswith("Re: ")
    return step.thread is Thread.NEW
