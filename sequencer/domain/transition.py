"""Transition tables as data, and total: every pair of state and event has an entry."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)

Table = Mapping[S, Mapping[E, S | None]]


class IllegalTransitionError(Exception):
    """An event that its state does not know."""


def table(states: type[S], events: type[E], allowed: Mapping[S, Mapping[E, S]]) -> Table[S, E]:
    """Total table from the allowed pairs; every other pair holds None, which means refused.

    Raises:
        ValueError: a state has no row, so somebody forgot to think about it.
    """
    if missing := set(states) - set(allowed):
        raise ValueError(f"no row for {', '.join(sorted(missing))}")
    return MappingProxyType(
        {
            state: MappingProxyType({event: allowed[state].get(event) for event in events})
            for state in states
        }
    )


def after(transitions: Table[S, E], state: S, event: E) -> S:
    """State that follows.

    Raises:
        IllegalTransitionError: the table refuses the pair; nothing has changed.
    """
    following = transitions[state][event]
    if following is None:
        raise IllegalTransitionError(f"{event} is not possible in state {state}")
    return following
