"""How meetings are given to reps: by which ways, from which mailbox, and until when they answer."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sequencer.domain.delay import Delay, Unit


class Way(StrEnum):
    """How a rep is found; the next way counts where one finds nobody."""

    HOST = "host"  # whom the booking names
    OWNER = "owner"  # of the prospect, or of others of the account
    TERRITORY = "territory"
    ROUND_ROBIN = "round_robin"


A_DAY = Delay(1, Unit.BUSINESS_DAYS)


@dataclass(frozen=True, slots=True)
class HandoverPolicy:
    """What the settings say.

    Attributes:
        to: ways in the order they are tried, or the name of a rep; none for no handovers at all.
        mailbox: which mailbox tells the rep; empty for the one of the enrollment.
        answer_within: how long a rep has to answer before the next is asked; None for ever.
        remind_before: how long before a meeting its rep is reminded.
    """

    to: tuple[str, ...] = ()
    mailbox: str = ""
    answer_within: Delay | None = A_DAY
    remind_before: tuple[timedelta, ...] = ()
