"""A cadence as the engine runs it: what marketing wrote, checked, without its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sequencer.domain.delay import Delay
from sequencer.domain.window import Window


class ZoneFrom(StrEnum):
    """Whose clock the window is read on; the next in this order where the first has none."""

    PROSPECT = "prospect"
    MAILBOX = "mailbox"
    WORKSPACE = "workspace"


class Thread(StrEnum):
    """Whether a mail answers the last one that was really sent, or begins anew."""

    REPLY = "reply"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Step:
    """One e-mail of a cadence. `email` is a template's file name in the cadence's folder."""

    id: str
    wait: Delay
    email: str
    thread: Thread = Thread.REPLY


@dataclass(frozen=True, slots=True)
class Schedule:
    """When touches of a cadence may happen."""

    window: Window
    zone_from: ZoneFrom = ZoneFrom.PROSPECT
    jitter: timedelta = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Steps in the order they happen; ids are unique and never change."""

    slug: str
    title: str
    schedule: Schedule
    mailboxes: tuple[str, ...]
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError where the cadence has none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def step_after(self, step_id: str | None) -> Step | None:
        """The step that follows (the first, where None is given), or None after the last."""
        if step_id is None:
            return self.steps[0]
        ids = [step.id for step in self.steps]
        following = ids.index(step_id) + 1
        return self.steps[following] if following < len(ids) else None


@dataclass(frozen=True, slots=True)
class Version:
    """A cadence as applied: immutable, named by the hash of its content, with its templates."""

    hash: str
    cadence: Cadence
    templates: Mapping[str, str]
