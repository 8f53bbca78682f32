"""What came from each booking tool, for people: when last, how much, and what came to nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sequencer.engine.ask_tools import asks
from sequencer.engine.hooks import Source
from sequencer.engine.outside_list import OutsideState, outside_states
from sequencer.engine.polling import POLL, SUBSCRIPTION
from sequencer.store import hooks, wake
from sequencer.store.database import Connection


class HookError(Exception):
    """Something that cannot be done with a delivery; the sentence is for whoever asked."""


@dataclass(frozen=True, slots=True)
class HookSource:
    """A booking tool.

    Attributes:
        url: where it posts to, without any secret.
        is_set: whether its deliveries are taken now.
        last_at: when it was last heard; None for never.
        states: how many deliveries are in each state.
    """

    name: str
    url: str
    is_set: bool
    last_at: datetime | None
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Failed:
    """A delivery of which nothing came, and why."""

    number: int
    source: str
    stored_at: datetime
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class HookList:
    """Everything about the booking tools; `asked` is what daemons ask them by themselves."""

    sources: tuple[HookSource, ...]
    failed: tuple[Failed, ...]
    asked: tuple[OutsideState, ...] = ()


def hook_list(connection: Connection, names: Iterable[str], public_url: str) -> HookList:
    """The booking tools in the settings, and those that were there once."""
    heard = hooks.heard(connection)
    own = list(names)
    base = public_url.rstrip("/")
    sources = [
        HookSource(
            name,
            f"{base}/hooks/{name}",
            name in own,
            heard[name].last_at if name in heard else None,
            heard[name].states if name in heard else {},
        )
        for name in dict.fromkeys([*own, *heard])
    ]
    failed = [
        Failed(each.id, each.source, each.stored_at, each.state, each.problem)
        for each in hooks.failures(connection)
    ]
    asked = outside_states(connection, (POLL, SUBSCRIPTION))
    return HookList(tuple(sources), tuple(failed), tuple(asked))


def work_again(
    connection: Connection, sources: Mapping[str, Source], number: int, now: datetime
) -> None:
    """Let a delivery be worked through once more, after what was in its way is gone.

    Raises:
        HookError: there is none that came to nothing.
    """
    if not hooks.again(connection, number, set(asks(sources)), now):
        raise HookError(f"There is no delivery {number} that came to nothing.")
    wake.call(connection, [wake.CHORES])
