"""Classify kept mails anew: what would other rules change, and what follows where they do?

What was missed and asks for silence is done at once; what would let somebody go on is put before a
person, and nothing goes on by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Case, Desk
from sequencer.engine.heard import Heard
from sequencer.engine.match import Match, MatchedBy
from sequencer.engine.matter import bring_up
from sequencer.engine.other_reading import Following, Readings, follows
from sequencer.engine.receive import act_anew, kept
from sequencer.engine.tasks import Matter
from sequencer.engine.triage_mail import read_anew
from sequencer.engine.weight import Origin, Reading, reading_of, speaker_of
from sequencer.files.language_rules import load_rules
from sequencer.mail.verdict import Verdict
from sequencer.mail.verdict_json import verdict_as_json
from sequencer.store import enrollments, kept_mail, prospects, triage_list
from sequencer.store.database import Connection, Database
from sequencer.store.kept_mail import KeptMail, Wanted

PORTION: Final = 50  # mails that are held at a time: each may have megabytes
TITLE: Final = "The rules read this mail otherwise now: was it a stop?"

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A mail that the present rules read otherwise.

    Attributes:
        cadence: of the enrollment that it belongs to, which is in that state.
        decided: what a person decided about it, and who; empty where nobody has.
    """

    inbound_id: int
    mailbox: str
    stored_at: datetime
    sender: str
    prospect: str
    cadence: str
    state: str
    old_version: str
    old: Reading
    new: Reading
    follows: Following
    decided: str = ""


@dataclass
class Counts:
    """What was looked at, and what came of it.

    Attributes:
        removed: mails whose bytes are not kept any more.
        failed: mails of which nothing could be made, which stay as they are.
    """

    kept: int = 0
    removed: int = 0
    same: int = 0
    failed: int = 0
    follows: dict[Following, int] = field(default_factory=dict)

    def add(self, following: Following) -> None:
        """Count one that is read otherwise."""
        self.follows[following] = self.follows.get(following, 0) + 1


@dataclass(frozen=True)
class Look:
    """A look at kept mails by the present rules.

    Attributes:
        advance: called with the number of mails after each portion.
    """

    database: Database
    desk: Desk
    wanted: Wanted
    now: datetime
    advance: Advance = lambda _mails: None
    counts: Counts = field(default_factory=Counts)

    def count(self) -> Counts:
        """How many mails there are to look at, and how many cannot be."""
        with self.database.read() as connection:
            self.counts.kept, self.counts.removed = kept_mail.count(connection, self.wanted)
        return self.counts

    def differences(self) -> Iterator[Difference]:
        """What would change; nothing is. One portion of the mails is held at a time."""
        for some in self._portions():
            for mail, verdict in some:
                with self.database.read() as connection:
                    found = _difference(connection, self.desk, mail, verdict, self.now)
                if found is not None:
                    self.counts.add(found.follows)
                    yield found
            self.counts.same += sum(_is_same(mail, verdict) for mail, verdict in some)

    def reclassify(self) -> Iterator[Difference]:
        """Store what the present rules make of each mail, and do what follows.

        Each mail that is read otherwise is a transaction of its own.
        """
        for some in self._portions():
            same = [(mail, verdict) for mail, verdict in some if _is_same(mail, verdict)]
            self.database.transact(partial(_store_same, same))
            self.counts.same += len(same)
            for mail, verdict in some:
                if _is_same(mail, verdict):
                    continue
                done = self.database.transact(partial(_renew, self.desk, mail, verdict, self.now))
                if done is not None:
                    self.counts.add(done.follows)
                    yield done

    def _portions(self) -> Iterator[list[tuple[KeptMail, Verdict]]]:
        """Mails with what the present rules make of them, as far as they make anything of them."""
        after = 0
        while True:
            with self.database.read() as connection:
                mails = kept_mail.portion(connection, after, self.wanted, PORTION)
            if not mails:
                return
            after = mails[-1].id
            found = [(mail, verdict) for mail in mails if (verdict := read_anew(mail)) is not None]
            self.counts.failed += len(mails) - len(found)
            yield found
            self.advance(len(mails))


