"""Try a mail: through the real mailbox, to one of ourselves, and to nobody else.

What leaves is what a prospect would get, to the byte, but for the address, the Message-ID, the
opt-out token, which belongs to nobody, and one header that says what it is. No enrollment knows of
it. It counts for its mailbox as a mail by hand: from before its final dot on, so that no crash
makes it uncounted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.cadence import Version
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.prospect import Prospect
from sequencer.engine.desk import Desk
from sequencer.engine.policy import Policy
from sequencer.engine.preview import Wish, drafts
from sequencer.engine.recording import words
from sequencer.engine.trial_mark import key_for, source_of
from sequencer.engine.world import World
from sequencer.mail.compose import compose
from sequencer.mail.draft import Draft, Mailbox
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind
from sequencer.store import enrollments, epoch, prospects, suppressions, touches
from sequencer.store.database import Connection

MOST = 50  # mails at once; a cadence has no more steps


class SendTestError(Exception):
    """The mail may not be tried there."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be tried.

    Attributes:
        key: random; marks and tokens follow from it, so that they are nobody else's. Of 32 hex
            digits.
        allowed: addresses that the settings allow besides those of mailboxes and reps.
    """

    recipient: str
    version: Version
    person: Prospect
    wish: Wish
    key: str
    allowed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one mail; `said` is the server's answer where it did not take it."""

    step: str
    subject: str
    message_id: str
    accepted: bool
    said: str = ""


def mails_of(desk: Desk, trial: Trial, now: datetime) -> list[tuple[str, Draft]]:
    """The mails by step, to the recipient of the trial, each answering the one above.

    Raises:
        TemplateError: one of them would be held.
        ComposeError: one of them cannot be written.
    """
    key = key_for(trial.key, trial.recipient)
    nobodys = Desk(replace(desk.policy, keys=(key.encode(),)), desk.versions)
    wish = replace(trial.wish, key=key)
    made = drafts(nobodys, trial.version, trial.person, wish, now)
    return [(step, _to(trial.recipient, draft)) for step, draft in made[:MOST]]


def check_recipient(connection: Connection, policy: Policy, trial: Trial, now: datetime) -> None:
    """Make sure that the mail goes to one of ourselves.

    Raises:
        SendTestError: it would not, or it may not leave.
    """
    key = key_of(trial.recipient)
    reps = (rep.address for rep in policy.reps.values())
    ours = {key_of(each) for each in (*reps, *trial.allowed)} | policy.own_keys
    if not key or key not in ours:
        raise SendTestError(
            f"{trial.recipient} is none of our addresses: a test goes to a mailbox or a rep of "
            "the settings, or to an address under `test_recipients` there."
        )
    if why := epoch.why_held(connection):
        raise SendTestError(f"Nothing leaves now: {why}. See `sequencer reconcile`.")
    if suppressions.hitting(connection, [key], now):
        raise SendTestError(f"{trial.recipient} is on the list of those who receive nothing.")
    if _is_enrolled(connection, trial.recipient):
        raise SendTestError(
            f"{trial.recipient} is in a cadence as a prospect, whose answers may stop it. "
            "Take another address, or stop that cadence first."
        )


async def send_test(world: World, trial: Trial) -> list[Tried]:
    """What became of each mail, in their order; after one that was not taken none follows.

    Raises:
        SendTestError: the recipient is none of ours, or nothing may leave.
        TemplateError: a mail would be held.
        ComposeError: a mail cannot be written.
    """
    now, mailbox = world.clock.now(), trial.wish.mailbox
    await world.read(check_recipient, world.desk.policy, trial, now)
    mails = mails_of(world.desk, trial, now)
    done: list[Tried] = []
    for step, draft in mails:
        source = source_of(draft.message_id)
        data = compose(draft)
        touch = touches.MailByHand(now, mailbox, None, domain_of(trial.recipient), source)
        hand = partial(world.write, _count, replace(touch, at=world.clock.now()))
        envelope = Envelope(draft.sender.address, trial.recipient, data)
        outcome = await world.doors[mailbox].mailer.send(envelope, hand)
        if outcome.kind not in {OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN}:
            await world.write(touches.take_back, source)
        done.append(_tried(step, draft, outcome))
        if not done[-1].accepted:
            break
    return done


def _to(recipient: str, draft: Draft) -> Draft:
    return replace(draft, recipient=Mailbox(recipient, draft.recipient.name), is_test=True)


def _count(connection: Connection, touch: touches.MailByHand) -> bool:
    """Whether the final dot may be written; if so, the mail counts."""
    return not epoch.why_held(connection) and touches.add_mail_by_hand(connection, touch)


def _is_enrolled(connection: Connection, address: str) -> bool:
    person = prospects.find(connection, address)
    every = enrollments.of_prospect(connection, person.id) if person is not None else []
    return any(each.enrollment.state is not EnrollmentState.FINISHED for each in every)


def _tried(step: str, draft: Draft, outcome: Outcome) -> Tried:
    accepted = outcome.kind is OutcomeKind.ACCEPTED
    said = "" if accepted else words(outcome)
    return Tried(step, draft.subject, draft.message_id, accepted, said)


def addresses_of(policy: Policy, allowed: Sequence[str]) -> list[str]:
    """Everybody to whom a test may go, for whoever asks."""
    boxes = [each.address for each in policy.mailboxes.values()]
    return list(dict.fromkeys([*boxes, *(rep.address for rep in policy.reps.values()), *allowed]))
