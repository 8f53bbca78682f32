"""How much work a call is, in a measure that does not depend on the machine."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps_of(call: Callable[[], object]) -> int:
    """Calls of functions, built in or not, that the call makes."""
    steps = 0

    def count(_frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal steps
        steps += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        call()
    finally:
        sys.setprofile(before)
    return steps


def grows_linearly(call: Callable[[str], object], unit: str, *, characters: int = 8_192) -> bool:
    """Whether a text of twice the length takes about twice the work, and no more."""
    small, large = (unit * (size // len(unit) + 1) for size in (characters, 2 * characters))
    return steps_of(lambda: call(large)) <= 2.2 * steps_of(lambda: call(small)) + 100
