"""What a world is made of before anything happens: begin, mailboxes, settings, all by its seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from sequencer.domain.absence import Absence
from sequencer.domain.disposition import Action, Disposition, by_name
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.pacing import Pace
from sequencer.engine.hooks import Source
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.simulation.scripts import Library
from sequencer.store.memory import MemoryDatabase

BEGIN = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)  # a Monday; clocks change on the Sundays to come
KEYS = (b"a new key, as long as any", b"an old key, as long as any")
URL = "https://seller.example"
NAMES = ("ana", "luis")
TOLD = 0.2  # of the mailboxes have it in their settings whether the provider files copies
PROBED = 0.85  # of the worlds let mailboxes send a mail to themselves
DISPOSITIONS = by_name(
    (
        Disposition("interested", "connected"),
        Disposition("no-answer", "not_connected"),
        Disposition("not-interested", "connected", Action.FINISH),
        Disposition("never-again", "connected", Action.FINISH, finish_as=FinishReason.OPTED_OUT),
        Disposition("send-the-rest", "not_connected", Action.GOTO, step="end"),
    )
)


@dataclass
class Earth:
    """What all worlds of a process share, because it never changes.

    Attributes:
        template: a migrated database without a row.
        database: in which one world after another lives.
    """

    template: MemoryDatabase
    database: MemoryDatabase
    sources: Mapping[str, Source]
    library: Library = field(default_factory=Library)


def draw_begin(chance: Random) -> datetime:
    """When the world begins."""
    return BEGIN + timedelta(minutes=chance.randrange(14 * 1_440))


def draw_policy(chance: Random) -> Policy:
    """One or two mailboxes, each with its pace; a rep may be away for a week."""
    names = NAMES[: chance.choice((1, 2))]
    boxes = {name: _draw_mailbox(chance, name) for name in names}
    return Policy(boxes, KEYS, URL, dispositions=DISPOSITIONS)


def draw_knowledge(policy: Policy, chance: Random) -> Policy:
    """What people say of the providers, which may be wrong, and whether anything may be learned."""
    boxes = {
        name: replace(box, keeps_sent_copy=box.presumed_copy if chance.random() < TOLD else None)
        for name, box in policy.mailboxes.items()
    }
    return replace(policy, mailboxes=boxes, probes=chance.random() < PROBED)


def _draw_mailbox(chance: Random, name: str) -> MailboxPolicy:
    pace = Pace(
        per_day=chance.choice((2, 4, 50)), gap=timedelta(seconds=chance.choice((0, 90, 600)))
    )
    return MailboxPolicy(
        name,
        f"{name}@seller.example",
        name.title(),
        pace=pace,
        presumed_copy=chance.random() < 0.6,
        away=_draw_absence(chance),
    )


def _draw_absence(chance: Random) -> tuple[Absence, ...]:
    if chance.random() < 0.8:
        return ()
    begin = date(2026, 3, 18) + timedelta(days=chance.randrange(40))
    return (Absence(begin, begin + timedelta(days=chance.randrange(7))),)
