"""What is made of answers: how long an absence is waited for, and what is kept of a mail."""

from dataclasses import dataclass, field
from datetime import timedelta

from sequencer.domain.delay import Delay, Unit


@dataclass(frozen=True, slots=True)
class Replies:
    """How answers are dealt with.

    Attributes:
        undated_absence: how long somebody is left alone who is away and does not say until when.
        longest_absence: a longer one ends only by a person's word.
        confirms_opt_out: whether somebody who opts out by an answer is sent a confirmation.
        keeps_mail: how long the bytes of answers are kept.
    """

    undated_absence: Delay = field(default_factory=lambda: Delay(14, Unit.DAYS))
    longest_absence: timedelta = timedelta(days=60)
    confirms_opt_out: bool = False
    keeps_mail: timedelta = timedelta(days=365)
