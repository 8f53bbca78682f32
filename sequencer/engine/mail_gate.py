"""What the gate says about mails at this moment: the same for the look, the last dot and `why`.

Read for many mails at once, in a few statements, and asked for one after another: each that is let
through counts for those after it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sequencer.domain.address import key_of
from sequencer.domain.cadence import Cadence
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.gate import Answer, Occasion, ask_gate, refusals_of, refusing
from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.reason import Refusal
from sequencer.domain.standing import Elsewhere, Moment, Standing
from sequencer.domain.suppression import Suppression
from sequencer.engine.desk import Case, Desk
from sequencer.engine.leases import Lease
from sequencer.engine.room import Asked, Room
from sequencer.store import standing, suppressions, traffic
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend
from sequencer.store.standing import StoredRun

_UNKNOWN = MailboxHealth()


class MailGate:
    """The gate before some mails, in one transaction and at one instant.

    Args:
        connection: the database.
        desk: settings and cadences.
        asked: the mails.
        now: the instant.
        at_dot: whether these were looked at a moment ago, and their final dots are next.
    """

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        asked: Collection[Asked],
        now: datetime,
        *,
        at_dot: bool = False,
    ) -> None:
        self._connection, self._desk, self.now, self._at_dot = connection, desk, now, at_dot
        self._room = Room(connection, desk, asked, now)
        first = [each.case for each in asked if each.first and not at_dot]
        self._runs = _runs_of(connection, first)
        self._touched = _touches_of(connection, first)
        self._suppressions = _suppressions_of(connection, asked, now)

    def ask(self, asked: Asked) -> list[Answer]:
        """What each rule says that is asked before this mail."""
        return ask_gate(self._standing(asked), self.moment(asked), self._occasion(asked))

    def refuse(self, asked: Asked) -> list[Answer]:
        """The same of the rules that say no; none where the mail may leave."""
        return refusing(self._standing(asked), self.moment(asked), self._occasion(asked))

    def _occasion(self, asked: Asked) -> Occasion:
        if self._at_dot:
            return Occasion.DOT
        return Occasion.FIRST_MAIL if asked.first else Occasion.MAIL

    def let_through(self, asked: Asked) -> None:
        """This mail goes, and counts for those that are asked about after it."""
        self._room.take(asked)

    def holds(self, lease: Lease) -> bool:
        """Whether nobody has taken the mailbox over since the lease was given."""
        return self._room.mailbox(lease.mailbox).fence == lease.fence

    def synced_at(self, mailbox: str) -> datetime | None:
        """Begin of the last complete scan of a mailbox."""
        return self._room.mailbox(mailbox).health.synced_at

    def moment(self, asked: Asked) -> Moment:
        """What is known of the moment of a mail from a mailbox, which may be gone."""
        case, known = asked.case, asked.mailbox in self._desk.policy.mailboxes
        return Moment(
            now=self.now,
            enrollment=case.stored.enrollment,
            timing=case.timing,
            mailbox=asked.mailbox,
            health=self._room.mailbox(asked.mailbox).health if known else _UNKNOWN,
            limits=self._room.limits_of(asked),
            traffic=self._room.traffic_of(asked),
            freshness=self._desk.policy.freshness,
            known=known,
            openings=self._desk.policy.openings,
        )

    def _standing(self, asked: Asked) -> Standing:
        """What the rules want to know of the person; missing values show in composing the mail."""
        case = asked.case
        prospect, known = case.person.prospect, self._suppressions
        return Standing(
            now=self.now,
            prospect=prospect,
            workdays=case.timing.workdays,
            audience=case.version.cadence.audience,
            suppressions=known.get(key_of(prospect.email), ()) if known else (),
            elsewhere=self._elsewhere(case) if asked.first else (),
            touched_at=self._touched.get(case.stored.id),
            consent_countries=self._desk.policy.consent_countries,
        )

    def _elsewhere(self, case: Case) -> tuple[Elsewhere, ...]:
        """Other cadences that the person was in before this one: of two, the later gives way."""
        return tuple(
            Elsewhere(run.slug, self._cadence_of(run).audience.exclusive)
            for run in self._runs.get(case.person.id, ())
            if run.enrollment_id < case.stored.id
            and run.slug != case.stored.slug
            and run.state is not EnrollmentState.FINISHED
        )

    def _cadence_of(self, run: StoredRun) -> Cadence:
        return self._desk.versions.get(self._connection, run.version_hash).cadence


def asked_about(send: StoredSend, case: Case, last_at: datetime | None = None) -> Asked:
    """The mail of a send; `last_at` as this process knows it."""
    return Asked(case, send.mailbox, not send.follow_up, last_at)


def refusals_for(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime
) -> list[Refusal]:
    """Everything the gate has against this mail at this moment."""
    return refusals_of(answers_for(connection, desk, case, send, now))


def answers_for(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime
) -> list[Answer]:
    """What each rule that is asked before this mail says."""
    asked = asked_about(send, case)
    return MailGate(connection, desk, [asked], now).ask(asked)


def moment_of(
    connection: Connection, desk: Desk, case: Case, mailbox: str, now: datetime
) -> Moment:
    """What is known of the moment of the next mail from that mailbox, which may be gone."""
    asked = Asked(case, mailbox, traffic.is_first_touch(connection, case.stored.id))
    return MailGate(connection, desk, [asked], now).moment(asked)


def _runs_of(connection: Connection, first: Sequence[Case]) -> dict[int, list[StoredRun]]:
    """Every enrollment of the people whose first mail it would be."""
    found: dict[int, list[StoredRun]] = {}
    for run in standing.runs_of(connection, sorted({case.person.id for case in first})):
        found.setdefault(run.prospect_id, []).append(run)
    return found


def _touches_of(connection: Connection, first: Sequence[Case]) -> dict[int, datetime]:
    """The last touch before each enrollment that wants to know it, its own left out."""
    wanted = [case for case in first if case.version.cadence.audience.min_days_since_touch]
    people = {case.person.id: case.stored.id for case in wanted}
    if len(people) < len(wanted):  # of one person's two enrollments each counts for the other
        touches = [
            (case.stored.id, standing.last_touches(connection, [case.person.id], [case.stored.id]))
            for case in wanted
        ]
        return {number: at for number, found in touches for at in found.values()}
    latest = standing.last_touches(connection, list(people), list(people.values()))
    return {people[person]: at for person, at in latest.items()}


def _suppressions_of(
    connection: Connection, asked: Collection[Asked], now: datetime
) -> dict[str, tuple[Suppression, ...]]:
    keys = {key_of(each.case.person.prospect.email) for each in asked}
    return suppressions.hitting(connection, sorted(key for key in keys if key), now)
