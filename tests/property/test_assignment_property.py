"""Whatever meetings come, they are shared fairly, and never with somebody who cannot."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from builders import NOON, a_prospect
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.absence import Absence, days_away
from sequencer.domain.assignment import Asked, decide
from sequencer.domain.availability import Load, Slot, fullest_week
from sequencer.domain.handover_policy import Way
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Rep, Territory

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TZ = ZoneInfo("America/New_York")
NAMES = ("ana", "bea", "carl", "dora")
PEOPLE = (a_prospect(country="ES", owner="ana"), a_prospect(country="FR"), a_prospect())

weights = st.lists(st.integers(1, 5), min_size=1, max_size=len(NAMES))
hours = st.integers(0, 24 * 20)
territories = st.sampled_from(
    [Territory(), Territory(frozenset({"ES"})), Territory(frozenset({"FR", "ES"}))]
)
absences = st.builds(
    lambda first, days: Absence(
        date(2026, 3, 3) + timedelta(first), date(2026, 3, 3) + timedelta(first + days)
    ),
    st.integers(0, 20),
    st.integers(0, 4),
)
reps = st.builds(
    Rep,
    name=st.just(""),
    person=st.just("Somebody"),
    address=st.just(""),
    tz=st.just(TZ),
    takes_meetings=st.sampled_from([True, True, True, False]),
    territory=territories,
    weight=st.integers(1, 3),
    most_per_week=st.none() | st.integers(1, 3),
    away=st.lists(absences, max_size=2).map(tuple),
)
teams = st.lists(reps, min_size=1, max_size=len(NAMES)).map(
    lambda found: {name: replace(rep, name=name) for name, rep in zip(NAMES, found, strict=False)}
)
ways = st.lists(st.sampled_from([*map(str, Way), "bea"]), min_size=1, max_size=4)
meetings = st.lists(st.tuples(hours, st.sampled_from(PEOPLE)), min_size=1, max_size=25)
busy_hours = st.dictionaries(st.sampled_from(NAMES), st.lists(hours, max_size=10))


@given(weights, st.integers(1, 60))
def test_fair(given_weights: list[int], number: int) -> None:
    """After any number of meetings, nobody has had one more for their weight than another."""
    team = {
        name: Rep(name, name, "", TZ, weight=weight)
        for name, weight in zip(NAMES, given_weights, strict=False)
    }
    loads = dict.fromkeys(team, Load())
    for turn in range(number):
        found = decide(["round_robin"], team, loads, Asked(PEOPLE[0], NOON)).choice
        assert found is not None
        name = found.rep.name
        loads[name] = replace(
            loads[name], handed=loads[name].handed + 1, last_at=NOON + turn * HOUR
        )
    shares = [Fraction(loads[name].handed, team[name].weight) for name in team]
    assert max(shares) - min(shares) <= 1


@given(teams, ways, meetings, busy_hours)
def test_never_somebody_who_cannot(
    team: dict[str, Rep],
    given_ways: list[str],
    wanted: list[tuple[int, Prospect]],
    busy: dict[str, list[int]],
) -> None:
    """Nobody gets a meeting while away or busy, or more than they take in any seven days."""
    had: dict[str, list[Slot]] = {name: [] for name in team}
    for hour, person in wanted:
        slot = Slot(NOON + hour * HOUR, NOON + (hour + 1) * HOUR)
        loads = {
            name: Load(
                handed=len(had[name]),
                meetings=tuple(each.start for each in had[name]),
                busy=tuple(
                    Slot(NOON + each * HOUR, NOON + (each + 1) * HOUR)
                    for each in busy.get(name, ())
                ),
                off=(days_away(rep.away, rep.person, TZ),),
            )
            for name, rep in team.items()
        }
        asked = Asked(person, NOON, slot)
        found = decide(given_ways, team, loads, asked)
        turned = decide(given_ways, dict(reversed(team.items())), loads, asked)
        assert found == turned
        told = {name for name, _ in found.passed_over}
        if found.choice is None:
            assert told == set(team)
            continue
        rep = found.choice.rep
        assert told == set(team) - {rep.name}
        assert rep.takes_meetings
        for at in (slot.start, slot.end - timedelta(seconds=1)):
            day = at.astimezone(TZ).date()
            assert not any(each.from_on <= day <= each.until_on for each in rep.away)
        assert hour not in busy.get(rep.name, ())
        had[rep.name].append(slot)
        starts = [each.start for each in had[rep.name]]
        for start in starts:
            others = list(starts)
            others.remove(start)
            most = rep.most_per_week
            assert most is None or fullest_week(others, start) <= most
