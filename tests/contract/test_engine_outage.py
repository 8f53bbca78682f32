"""After an outage of any length a mailbox is no busier than at any other time."""

from bisect import bisect_right
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from builders import NOON
from stage import DAY, Stage, a_loaded, a_policy

from sequencer.domain.pacing import Pace
from sequencer.store import traffic

HOUR, TICK = timedelta(hours=1), timedelta(minutes=7)
PACE = Pace(per_day=15, gap=timedelta(seconds=90))
PEOPLE = [f"p{number:02}@bank.example" for number in range(20)]
OFFICE = {
    "window": {"mon-fri": ["09:00-17:00"]},
    "timezone": "workspace",
    "jitter_minutes": 0,
}


@pytest.fixture
def paced(stage: Stage) -> Stage:
    """Twenty people in a cadence of a mailbox that may send fifteen mails a day."""
    policy = a_policy()
    ana = replace(policy.mailboxes["ana"], pace=PACE)
    paced = Stage(stage.database, replace(policy, mailboxes={"ana": ana}))
    paced.apply(a_loaded(schedule=OFFICE))
    paced.bring_in(*PEOPLE)
    paced.enroll(*PEOPLE)
    return paced


def left(stage: Stage) -> list[datetime]:
    """When mails left, in order."""
    found: list[datetime] = stage.read(traffic.newest_of_mailbox, "ana", 1_000)
    return found


async def work_until(stage: Stage, end: datetime) -> None:
    """Tick every few minutes."""
    while stage.clock.now() < end:
        await stage.work(TICK)


@pytest.mark.parametrize("hours", [5, 24, 24 * 7 * 3])
async def test_first_hour(paced: Stage, hours: int) -> None:
    """In the first hour after it no more leaves than an hour may have, and nothing by night."""
    await work_until(paced, NOON + 2 * HOUR)
    before = len(left(paced))
    paced.clock.advance(hours * HOUR)
    paced.restart()
    began_at = paced.clock.now()
    await work_until(paced, began_at + 2 * DAY)
    mails = left(paced)
    assert len(mails) > before + 10
    for at in mails:
        assert len(mails[: bisect_right(mails, at)]) - bisect_right(mails, at - HOUR) <= 3
        assert len(mails[: bisect_right(mails, at)]) - bisect_right(mails, at - DAY) <= 15
        assert at.weekday() < 5
        assert 9 <= at.hour < 17


async def test_later_steps_shift(paced: Stage) -> None:
    """What was missed is not made up for: each step counts from the mail that really left."""
    await work_until(paced, NOON + HOUR)
    [first, *_] = left(paced)
    paced.clock.advance(21 * DAY)
    paced.restart()
    await work_until(paced, paced.clock.now() + 2 * DAY)
    for person in PEOPLE:
        sent = [send.handed_at for send in paced.sends(person) if send.handed_at is not None]
        assert len(sent) <= 2
        assert all(late - early >= 3 * DAY for early, late in pairwise(sent))
    assert left(paced)[0] == first
