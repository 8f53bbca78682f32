"""Confirm opt-outs that came as an answer, where the settings want it: one mail each, ever.

Who has opted out gets nothing more but this, and an address gets it once.
"""

import structlog

from sequencer.domain.address import key_of
from sequencer.domain.ledger import Kind
from sequencer.engine.entry import entry_of
from sequencer.engine.heard import Heard
from sequencer.engine.notice_kind import NoticeKind
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.confirmation import Wanted, make_confirmation, may_confirm
from sequencer.mail.draft import Mailbox
from sequencer.mail.message_id import is_message_id, make_ref
from sequencer.store import ledger, notices
from sequencer.store.notices import Notice

log = structlog.get_logger()


def confirmation_of(recipient_key: str) -> str:
    """What the confirmation to an address is known by."""
    return f"confirmation {recipient_key}"


def queue_confirmation(heard: Heard) -> None:
    """Let a confirmation wait in the mailbox that was answered, if there may be one."""
    policy, incoming = heard.desk.policy, heard.verdict.incoming
    recipient_key = key_of(incoming.sender)
    may = recipient_key != "" and may_confirm(incoming, policy.own_keys)
    mailbox = policy.mailboxes.get(heard.case.stored.enrollment.mailbox or "")
    if not policy.replies.confirms_opt_out or not may or mailbox is None:
        return
    wanted = Wanted(
        sender=Mailbox(mailbox.address, mailbox.sender_name),
        recipient=incoming.sender,
        key=make_ref(heard.case.stored.enrollment.key, str(heard.number), policy.salt),
        answers=incoming.message_id if is_message_id(incoming.message_id) else "",
        language=heard.case.person.prospect.language,
    )
    try:
        data = make_confirmation(wanted, policy.salt, heard.now)
    except ComposeError as error:
        log.warning("confirmation_not_written", mailbox=mailbox.name, error=str(error))
        return
    notice = Notice(
        once_key=confirmation_of(recipient_key),
        kind=NoticeKind.CONFIRMATION,
        mailbox=mailbox.name,
        recipient=incoming.sender,
        data=data,
        due_at=heard.now,
    )
    if notices.queue(heard.connection, notice):
        detail = f"to {incoming.sender}: a confirmation of the opt-out"
        ledger.write(heard.connection, entry_of(heard.case, Kind.CONFIRMING, detail, heard.now))
