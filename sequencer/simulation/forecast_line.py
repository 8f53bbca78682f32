"""Why do mails wait in a mailbox? After each mail the pace is asked what stands against the next.

The engine stores no reason for that: such mails simply stay where they are until the mailbox may
send again. So the same rules are asked the same question, about the mails that really left.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sequencer.domain.pacing import Pace, Traffic, mailbox_refusals
from sequencer.domain.reason import Reason
from sequencer.domain.rolling import mail_day


@dataclass(frozen=True, slots=True)
class Closed:
    """A time in which a mailbox sent nothing more because of its pace."""

    start: datetime
    end: datetime
    reason: Reason


@dataclass(frozen=True)
class Line:
    """A mailbox, and when mails left it, in order."""

    pace: Pace
    tz: ZoneInfo
    sent: Sequence[datetime]

    @cached_property
    def closed(self) -> list[Closed]:
        """All times between two mails in which the pace was against the next."""
        days = sorted({mail_day(at) for at in self.sent})[: self.pace.mail_days]
        known = max(self.pace.per_day, self.pace.per_week or 0, 1)
        found = []
        for number, at in enumerate(self.sent, 1):
            after = self.sent[number] if number < len(self.sent) else None
            mails = self.sent[max(0, number - known) : number]
            refusals = mailbox_refusals(self.pace, Traffic(mails, days), at)
            lasting = [(each.until, each.reason) for each in refusals if each.until is not None]
            if lasting and after != at:
                until, reason = max(lasting)
                found.append(Closed(at, until if after is None else min(until, after), reason))
        return found

    def reason_between(self, start: datetime, end: datetime) -> Reason | None:
        """What kept the mailbox closed longest in that time; None where nothing did."""
        lasted: dict[Reason, timedelta] = {}
        for each in self._from(start):
            if each.start >= end:
                break
            overlap = min(each.end, end) - max(each.start, start)
            lasted[each.reason] = lasted.get(each.reason, timedelta(0)) + overlap
        return max(lasted, key=lambda reason: lasted[reason], default=None)

    def days_at_cap(self, start: datetime, end: datetime) -> set[date]:
        """Dates of that time on which the limit of 24 hours was reached."""
        days = set()
        for each in self._from(start):
            if each.start >= end:
                break
            if each.reason is Reason.CAP_MAILBOX:
                days.add(max(each.start, start).astimezone(self.tz).date())
        return days

    @cached_property
    def _ends(self) -> list[datetime]:
        return [each.end for each in self.closed]

    def _from(self, start: datetime) -> Sequence[Closed]:
        return self.closed[bisect_left(self._ends, start) :]
