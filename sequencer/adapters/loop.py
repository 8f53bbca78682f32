"""Which event loop does a daemon run on? Uvloop's where it is installed, else Python's own."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

FASTER = "uvloop"  # the extra `speed`


def new_loop(find: Callable[[str], ModuleType] = import_module) -> asyncio.AbstractEventLoop:
    """A new loop; `find` imports a module by its name."""
    try:
        module = find(FASTER)
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = module.new_event_loop()
    return loop
