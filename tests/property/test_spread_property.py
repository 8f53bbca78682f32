from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from builders import BERLIN, NOON, a_timing
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.opening import is_open
from sequencer.domain.pacing import Pace, Traffic, mailbox_refusals
from sequencer.domain.rolling import HOUR, Ramp, mail_day
from sequencer.domain.spread import Wish, spread

CALENDARS = [None, a_timing(tz=BERLIN), a_timing(tz=ZoneInfo("America/Chicago"))]
PACES = st.builds(
    Pace,
    per_day=st.integers(1, 6),
    gap=st.integers(0, 7_200).map(lambda seconds: timedelta(seconds=seconds)),
    per_hour=st.none() | st.integers(1, 4),
    per_week=st.none() | st.integers(2, 12),
    ramp=st.none() | st.builds(Ramp, begin=st.integers(1, 3), step=st.integers(0, 2)),
)
HOURS = st.integers(0, 40).map(lambda hours: NOON + hours * HOUR)
WISHES = st.lists(st.tuples(HOURS, st.sampled_from(CALENDARS)), min_size=1, max_size=15).map(
    lambda each: [Wish(f"{at:03}", *wish) for at, wish in enumerate(each)]
)
PAST = st.lists(st.integers(1, 200), max_size=6).map(
    lambda hours: sorted(NOON - each * HOUR for each in hours)
)


def days_of(mails: list[datetime]) -> list[date]:
    """The dates with mails."""
    return sorted({mail_day(at) for at in mails})


@given(PACES, PAST, st.lists(HOURS, max_size=8), WISHES)
def test_plan(pace: Pace, past: list[datetime], queued: list[datetime], wishes: list[Wish]) -> None:
    """A plan keeps each wait, each calendar, the pace of the mailbox and the order."""
    before = Traffic(past, days_of(past))
    planned = spread(pace, before, queued, wishes)
    settled = list(
        spread(pace, before, [], [Wish(str(n), at) for n, at in enumerate(queued)]).values()
    )
    assert planned.keys() == {wish.key for wish in wishes}
    for wish in wishes:
        at = planned[wish.key]
        assert at >= wish.earliest
        assert wish.timing is None or is_open(wish.timing, at)
    mails = list(past)
    for at in sorted([*settled, *planned.values()]):
        assert mailbox_refusals(pace, Traffic(mails, days_of(mails)), at) == []
        mails.append(at)
    for calendar in CALENDARS:
        same = [wish for wish in wishes if wish.timing is calendar]
        in_order = sorted(same, key=lambda wish: (wish.earliest, wish.key))
        instants = [planned[wish.key] for wish in in_order]
        assert instants == sorted(instants)


@given(PACES, st.lists(HOURS, max_size=5), WISHES, st.data())
def test_plan_is_the_same_every_time(
    pace: Pace, queued: list[datetime], wishes: list[Wish], data: st.DataObject
) -> None:
    """The order in which the mails are named changes nothing."""
    shuffled = data.draw(st.permutations(wishes))
    assert spread(pace, Traffic(), queued, wishes) == spread(pace, Traffic(), queued, shuffled)
