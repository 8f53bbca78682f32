"""What a cadence test lives in: the foreseen world, its calendar, and what has been seen in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Concatenate, ParamSpec, TypeVar

from sequencer.adapters.sandbox.letters import Heard, hear
from sequencer.domain.cadence_test import CadenceTest, Phrase
from sequencer.domain.enrollment import Enrollment
from sequencer.domain.reason import Refusal
from sequencer.simulation.cadence_test_days import Days
from sequencer.simulation.foresight import Foresight, Left
from sequencer.store.database import Connection

REP = "the rep"

P = ParamSpec("P")
T = TypeVar("T")


class CannotError(Exception):
    """Something that is given cannot happen as the world stands then."""


@dataclass(frozen=True)
class Mail:
    """A mail of a step that left for somebody."""

    who: str
    slug: str
    step: str
    left: Left

    @property
    def at(self) -> datetime:
        """When it left."""
        return self.left.at

    @cached_property
    def heard(self) -> Heard:
        """As its reader has it."""
        return hear(self.left.envelope.data)


@dataclass(frozen=True, slots=True)
class Change:
    """An enrollment as it stood from an instant on."""

    at: datetime
    slug: str
    enrollment: Enrollment


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was given and could not happen."""

    phrase: Phrase
    why: str


@dataclass
class Scene:
    """One test while it runs, and afterwards.

    Attributes:
        numbers: of the prospects, by who they are in the test.
        events: when something given, or a step, happened first, by its name: `the reply`.
        given_at: when each thing that was given happened first.
        refused: why the gate did not let somebody in.
    """

    world: Foresight
    test: CadenceTest
    days: Days
    numbers: dict[str, int]
    mails: list[Mail] = field(default_factory=list)
    events: dict[tuple[str, str], datetime] = field(default_factory=dict)
    given_at: dict[Phrase, datetime] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    refused: dict[str, tuple[Refusal, ...]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The instant (UTC)."""
        return self.world.clock.now()

    def address(self, who: str) -> str:
        """The address of somebody."""
        return self.test.people[who]["email"]

    def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Result of a plain function in a reading transaction."""
        with self.world.database.read() as connection:
            return work(connection, *args, **kwargs)

    def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Result of a plain function in a writing transaction."""
        return self.world.database.transact(lambda connection: work(connection, *args, **kwargs))

    def mails_of(self, who: str) -> Iterator[Mail]:
        """The mails to somebody, in the order in which they left."""
        return (mail for mail in self.mails if mail.who == who)

    def last_mail(self, who: str) -> Mail | None:
        """The last mail to somebody."""
        found = list(self.mails_of(who))
        return found[-1] if found else None
