import asyncio
from types import ModuleType

from sequencer.adapters.loop import new_loop


def test_the_faster_loop_is_taken_where_it_is_installed() -> None:
    """The loop is made by uvloop if that can be imported."""
    own = asyncio.new_event_loop()
    faster = ModuleType("uvloop")
    faster.new_event_loop = lambda: own  # type: ignore[attr-defined]  # a module made for the test
    assert new_loop(lambda name: faster if name == "uvloop" else ModuleType(name)) is own
    own.close()


def test_python_has_a_loop_of_its_own() -> None:
    """Where uvloop cannot be imported, the loop is that of asyncio."""

    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    loop = new_loop(missing)
    assert type(loop).__module__.startswith("asyncio")
    loop.close()
