"""What does the outside say to what the database says? The judge asks no engine."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from kill.record import Event, Seen

_SENDS = """
SELECT p.email AS email, s.step_id AS step, s.state AS state, s.why AS why,
       s.handed_at AS handed_at, e.state AS enrollment
FROM send s JOIN enrollment e ON e.id = s.enrollment_id JOIN prospect p ON p.id = e.prospect_id
"""
_ENROLLMENTS = """
SELECT p.email AS email, e.state AS state
FROM enrollment e JOIN prospect p ON p.id = e.prospect_id
"""
_REPLIES = "SELECT kind, COUNT(*) FROM inbound GROUP BY kind"
_KINDS = "SELECT kind, COUNT(*) FROM ledger GROUP BY kind"
STORED_S = 1.0  # after an answer its outcome must be in the database, on a busy machine too
OPEN = frozenset({"queued", "deferred", "claimed", "handed"})


@dataclass(frozen=True)
class Books:
    """What the database says at the end."""

    sends: list[sa.Row[tuple[object, ...]]]
    enrollments: dict[str, str]
    told: dict[str, int]
    inbound: dict[str, int]


@dataclass(frozen=True)
class Outside:
    """What the sink's log says.

    Attributes:
        accepted: how often each step of each person was.
        broken: mails whose line ended before their answer, or so soon after it that what it says
            may not have been stored.
        replies: how many people have answered.
        late: accepted after their sender had slept in the middle of them, and when it went on.
    """

    accepted: Counter[tuple[str, str]]
    cuts: Counter[str]
    broken: int
    replies: int
    sleeps: int
    late: list[tuple[tuple[str, str], float]]


@dataclass
class Verdict:
    """Counts of what must not be, and sentences about it."""

    steps: int = 0
    accepted: int = 0
    doubled: int = 0
    falsely_sent: int = 0
    parked: int = 0
    lost: int = 0
    by_sleepers: int = 0
    broken: int = 0
    sentences: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        wrong = self.doubled + self.falsely_sent + self.lost + self.by_sleepers
        return wrong == 0 and self.parked <= self.broken


def read_books(url: str) -> Books:
    """Read the database."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        books = Books(
            list(connection.execute(sa.text(_SENDS))),
            {row.email: row.state for row in connection.execute(sa.text(_ENROLLMENTS))},
            {row[0]: row[1] for row in connection.execute(sa.text(_KINDS))},
            {row[0]: row[1] for row in connection.execute(sa.text(_REPLIES))},
        )
    engine.dispose()
    return books


def unfinished(url: str) -> int:
    """How many sends of running enrollments have not ended."""
    return waiting_in(read_books(url))


def waiting_in(books: Books) -> int:
    """The same of what was read already."""
    return sum(
        row.state in OPEN | {"unknown"} and row.enrollment == "active" for row in books.sends
    )


def read_outside(events: Iterable[Event]) -> Outside:
    """Read the log."""
    seen: dict[Seen, list[Event]] = {each: [] for each in Seen}
    for event in events:
        seen[event.seen].append(event)
    taken = [event for event in seen[Seen.ACCEPT] if event.token]
    answered = {event.mail: event.at_s for event in seen[Seen.ANSWER]}
    hasty = [event for event in seen[Seen.GONE] if event.at_s - answered[event.mail] < STORED_S]
    late = [
        ((mail.recipient, mail.token), sleep.at_s)
        for mail in taken
        for sleep in seen[Seen.SLEPT]
        if mail.since_s < sleep.since_s and mail.at_s > sleep.at_s
    ]
    return Outside(
        accepted=Counter((event.recipient, event.token) for event in taken),
        cuts=Counter(event.place for event in seen[Seen.CUT]),
        broken=len(seen[Seen.BODY]) - len(answered) + len(hasty),
        replies=len(seen[Seen.REPLY]),
        sleeps=len(seen[Seen.SLEPT]),
        late=late,
    )


def judge(
    books: Books, outside: Outside, steps: tuple[str, ...], machine_s: Callable[[datetime], float]
) -> Verdict:
    """Compare them; `machine_s` is what the machine's boot clock showed at an instant."""
    verdict = Verdict(
        accepted=outside.accepted.total(),
        broken=outside.broken,
    )
    for mail, times in outside.accepted.items():
        if times > 1:
            verdict.doubled += times - 1
            verdict.sentences.append(f"{mail} was accepted {times} times")
    handed_s = {(row.email, row.step): machine_s(_instant(row.handed_at)) for row in books.sends}
    # One whose body was written before the sleep may be handed over anew after it, and leave.
    verdict.by_sleepers = sum(handed_s.get(mail, 0.0) < at_s for mail, at_s in outside.late)
    ended: dict[str, set[str]] = {}
    stored = set()
    for row in books.sends:
        _one(verdict, row, outside)
        stored.add((row.email, row.step))
        if row.state not in OPEN:
            ended.setdefault(row.email, set()).add(row.step)
            verdict.steps += 1
    for mail in outside.accepted.keys() - stored:
        verdict.lost += 1
        verdict.sentences.append(f"{mail} was accepted, and the database has no such send")
    _people(verdict, books, ended, steps)
    if books.told.get("received", 0) != outside.replies:
        verdict.lost += abs(outside.replies - books.told.get("received", 0))
        verdict.sentences.append(
            f"{outside.replies} people answered, {books.told.get('received', 0)} were heard"
        )
    return verdict


def _people(
    verdict: Verdict, books: Books, ended: dict[str, set[str]], steps: tuple[str, ...]
) -> None:
    """An enrollment ends early where a mail was parked, or where its person has answered."""
    for email, state in books.enrollments.items():
        if state == "active" or (state == "finished" and not _ended(email, ended, steps)):
            verdict.lost += 1
            verdict.sentences.append(f"{email} is {state} after {sorted(ended.get(email, ()))}")


def _instant(stored: object) -> datetime:
    """An instant as either database returns it; long ago where there is none."""
    if stored is None:
        return datetime.min.replace(tzinfo=UTC)
    found = datetime.fromisoformat(str(stored))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _ended(email: str, ended: dict[str, set[str]], steps: tuple[str, ...]) -> bool:
    return email.startswith("answers") or ended.get(email, set()) == set(steps)


def _one(verdict: Verdict, row: sa.Row[tuple[object, ...]], outside: Outside) -> None:
    mail = (str(row.email), str(row.step))
    left = outside.accepted[mail] > 0
    if row.state == "sent" and not left:
        verdict.falsely_sent += 1
        verdict.sentences.append(f"{mail} is sent by the ledger, and was never accepted")
    elif row.state in {"parked", "unknown"}:
        verdict.parked += 1
        if not row.why:
            verdict.lost += 1
            verdict.sentences.append(f"{mail} is {row.state} without a reason")
    elif row.state != "sent" and left:
        verdict.lost += 1
        verdict.sentences.append(f"{mail} was accepted, and is {row.state}: {row.why}")
