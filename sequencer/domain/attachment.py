"""A file that goes with a mail, and for whom."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the templates of a cadence.

    Attributes:
        file: its name, which the recipient sees.
        when: guard; empty where everybody gets it.
    """

    file: str
    when: str = ""
