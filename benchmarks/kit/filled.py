"""Filled databases; the tests fill theirs in the same way."""

from filling import Filling, fill

__all__ = ["Filling", "fill"]
