"""Known by recipient and subject: copies of our mails whose provider has taken every mark off."""

from dataclasses import replace

from sequencer.domain.send import SendState
from sequencer.engine.compose_mail import compose_step
from sequencer.engine.desk import Case, Desk
from sequencer.engine.origin import Origin, mail_steps
from sequencer.files.template import TemplateError
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.sent_mail import SentMail
from sequencer.store import enrollments, prospects, sends
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import StoredSend


def origin_by_subject(
    connection: Connection, desk: Desk, mailbox: str, mail: SentMail
) -> Origin | None:
    """The first step not known as sent whose mail would go to that person with that subject.

    A mail that a rep wrote by hand in the thread may look the same: then a step is left out, which
    is the lesser evil. So this is asked only where no copy in the folder has any mark of ours.
    """
    if len(mail.recipients) != 1 or mail.is_automatic or not mail.subject:
        return None
    person = prospects.find(connection, mail.recipients[0])
    if person is None:
        return None
    for stored in enrollments.of_prospect(connection, person.id):
        if stored.enrollment.mailbox not in {None, mailbox}:
            continue
        every = sends.of_enrollment(connection, stored.id)
        by_step = {send.step_id: send for send in every}
        for step_id in mail_steps(connection, desk, stored):
            send = by_step.get(step_id)
            if send is not None and send.state is SendState.SENT:
                continue
            if _subject(connection, desk, stored, mailbox, step_id, every) == _plain(mail.subject):
                return Origin(stored.enrollment.key, stored, step_id, send)
    return None


def _subject(
    connection: Connection,
    desk: Desk,
    stored: StoredEnrollment,
    mailbox: str,
    step_id: str,
    every: list[StoredSend],
) -> str:
    """The subject that the mail of a step had, or would have now."""
    known = next((send.subject for send in every if send.step_id == step_id), None)
    if known:
        return _plain(known)
    bound = replace(stored, enrollment=replace(stored.enrollment, mailbox=mailbox))
    case: Case = desk.case(connection, bound)
    try:
        return _plain(compose_step(desk, case, step_id, every, stored.enrolled_at).subject)
    except (TemplateError, ComposeError):
        return ""


def _plain(subject: str) -> str:
    return " ".join(subject.split()).casefold()
