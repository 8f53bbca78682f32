"""Who has spoken with a person so far, and hears what others say about them?"""

from collections.abc import Iterable

from sequencer.domain.prospect import Prospect
from sequencer.engine.policy import Policy
from sequencer.mail.draft import Mailbox
from sequencer.store.enrollments import StoredEnrollment


def inside_rep(
    policy: Policy, person: Prospect, enrolled: Iterable[StoredEnrollment]
) -> Mailbox | None:
    """The owner of the person, by their mailbox or as a rep; else whose mailbox wrote to them.

    None where nobody is known.
    """
    for mailbox in policy.mailboxes.values():
        if mailbox.belongs_to == person.owner:
            return Mailbox(mailbox.address, mailbox.sender_name)
    if person.owner in policy.reps:
        rep = policy.reps[person.owner]
        return Mailbox(rep.address, rep.person)
    for stored in enrolled:
        known = policy.mailboxes.get(stored.enrollment.mailbox or "")
        if known is not None:
            return Mailbox(known.address, known.sender_name)
    return None
