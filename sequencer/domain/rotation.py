"""Who of several mailboxes writes to somebody new."""

from enum import StrEnum


class Rotation(StrEnum):
    """By what a mailbox is chosen; from then on a person stays with it."""

    LEAST_LOADED = "least_loaded"
    OWNER_FIRST = "owner_first"
