"""Enrol prospects in a cadence: each row passes the gate on its own and gets its own answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sequencer.domain.account import account_key
from sequencer.domain.address import key_of
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.event import Enrolled
from sequencer.domain.gate import Occasion, ask_gate, refusals_of
from sequencer.domain.ledger import Kind
from sequencer.domain.overrides import overrides_from_json
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.standing import Run, Standing
from sequencer.engine.activate import ITS_TURN, bind
from sequencer.engine.desk import Case, Desk
from sequencer.engine.entry import entry_of
from sequencer.engine.mailbox_choice import choose, pool
from sequencer.engine.react import Change, react_each
from sequencer.engine.survey import Asked, lock_gate, room_in, survey
from sequencer.store import cadences, enrollments, ledger, mailboxes, pending, prospects, wake
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection, Database
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect

BATCH = 200  # people per transaction

# What makes an enrollment wait instead of refusing it.
_WAITS = frozenset({Reason.STARTS_LATER, Reason.FIRST_RUN_LIMIT, Reason.THROTTLED})


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one address: refused with every reason the gate has, or in.

    Attributes:
        waits: why it has not begun yet, where it is in.
    """

    address: str
    refusals: tuple[Refusal, ...] = ()
    waits: tuple[Refusal, ...] = ()

    @property
    def enrolled(self) -> bool:
        """Whether the prospect is in."""
        return not self.refusals

    @property
    def pending(self) -> bool:
        """Whether the prospect is in, and waits for room or for a day."""
        return self.enrolled and bool(self.waits)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who is to be enrolled in what, by whom.

    Attributes:
        by: who gave the command.
        rep: for whom, where the cadence asks whose prospects they are; `by` where it is empty.
        starts_at: when they begin at the earliest.
        overrides: what they do otherwise than the cadence says, as `domain.overrides` stores it.
    """

    slug: str
    addresses: Sequence[str]
    by: str
    rep: str = ""
    starts_at: datetime | None = None
    overrides: Mapping[str, object] = field(default_factory=dict)


class UnknownCadenceError(Exception):
    """No applied cadence has that name."""


@dataclass
class _Taken:
    """What the people let in so far take up: places in the cadence, in their accounts.

    Attributes:
        carried: live enrollments by mailbox, counted for the first batch only: every count looks
            at all that are enrolled.
    """

    people: set[int] = field(default_factory=set)
    accounts: dict[str, set[int]] = field(default_factory=dict)
    activated: int = 0
    waiting: bool = False
    carried: Mapping[str, int] | None = None


def enroll(
    database: Database,
    desk: Desk,
    wanted: Enrolment,
    new_key: Callable[[], str],
    now: datetime,
    progress: Callable[[int], None] = lambda _people: None,
) -> list[Answer]:
    """One answer per address, in their order.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        OverridesError: the overrides do not fit it.
    """
    answers: list[Answer] = []
    command = _Command(desk, wanted, new_key, now)
    for batch in _batches(wanted.addresses):
        given, command.carried = database.transact(partial(command.enroll, batch))
        answers.extend(given)
        progress(len(batch))
    return answers


def enroll_one(
    connection: Connection,
    desk: Desk,
    wanted: Enrolment,
    new_key: Callable[[], str],
    now: datetime,
) -> Answer:
    """The answer to a single address, in a transaction in which more is done.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        OverridesError: the overrides do not fit it.
    """
    [answer], _ = _Command(desk, wanted, new_key, now).enroll(wanted.addresses, connection)
    return answer


def preview(
    database: Database,
    desk: Desk,
    wanted: Enrolment,
    now: datetime,
    progress: Callable[[int], None] = lambda _people: None,
) -> list[Answer]:
    """The answers that `enroll` would give now; nothing is stored.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        OverridesError: the overrides do not fit it.
    """
    answers: list[Answer] = []
    taken = _Taken()
    for batch in _batches(wanted.addresses):
        with database.read() as connection:
            version_hash = cadences.current_hash(connection, wanted.slug)
            answers.extend(
                _Batch(connection, desk, wanted, version_hash, now, taken).answers(batch)
            )
        progress(len(batch))
    return answers


def _batches(addresses: Sequence[str]) -> list[Sequence[str]]:
    return [addresses[start : start + BATCH] for start in range(0, len(addresses), BATCH)]


@dataclass
class _Command:
    """An enrolment, batch by batch; `carried` goes from one to the next."""

    desk: Desk
    wanted: Enrolment
    new_key: Callable[[], str]
    now: datetime
    carried: Mapping[str, int] | None = None

    def enroll(
        self, batch: Sequence[str], connection: Connection
    ) -> tuple[list[Answer], Mapping[str, int]]:
        """The answers to a batch, and what each mailbox carries after it."""
        # The lock lets one batch at a time enrol in this cadence, so that none meets another's.
        version_hash = cadences.current_hash(connection, self.wanted.slug, lock=True)
        enrolling = _Enrolling(connection, self, version_hash)
        answers = enrolling.answers(batch)
        if any(answer.enrolled for answer in answers):
            wake.call(connection, [wake.CHORES, *enrolling.load])
        return answers, enrolling.load


class _Batch:
    """One batch in one transaction: what concerns all of its people is read once."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        wanted: Enrolment,
        version_hash: str | None,
        now: datetime,
        taken: _Taken,
    ) -> None:
        if version_hash is None:
            raise UnknownCadenceError(wanted.slug)
        self.connection, self.desk, self.wanted, self.now = connection, desk, wanted, now
        self.taken = taken
        self.version = desk.versions.get(connection, version_hash)
        self.cadence = self.version.cadence
        self.overrides = overrides_from_json(wanted.overrides).checked(self.cadence)
        self.load = pool(connection, desk, self.cadence, taken.carried)
        taken.carried = self.load
        self.room = room_in(connection, self.cadence, now)
        self.others_wait = bool(pending.to_activate(connection, wanted.slug, now, 1))

    def answers(self, batch: Sequence[str]) -> list[Answer]:
        keys = [_key(address) for address in batch]
        known = prospects.find_many(self.connection, [key for key in keys if key])
        self._lock(list(known.values()))
        rep = self.wanted.rep or self.wanted.by
        people = list(known.values())
        asked = Asked(self.version, people, self.now, rep=rep, overrides=self.overrides)
        standings = survey(self.connection, self.desk, asked)
        answers = []
        for address, key in zip(batch, keys, strict=True):
            person = known.get(key)
            if person is None:
                unknown = Refusal(Reason.UNKNOWN_PROSPECT if key else Reason.EMAIL_INVALID)
                answers.append(Answer(address, (unknown,)))
            else:
                answers.append(self._answer(address, person, standings[person.id]))
        return answers

    def _lock(self, people: Sequence[StoredProspect]) -> None:
        """Nothing: who only asks keeps nobody waiting."""

    def _answer(self, address: str, person: StoredProspect, standing: Standing) -> Answer:
        asked = self._asked(person, standing)
        refusals = refusals_of(ask_gate(asked, occasion=Occasion.ENROLMENT))
        if refusals:
            return Answer(address, tuple(refusals))
        entry = refusals_of(ask_gate(asked, occasion=Occasion.ACTIVATION))
        waits = tuple(refusal for refusal in entry if refusal.reason in _WAITS)
        self._take(person, waits, counted=bool(standing.elsewhere))
        self._add(person, waits)
        return Answer(address, waits=waits)

    def _asked(self, person: StoredProspect, standing: Standing) -> Standing:
        """The standing with what the batch has changed since it was read."""
        taken, account = self.taken, account_key(person.prospect)
        colleagues = taken.accounts.get(account, set()) - {person.id} if account else set()
        in_now = person.id in taken.people
        return replace(
            standing,
            here=Run(EnrollmentState.ACTIVE) if in_now else standing.here,
            account_active=standing.account_active + len(colleagues),
            mailboxes=tuple(self.load),
            starts_at=self.wanted.starts_at,
            room=replace(
                self.room,
                active=self.room.active + taken.activated,
                activated=(*self.room.activated, *[self.now] * taken.activated),
                begun_at_first=self.room.begun_at_first + taken.activated,
                waiting=self.others_wait or taken.waiting,
            ),
        )

    def _take(self, person: StoredProspect, waits: Sequence[Refusal], *, counted: bool) -> None:
        """Note who was let in; `counted` is who was among the live of the account before."""
        taken = self.taken
        taken.people.add(person.id)
        if not counted:
            taken.accounts.setdefault(account_key(person.prospect), set()).add(person.id)
        taken.activated += not waits
        taken.waiting |= any(refusal.reason is Reason.THROTTLED for refusal in waits)

    def _add(self, person: StoredProspect, waits: Sequence[Refusal]) -> None:
        """Nothing: the answer is all that is wanted."""


