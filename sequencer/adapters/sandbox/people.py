"""Who does what in the sandbox: the few among the invented prospects who are not silent."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Act(StrEnum):
    """The ways in which somebody reacts to a mail."""

    ANSWER = "answer"
    ABSENCE = "absence"
    BOUNCE = "bounce"
    ONE_CLICK = "one_click"
    BOOK = "book"


SOON = (timedelta(seconds=5), timedelta(seconds=50))  # a machine
SAME_DAY = (timedelta(hours=1), timedelta(hours=7))
NEXT_DAY = (timedelta(hours=16), timedelta(hours=30))


@dataclass(frozen=True, slots=True)
class Habit:
    """What one person does, once.

    Attributes:
        on_mail: upon which mail, counted from 1.
        after: the shortest and the longest time until then; people act only in their desk hours.
        words: what they write; `{back}` is the date of their return.
        writes_from: the address they answer from, where it is another one.
        away: how long they are away.
    """

    address: str
    act: Act
    on_mail: int = 1
    after: tuple[timedelta, timedelta] = SAME_DAY
    words: str = ""
    writes_from: str = ""
    away: timedelta = timedelta(0)


CAST: tuple[Habit, ...] = ()
