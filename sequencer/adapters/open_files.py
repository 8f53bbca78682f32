"""How many connections may the process have open? As many as the system lets it."""

import resource
from contextlib import suppress

ENOUGH = 65_536


def raise_limit() -> int:
    """Raise the limit for open files as far as that is allowed, and useful; what it is now.

    Each mailbox holds two connections, and the usual limit of 1,024 is meant for programs that
    watch their files with an older call of the system.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return wanted
    return soft