@dataclass(frozen=True, slots=True)
class _LetIn:
    """Somebody who is to be stored; without a mailbox they wait."""

    new: StoredEnrollment
    person: StoredProspect
    detail: str
    mailbox: str | None


class _Enrolling(_Batch):
    """A batch that is stored."""

    def __init__(self, connection: Connection, command: _Command, version_hash: str | None) -> None:
        desk, wanted, now = command.desk, command.wanted, command.now
        taken = _Taken(carried=command.carried)
        super().__init__(connection, desk, wanted, version_hash, now, taken)
        mailboxes.ensure(connection, list(self.load))  # so that it is missed when it is gone
        self.new_key = command.new_key
        self.let_in: list[_LetIn] = []

    def answers(self, batch: Sequence[str]) -> list[Answer]:
        answers = super().answers(batch)
        self._store()
        return answers

    def _lock(self, people: Sequence[StoredProspect]) -> None:
        lock_gate(self.connection, people)

    def _add(self, person: StoredProspect, waits: Sequence[Refusal]) -> None:
        wanted = self.wanted
        new = StoredEnrollment(
            id=0,
            prospect_id=person.id,
            slug=self.cadence.slug,
            version_hash=self.version.hash,
            enrolled_at=self.now,
            enrollment=Enrollment(key=self.new_key()),
            enrolled_by=wanted.rep or wanted.by,
            starts_at=wanted.starts_at,
            overrides=wanted.overrides,
        )
        mailbox = choose(self.load, self.desk.policy, self.cadence, person.prospect, self.now)
        self.load[mailbox] += not waits
        how = waits[0].sentence if waits else f"from {mailbox}"
        detail = f"in {new.slug}, by {wanted.by}: {how}"
        self.let_in.append(_LetIn(new, person, detail, None if waits else mailbox))

    def _store(self) -> None:
        """Add all who were let in; the first step of those who do not wait follows from it."""
        numbers = enrollments.add_each(self.connection, [each.new for each in self.let_in])
        waiting, beginning = [], []
        for number, each in zip(numbers, self.let_in, strict=True):
            stored = replace(each.new, id=number)
            case = Case(stored, each.person, self.version, self.desk.policy)
            entry = entry_of(case, Kind.ENROLLED, each.detail, self.now)
            if each.mailbox is None:
                waiting.append(entry)
            else:
                bound = replace(case, stored=bind(stored, each.mailbox))
                beginning.append(Change(bound, Enrolled(), ITS_TURN, self.now, entry))
        ledger.write_all(self.connection, waiting)
        react_each(self.connection, beginning)


def _key(address: str) -> str:
    """Key of an address; the empty string for what is none, or could not even be asked for."""
    key = key_of(address)
    return key if is_storable(key) else ""


def everybody(connection: Connection) -> list[str]:
    """Addresses of all people ever imported."""
    return prospects.all_addresses(connection)
