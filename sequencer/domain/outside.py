"""What goes wrong where we ask something outside by ourselves: a calendar, a booking tool."""

from datetime import timedelta


class OutsideError(Exception):
    """It did not tell what it was asked; the sentence says why, and holds no secret.

    Args:
        why: for people.
        wait: how long it wants to be left alone, where it says so.
    """

    def __init__(self, why: str, wait: timedelta | None = None) -> None:
        super().__init__(why)
        self.wait = wait
