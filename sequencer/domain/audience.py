"""Whom a cadence is for, how fast people enter it, and what a colleague's reply means to it."""

from dataclasses import dataclass
from enum import StrEnum


class Again(StrEnum):
    """Whether somebody who has been through a cadence may enter it once more."""

    NEVER = "never"
    IF_INACTIVE = "if_inactive"
    ALWAYS = "always"


class Exclusive(StrEnum):
    """Which other cadences a person may be in at the same time; it binds both of them."""

    ALL = "all"
    EXCLUSIVE = "exclusive"
    NONE = "none"


class Ownership(StrEnum):
    """Whose prospects a rep may enrol."""

    OWN = "own"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may be in a cadence.

    Attributes:
        stages: stages of a prospect that it is for; empty means every stage.
        min_days_since_touch: days that must lie between any touch by anybody and the enrolment.
        max_active_per_account: people of one account at the same time; None is no limit.
        beside_meeting: whether somebody may enter who has a meeting that is yet to come.
    """

    stages: frozenset[str] = frozenset()
    again: Again = Again.NEVER
    exclusive: Exclusive = Exclusive.NONE
    min_days_since_touch: int = 0
    max_active_per_account: int | None = None
    ownership: Ownership = Ownership.ANY
    beside_meeting: bool = False


@dataclass(frozen=True, slots=True)
class Throttle:
    """How fast people enter: beyond it an enrollment waits as pending. None is no limit."""

    max_active: int | None = None
    new_per_day: int | None = None


class ColleagueAction(StrEnum):
    """What a reply from somebody of the same account does."""

    FINISH = "finish"
    PAUSE = "pause"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class ColleagueRule:
    """What a colleague's reply does, and for how many days where it is a pause."""

    action: ColleagueAction = ColleagueAction.FINISH
    days: int = 0
