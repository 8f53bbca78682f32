"""What happens when many rows are to change together, and one has changed already."""


class LostRaceError(Exception):
    """Of many rows one was not any more as it was read: this transaction must not be committed.

    Each of them can still be done by itself.
    """
