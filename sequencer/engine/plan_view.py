"""A plan: what applying the files would do, to cadences and to people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sequencer.domain.migration import Choice
from sequencer.domain.plan_steps import Difference
from sequencer.engine.plan_effect import Effect, Word


class Change(StrEnum):
    """What applying does to a cadence."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DRAINING = "draining"
    RETURNS = "returns"


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for.

    Attributes:
        migrate: cadences whose people under way go over to the new version.
        with_added: those where they also get what the edit added.
        decisions: what was decided about steps that are gone, by cadence and step.
    """

    migrate: frozenset[str] = frozenset()
    with_added: frozenset[str] = frozenset()
    decisions: Mapping[tuple[str, str], Choice] = field(default_factory=dict)

    @property
    def moving(self) -> frozenset[str]:
        """Cadences whose people go over; who decides about them wants that."""
        return self.migrate | self.with_added | {slug for slug, _ in self.decisions}


@dataclass(frozen=True, slots=True)
class Renamed:
    """A step id that is gone while one appeared that looks like it."""

    slug: str
    gone: str
    appeared: str


@dataclass(frozen=True, slots=True)
class CadencePlan:
    """What applying does to one cadence.

    Attributes:
        before_hash: the version that runs, empty where there is none.
        after_hash: the version that will; empty where the file is gone.
        moving: whether people under way are to go over to it.
        people: people under way by the version that they have.
        effects: what becomes of each who is not in the new version, where they are to go over.
        wordless: steps of which every variant is stopped: nothing could be written.
        most_people: how many may begin in it for now, None for no limit.
    """

    slug: str
    change: Change
    before_hash: str = ""
    after_hash: str = ""
    difference: Difference = field(default_factory=Difference)
    moving: bool = False
    people: Mapping[str, int] = field(default_factory=dict)
    effects: Sequence[Effect] = ()
    most_people: int | None = None
    wordless: tuple[str, ...] = ()

    @property
    def elsewhere(self) -> int:
        """How many people under way have another version than the one that will run."""
        return sum(number for each, number in self.people.items() if each != self.after_hash)

    @property
    def words(self) -> Counter[Word]:
        """How many people share each fate."""
        return Counter(each.word for each in self.effects)

    @property
    def undecided(self) -> Counter[str]:
        """How many people stand at each step that is gone, with nothing decided about it."""
        needing = (each for each in self.effects if each.word is Word.NEEDS)
        return Counter(each.step or each.why.partition(" ")[0] for each in needing)

    @property
    def mails(self) -> int:
        """How many mails may still come to those who go over."""
        return sum(each.mails for each in self.effects if each.word is Word.MOVES)

    @property
    def changes_anything(self) -> bool:
        """Whether applying does anything to it at all."""
        return self.change is not Change.UNCHANGED or any(each.is_changed for each in self.effects)


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying the files would do at that moment."""

    at: datetime
    options: Options
    cadences: tuple[CadencePlan, ...]
    renamed: tuple[Renamed, ...] = ()

    @property
    def has_changes(self) -> bool:
        """Whether applying would do anything at all."""
        return any(each.changes_anything for each in self.cadences)

    @property
    def is_undecided(self) -> bool:
        """Whether somebody stands at a step that is gone, and nobody has said what then."""
        return any(each.undecided for each in self.cadences)

    @property
    def mails(self) -> int:
        """How many mails may still come to those who go over to another version."""
        return sum(each.mails for each in self.cadences)
