"""The look before mails: one transaction that claims those that everything allows to leave now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held
from sequencer.domain.gate import Answer, Effect, refusals_of
from sequencer.domain.pacing import Pace
from sequencer.domain.reason import PACING
from sequencer.domain.send import OPEN_STATES, SendEvent, SendState
from sequencer.engine.cases import Pair, read_all_locked
from sequencer.engine.compose_mail import Composed, compose_step
from sequencer.engine.desk import Case, Desk
from sequencer.engine.enclosed import with_facts
from sequencer.engine.guard_look import skip_if_not_for
from sequencer.engine.leases import Lease
from sequencer.engine.mail_gate import MailGate, asked_about
from sequencer.engine.own_pace import OwnMails
from sequencer.engine.react import react
from sequencer.engine.refused import follow
from sequencer.engine.room import Asked
from sequencer.engine.turns import Turns, due_turns
from sequencer.files.template import MissingVariableError, TemplateError
from sequencer.mail.compose_error import ComposeError
from sequencer.store import epoch, send_bytes, sends
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

AT_ONCE = 50  # mails that are claimed together: as many as may be given back after a crash
NO_OWN_MAILS = OwnMails(AT_ONCE)
AT_A_TIME = 2  # of each kind, where each has to keep a distance to the one before


class Claimed(NamedTuple):
    """A mail that is about to be sent, the number of its send, and what was known of its person."""

    send_id: int
    mail: Composed
    case: Case


@dataclass
class Looked:
    """Outcome of a look.

    Attributes:
        claimed: mails to send now, in their order.
        stops: whether the mailbox as a whole has to rest.
        moved: how many sends were claimed, or are not due any more.
    """

    claimed: list[Claimed] = field(default_factory=list)
    stops: bool = False
    moved: int = 0


def look(
    connection: Connection,
    desk: Desk,
    lease: Lease,
    now: datetime,
    only: Collection[int] | None = None,
    own: OwnMails = NO_OWN_MAILS,
) -> Looked:
    """Claim what is due in a mailbox, as far as it may leave; for the rest, store why not.

    What a mail leaves no room for behind it waits for the next look: that mail may yet not leave.

    Args:
        connection: the database.
        desk: settings and cadences.
        lease: under which the mails would be sent.
        now: the instant.
        only: the sends that are looked at, None for all that are due.
        own: what this process knows of its own mails.
    """
    looked = Looked()
    if epoch.why_held(connection):
        looked.stops = True
        return looked
    policy = desk.policy.mailboxes.get(lease.mailbox)
    pace = policy.pace if policy else Pace()
    most = AT_ONCE if not pace.gap else AT_A_TIME
    turns = due_turns(connection, lease.mailbox, pace.first_share, now, most)
    if only is not None:
        turns = turns.only(only)
    return _Look(connection, desk, lease, now, own, looked).at(turns)


@dataclass
class _Look:
    connection: Connection
    desk: Desk
    lease: Lease
    now: datetime
    own: OwnMails
    looked: Looked

    def at(self, turns: Turns) -> Looked:
        pairs = read_all_locked(self.connection, self.desk, turns.numbers)
        waiting = {number: pair for number, pair in pairs.items() if self._waits(*pair)}
        asked = {number: asked_about(*pair, self.own.last_at) for number, pair in waiting.items()}
        if waiting:
            gate = MailGate(self.connection, self.desk, asked.values(), self.now)
            if gate.holds(self.lease):
                self._claim(self._let_through(gate, asked, turns, waiting))
            else:
                self.looked.stops = True
        return self.looked

    def _waits(self, send: StoredSend, case: Case) -> bool:
        """Whether the send still waits in this mailbox."""
        if send.state not in OPEN_STATES or send.mailbox != self.lease.mailbox:
            return False
        bound = case.stored.enrollment.mailbox
        if send.handed_at is not None or send.mailbox == bound:
            return True
        # It was on its way when the enrollment moved, and came back.
        sends.rebind(self.connection, send.enrollment_id, bound or "")
        return False

    def _let_through(
        self,
        gate: MailGate,
        every: Mapping[int, Asked],
        turns: Turns,
        waiting: Mapping[int, Pair],
    ) -> list[Pair]:
        """Those that the gate lets pass, one after another; the others meet their consequences."""
        passed: list[Pair] = []
        people: set[int] = set()
        for send, case in (waiting[number] for number in turns if number in waiting):
            if case.person.id in people:
                continue  # what follows from the first is not known yet
            people.add(case.person.id)
            asked = every[send.id]
            answers = gate.refuse(asked)
            if answers:
                if passed and _is_paced(answers):
                    break
                effect = follow(self.connection, self.desk, case, send, answers, self.now)
                if effect is Effect.REST:
                    self.looked.stops = True
                    break
                self.looked.moved += effect is not Effect.SKIP
                continue
            self.looked.moved += 1
            if self._is_for(send, case):
                gate.let_through(asked)
                turns.goes()
                passed.append((send, case))
            if len(passed) >= min(self.own.room, AT_ONCE):
                break
        return passed

    def _is_for(self, send: StoredSend, case: Case) -> bool:
        if send.handed_at is not None:
            return True
        return not skip_if_not_for(self.connection, self.desk, case, send, self.now)

    def _claim(self, passed: Sequence[Pair]) -> None:
        if not passed:
            return
        sent = sends.sent_to(self.connection, [case.stored.id for _, case in passed])
        rows: dict[SendState, list[dict[str, object]]] = {}
        for send, case in passed:
            # Of what is not sent, only the send itself has a say in its mail.
            mail = self._mail(send, case, [*sent[case.stored.id], send])
            if mail is not None:
                self.looked.claimed.append(Claimed(send.id, mail, case))
                rows.setdefault(send.state, []).append(self._row(send, case, mail))
        for state, claimed in rows.items():
            sends.move_each(self.connection, state, SendEvent.CLAIM, claimed)
        mails = {each.send_id: each.mail.data for each in self.looked.claimed}
        send_bytes.keep(self.connection, mails)

    def _mail(self, send: StoredSend, case: Case, earlier: Sequence[StoredSend]) -> Composed | None:
        """A fresh mail; one that may have left already keeps its bytes, so that it can be known.

        None where it cannot be written: a person has to look at it.
        """
        sent = send_bytes.of(self.connection, send.id) if send.handed_at is not None else None
        if sent is not None:
            sender = self.desk.policy.mailboxes[send.mailbox].address
            return Composed(
                message_id=send.message_id or "",
                subject=send.subject or "",
                sender=sender,
                recipient=send.recipient or "",
                data=sent,
                variant=send.variant,
                template_hash=send.template_hash,
            )
        try:
            case = with_facts(self.connection, case, send.step_id)
            return compose_step(self.desk, case, send.step_id, list(earlier), self.now)
        except (MissingVariableError, TemplateError, ComposeError) as error:
            event = Held(PauseReason.REVIEW, due_at=send.due_at)
            why = f"step {send.step_id}: {error}"
            react(self.connection, self.desk, case.stored, event, why, self.now)
            return None

    def _row(self, send: StoredSend, case: Case, mail: Composed) -> dict[str, object]:
        return {
            "number": send.id,
            "fence": self.lease.fence,
            "tries": send.tries + 1,
            "message_id": mail.message_id,
            "subject": cut(mail.subject),
            "recipient": mail.recipient,
            "variant": mail.variant,
            "template_hash": mail.template_hash,
            "looked_at": self.now,
            "tz": case.timing.tz.key,
        }


def _is_paced(answers: Sequence[Answer]) -> bool:
    """Whether pacing has something against a mail: perhaps only because of one before it."""
    return any(refusal.reason in PACING for refusal in refusals_of(answers))
