"""Work in a forked process that ends with its work, and with its parent at the latest."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def forked(work: Callable[[], object]) -> int:
    """Number of a new process that does the work; its exit code is 0 if that raised nothing."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid != 0:
        return pid
    code = 1
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, nothing of the parent may run here
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)
