"""A report about a mail of ours: which address is dead, which mailbox is blocked, what is doubtful.

A From proves nothing, so only a report that quotes a mail of ours has any effect.
"""

from sequencer.domain.address import key_of
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.heard import Heard
from sequencer.engine.our_fault import take_blame
from sequencer.engine.react import stop_person
from sequencer.engine.soft_refusal import Refused, flag_domain, leave_alone, note_refusal
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.delivery_status import FailedRecipient
from sequencer.store import sends


def bounced(heard: Heard) -> None:
    """Act on a report that some mail could not be delivered."""
    report = heard.verdict.report
    if report is None or not heard.found.is_certain:
        return
    if not report.recipients:
        heard.ask("Which address could not be reached?")
    others = [failed.address for failed in report.failed if not _is_about(heard, failed.address)]
    for failed in report.failed:
        if _is_about(heard, failed.address):
            _give_up(heard, failed)
    if others:
        # Perhaps the person forwards our mail to there, perhaps somebody made it up.
        more = f" and {len(others) - 1} more" if others[1:] else ""
        heard.ask("Is this address dead?", f"the report names {others[0]}{more}")


def complained(heard: Heard) -> None:
    """Act on a report that somebody called a mail of ours spam."""
    complaint = heard.verdict.complaint
    if complaint is not None and not complaint.is_by_person:
        return
    if heard.found.is_certain:
        heard.suppress(heard.case.person.prospect.email, SuppressionReason.COMPLAINED)
    else:
        heard.ask("Did this person complain?")


def _give_up(heard: Heard, failed: FailedRecipient) -> None:
    found = failed.bounce_class
    if found is not None and found.is_permanent:
        heard.suppress(heard.case.person.prospect.email, SuppressionReason.BOUNCED)
        if found is BounceClass.HARD_DOMAIN:
            flag_domain(heard.connection, heard.case, heard.told, heard.now)
    elif found is BounceClass.POLICY_RECIPIENT:
        event = Stopped(FinishReason.BOUNCED)  # of the recipient only, whoever reports it
        person = heard.case.person.id
        stop_person(heard.connection, heard.desk, person, event, heard.told, heard.now)
    elif found is BounceClass.SOFT:
        _refuse_for_now(heard)
    else:
        take_blame(heard, failed)


def _refuse_for_now(heard: Heard) -> None:
    """The address would not have that mail today; several such mails end in a longer rest."""
    connection, case, report = heard.connection, heard.case, heard.verdict.report
    quoted = report.original_message_id if report is not None else None
    known = sends.by_message_ids(connection, [quoted] if quoted else [])
    step_id = known[0].step_id if known else case.stored.enrollment.step or ""
    if why := note_refusal(connection, Refused(case, step_id, heard.told, heard.now)):
        leave_alone(connection, heard.desk, case, why, heard.now)


def _is_about(heard: Heard, address: str) -> bool:
    key = key_of(address)
    return key != "" and key == key_of(heard.case.person.prospect.email)
