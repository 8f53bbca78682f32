"""How often does a daemon look for garbage that only a collection finds?

Nearly everything here is freed the moment nobody holds it. With Python's own thresholds the young
objects would be searched at every mail, and all objects every few thousand mails for a tenth of a
second, in which nothing leaves.
"""

import gc

YOUNG = 20_000  # objects that came and stayed, after which the young ones are searched; some MiB
ROUNDS = 20  # such searches before one that goes on to the older ones


def collect_rarely() -> None:
    """Search once, leave what is here now alone for good, and search seldom from here on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, ROUNDS, ROUNDS)
