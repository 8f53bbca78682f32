"""How many mailboxes is each daemon to have? As many as any other, or one more.

What cannot be divided goes to those who have most already, so that nothing changes hands where it
would make no load any fairer. Each daemon reckons by itself, and all come to the same.
"""

from collections.abc import Mapping


def shares(loads: Mapping[str, int], mailboxes: int) -> dict[str, int]:
    """The share of each daemon, by the number of mailboxes that each has now."""
    share, rest = divmod(mailboxes, len(loads))
    by_load = sorted(loads, key=lambda name: (-loads[name], name))
    return {name: share + (place < rest) for place, name in enumerate(by_load)}


def room_of(loads: Mapping[str, int], name: str, mailboxes: int) -> int:
    """How many a daemon may have in all after taking what is free: never fewer than it has.

    One more than others have is there for whoever comes first, as long as some of the rest is left.
    """
    share, rest = divmod(mailboxes, len(loads))
    above = sum(load > share for other, load in loads.items() if other != name)
    return max(share + (above < rest), loads[name])