def other_rules(since: datetime | None, *, everything: bool = False) -> Wanted:
    """Mails that were classified by other rules than the present ones, or all of them."""
    return Wanted(since, None if everything else load_rules().version)


def _is_same(mail: KeptMail, verdict: Verdict) -> bool:
    return reading_of(mail.verdict or {}) == reading_of(verdict_as_json(verdict))


def _difference(
    connection: Connection, desk: Desk, mail: KeptMail, verdict: Verdict, now: datetime
) -> Difference | None:
    """What would follow from a mail; None where it is read as before."""
    if _is_same(mail, verdict) or mail.enrollment_id is None:
        return None
    stored = enrollments.get(connection, mail.enrollment_id)
    case = desk.case(connection, stored)
    old, new = reading_of(mail.verdict or {}), reading_of(verdict_as_json(verdict))
    decided = triage_list.decision_about(connection, mail.id)
    speaker = speaker_of(case.person.prospect.email, verdict.incoming.sender)
    origin = Origin(MatchedBy(mail.matched_by).is_certain, speaker)
    readings = Readings(old, new, origin)
    today = now.astimezone(case.timing.workdays.tz).date()
    asked = triage_list.is_asked(connection, mail.id)
    following = follows(readings, stored.enrollment, today, asked=asked)
    return Difference(
        inbound_id=mail.id,
        mailbox=mail.mailbox,
        stored_at=mail.stored_at,
        sender=mail.sender,
        prospect=case.person.prospect.email,
        cadence=stored.slug,
        state=str(stored.enrollment.state),
        old_version=mail.version,
        old=old,
        new=new,
        follows=Following.DECIDED if decided else following,
        decided=", by ".join(decided) if decided else "",
    )


def _store_same(mails: list[tuple[KeptMail, Verdict]], connection: Connection) -> None:
    for mail, verdict in mails:
        kept_mail.store(connection, mail, _reading(verdict), None)


def _renew(
    desk: Desk, mail: KeptMail, verdict: Verdict, now: datetime, connection: Connection
) -> Difference | None:
    """Store the new reading and do what follows; None where somebody else has done it before."""
    found = _difference(connection, desk, mail, verdict, now)
    if found is None or mail.enrollment_id is None:
        return None
    judged_at = None if found.follows is Following.DECIDED or _has_kind(mail, verdict) else now
    if not kept_mail.store(connection, mail, _reading(verdict), judged_at):
        return None
    case = desk.case(connection, enrollments.get(connection, mail.enrollment_id, lock=True))
    if found.follows in {Following.STOP, Following.WAIT}:
        act_anew(_heard(connection, desk, mail, verdict, case, now))
    elif found.follows is Following.ASK:
        _ask(connection, case, mail, found, now)
    return found


def _has_kind(mail: KeptMail, verdict: Verdict) -> bool:
    return mail.kind == verdict.kind


def _reading(verdict: Verdict) -> kept_mail.Reading:
    return kept_mail.Reading(verdict.kind, verdict.because, verdict.version, kept(verdict))


def _heard(
    connection: Connection,
    desk: Desk,
    mail: KeptMail,
    verdict: Verdict,
    case: Case,
    now: datetime,
) -> Heard:
    sender = verdict.incoming.sender
    wrote = prospects.find(connection, sender) if sender else None
    writer = wrote.id if wrote is not None and wrote.id != case.person.id else None
    found = Match(case.stored, MatchedBy(mail.matched_by))
    return Heard(connection, desk, mail.id, verdict, found, case, writer, now)


def _ask(
    connection: Connection, case: Case, mail: KeptMail, found: Difference, now: datetime
) -> None:
    """Have a person look; whoever was stopped or paused stays so until they say otherwise."""
    email = found.prospect
    about = (
        f"It was taken for {found.old.kind} and is read as {found.new.kind} now. Nothing was "
        f"changed: `sequencer reopen {email}` or `sequencer resume {email}` lets a cadence go on."
    )
    matter = Matter(TaskKind.TRIAGE, TITLE, about, inbound_id=mail.id)
    bring_up(connection, case.person.id, matter, now)
