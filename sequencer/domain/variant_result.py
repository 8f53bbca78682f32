"""What came of each wording of a step, and whether one of them is better by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.interval import Z_95, Z_99, Interval, Share, difference
from sequencer.domain.variant import WinnerRule, Yardstick


@dataclass(frozen=True, slots=True)
class Tally:
    """Mails of one wording, and how many of them had which answer; each mail counts once.

    Attributes:
        name: of the wording, or whatever mails were put together by.
        sent: how many were taken by the server of the recipient, or of the mailbox.
        bounced: how many of these came back.
        replies: how many were answered by a person, whatever the answer said.
        positive: how many were answered with interest, or with a time for a meeting.
        meetings: how many led to a meeting that is on, or took place.
        opted_out: after how many the person wanted no more mails, or complained.
    """

    name: str
    sent: int = 0
    bounced: int = 0
    replies: int = 0
    positive: int = 0
    meetings: int = 0
    opted_out: int = 0

    @property
    def delivered(self) -> int:
        """How many did not come back: of these all shares but that of bounces are taken."""
        return self.sent - self.bounced

    def share(self, by: Yardstick) -> Share:
        """By what it is measured."""
        hits = self.meetings if by is Yardstick.MEETINGS else self.positive
        return Share(min(hits, self.delivered), self.delivered)


class Verdict(StrEnum):
    """What the numbers say."""

    ALONE = "alone"
    TOO_FEW = "too_few"
    OPEN = "open"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One wording against the best.

    Attributes:
        behind: by how much the best is better, as a share of all mails.
    """

    name: str
    behind: Interval


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the numbers say, and of which wording.

    Attributes:
        best: the one with the highest share so far; empty where nothing can be said.
        missing: mails that the one with the fewest still needs.
        against: the others, each compared with the best.
        sure: whether that holds at 99 %, as it has to where nobody is asked.
    """

    verdict: Verdict
    best: str = ""
    missing: int = 0
    against: tuple[Comparison, ...] = ()
    sure: bool = False


def judge(tallies: Sequence[Tally], rule: WinnerRule) -> Outcome:
    """Which of these wordings, all of which somebody may still get, is the best, if any is.

    Nothing is said of a winner before each has its minimum of mails delivered.
    """
    if len(tallies) < 2:
        return Outcome(Verdict.ALONE)
    missing = rule.minimum - min(each.delivered for each in tallies)
    if missing > 0:
        return Outcome(Verdict.TOO_FEW, missing=missing)
    best = max(tallies, key=lambda each: each.share(rule.by).rate)
    others = [each for each in tallies if each is not best]
    against = tuple(
        Comparison(each.name, difference(best.share(rule.by), each.share(rule.by), Z_95))
        for each in others
    )
    if any(each.behind.low <= 0 for each in against):
        return Outcome(Verdict.OPEN, best.name, against=against)
    strict = (difference(best.share(rule.by), each.share(rule.by), Z_99) for each in others)
    sure = all(each.low > 0 for each in strict)
    return Outcome(Verdict.CLEAR, best.name, against=against, sure=sure)
