"""What a forecast says of small worlds that can be worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders import a_prospect
from stage import EVERYBODY, SLUG, STEPS, a_loaded, a_policy

from sequencer.bootstrap import SIMULATED_TOOLS
from sequencer.domain.disposition import Disposition, by_name
from sequencer.domain.pacing import Pace
from sequencer.domain.prospect import Prospect
from sequencer.engine.policy import Policy
from sequencer.files.prospects import Accepted, Refused, Row
from sequencer.simulation.desk_work import Diligence, per_day_from_text
from sequencer.simulation.fates import Rates, rates_from_text
from sequencer.simulation.forecast import Scenario, forecast
from sequencer.simulation.forecast_story import length, sentences
from sequencer.simulation.forecast_values import Compared, Forecast
from sequencer.store import epoch, schema
from sequencer.store.memory import MemoryDatabase

BEGIN = datetime(2026, 3, 30, 8, tzinfo=UTC)  # the Monday before Easter
CALL = (
    {"id": "intro", "email": "intro.md"},
    {"id": "call", "wait": "1 day", "call": "intro.md", "skip_after": "3 days"},
)
DISPOSITIONS = by_name(
    [Disposition("reached", "connected"), Disposition("voicemail", "not_connected")]
)


def people(number: int, **changes: Any) -> list[Prospect]:
    return [a_prospect(email=f"p{each}@firm{each}.example", **changes) for each in range(number)]


def rows_of(known: list[Prospect]) -> list[Row]:
    return [Accepted(line, each) for line, each in enumerate(known, 2)]


def foretell(
    known: list[Prospect], policy: Policy | None = None, days: int = 30, **changes: Any
) -> Forecast:
    """A forecast for these people; `changes` are of the scenario, and of its cadence."""
    of_scenario = {"rates", "diligence", "seed", "most"} & changes.keys()
    given = {name: changes.pop(name) for name in of_scenario}
    rows = [*rows_of(known), *changes.pop("refused", [])]
    scenario = Scenario(SLUG, [a_loaded(**changes)], rows, BEGIN, BEGIN, days, **given)
    database = MemoryDatabase()
    schema.upgrade(database)
    return forecast(scenario, database, policy or a_policy(), SIMULATED_TOOLS)


def paced(**changes: Any) -> Policy:
    """A policy in which the mailbox has that pace."""
    policy = a_policy(dispositions=DISPOSITIONS)
    ana = replace(policy.mailboxes["ana"], pace=Pace(**changes))
    return replace(policy, mailboxes={**policy.mailboxes, "ana": ana})


def by_cause(found: Forecast) -> dict[str, int]:
    return {each.cause: each.touches for each in found.waits}


def test_silent_people() -> None:
    """Everybody gets every mail, and the answer says when the last one leaves."""
    found = foretell(people(3))
    assert len(found.mails) == 9
    assert found.last_at == BEGIN + timedelta(days=8)
    assert found.ends == {"completed": 3}
    assert sentences(Compared(found)) == [
        f"3 enrolled in {SLUG}.",
        "No mailbox reaches its cap.",
        "The last touch is on 7 April.",
    ]


def test_a_cap_is_told_with_its_days() -> None:
    """Two mails in 24 hours: the others wait for it a day, or two."""
    found = foretell(people(5), paced(per_day=2, per_hour=2, gap=timedelta(0)), steps=STEPS[:1])
    assert [touch.on.day for touch in found.mails] == [30, 30, 31, 31, 1]
    [at_cap] = found.at_cap
    assert (at_cap.mailbox, at_cap.from_on) == ("ana", date(2026, 3, 30))
    assert by_cause(found)["cap_mailbox"] == 3
    [wait] = [each for each in found.waits if each.cause == "cap_mailbox"]
    assert wait.longest_s == 2 * 86_400
    told = sentences(Compared(found))[1]
    assert told.startswith("Mailbox ana is at its cap of 2 mails in 24 hours from 30 March")


def test_holidays_are_named() -> None:
    """Good Friday and Easter Monday move a mail of somebody in Germany, and of nobody in the US."""
    both = [
        a_prospect(email="zoe@bank.example", country="DE", timezone="Europe/Berlin"),
        a_prospect(email="tom@firm.example", country="US", timezone="America/New_York"),
    ]
    steps = [STEPS[0], {**STEPS[1], "wait": "4 business_days"}]
    found = foretell(both, steps=steps)
    assert [(each.name, each.country, each.people) for each in found.holidays] == [
        ("Easter Monday", "DE", 1),
        ("Good Friday", "DE", 1),
    ]
    assert by_cause(found) == {"holiday": 1}
    days = {touch.prospect: touch.on.day for touch in found.mails if touch.step == "bump"}
    assert days == {"zoe@bank.example": 7, "tom@firm.example": 3}


def test_one_more_changes_nobody() -> None:
    """Whoever is added to the list changes neither fate nor jitter of anybody else."""
    rates = rates_from_text("replies=30%,ooo=20%,opt-outs=10%")
    schedule = {"window": {"mon-sun": ["08:00-20:00"]}, "jitter_minutes": 60}
    few, many = (
        foretell(known, rates=rates, schedule=schedule) for known in (people(8), people(9)[::-1])
    )
    told = {(touch.prospect, touch.step, touch.at) for touch in few.touches}
    more = {(touch.prospect, touch.step, touch.at) for touch in many.touches}
    assert told == {each for each in more if each[0] != "p8@firm8.example"}
    assert len(more) > len(told)


@pytest.mark.parametrize(
    ("rates", "ends", "mails"),
    [
        (Rates(bounces=1.0), "bounced", 1),
        (Rates(opt_outs=1.0), "opted_out", 1),
        (Rates(replies=1.0), "replied", 1),
        (Rates(meetings=1.0), "meeting_booked", 1),
        (Rates(ooo=1.0), "completed", 3),
    ],
)
def test_answers_are_read(rates: Rates, ends: str, mails: int) -> None:
    """What comes back is real mail, or a real webhook, and the engine does what it always does."""
    found = foretell(people(2), days=100, rates=rates)
    assert found.ends == {ends: 2}
    assert len(found.mails) == 2 * mails
    assert sum(found.happened.values()) == 2 * mails
    assert ("pause" in by_cause(found)) is (rates.ooo == 1.0)


@pytest.mark.parametrize(
    ("tasks", "outcomes"),
    [("none", {"skipped"}), ("due", {"done"}), ("1-a-day", {"done", "skipped"})],
)
def test_tasks(tasks: str, outcomes: set[str]) -> None:
    """Reps do as many tasks as the rule says, on full hours; what they do not do is skipped."""
    diligence = Diligence(per_day_from_text(tasks))
    found = foretell(people(6), paced(gap=timedelta(0)), diligence=diligence, steps=CALL)
    calls = [touch for touch in found.touches if touch.kind == "call"]
    assert len(calls) == 6
    assert {call.outcome for call in calls} == outcomes
    done = [call for call in calls if call.outcome == "done"]
    assert all(call.at.minute == call.at.second == 0 for call in done)
    if tasks == "1-a-day":
        assert len({call.on for call in done}) == len(done) > 1


def test_some_calls_reach_somebody() -> None:
    """By the rate that is given, and so the guard of a step sees it."""
    steps = [*CALL, {"id": "last", "email": "last-mail.md", "when": "not call.connected"}]
    never, always = (
        foretell(people(3), paced(), diligence=Diligence(None, rate), steps=steps)
        for rate in (0.0, 1.0)
    )
    assert len(never.mails) == 6
    assert len(always.mails) == 3


def test_those_in_line() -> None:
    """With a throttle some have not begun by the end, and that is said."""
    found = foretell(people(6), days=3, throttle={"new_per_day": 1}, steps=STEPS[:1])
    assert (found.enrolled, found.waiting) == (6, 3)
    told = sentences(Compared(found))
    assert told[0] == f"6 enrolled in {SLUG}, 3 of them still in line at the end."
    assert told[-1] == "It does not end within 3 days: 3 people have not begun on 2 April."


def test_no_mail_at_all() -> None:
    """A cadence of calls alone is foreseen too."""
    steps = [{"id": "call", "call": "intro.md"}]
    found = foretell(people(2), paced(), steps=steps)
    assert "The cadence has no mail: it is done by reps alone." in sentences(Compared(found))
    assert {touch.kind for touch in found.touches} == {"call"}


def test_the_refused() -> None:
    """Rows that cannot be used, and people whom the gate refuses, are told with their reason."""
    bad: list[Row] = [Refused(9, "email_invalid", "no address")]
    found = foretell(people(2, stage="customer"), refused=bad, audience={"stages": ["lead"]})
    assert found.enrolled == 0
    assert [(each.code, len(each.people)) for each in found.refused] == [
        ("stage_excluded", 2),
        ("email_invalid", 1),
    ]
    assert sentences(Compared(found))[0].startswith("Nobody enrolled")


def test_only_some() -> None:
    """A limit takes the first rows of the list."""
    assert foretell(people(5), most=2, audience=EVERYBODY).enrolled == 2


def test_a_database_that_is_held() -> None:
    """Nothing leaves from a database that was restored, and the answer says so."""
    database = MemoryDatabase()
    schema.upgrade(database)
    with database.write() as connection:
        epoch.ensure(connection, "a" * 32, BEGIN)
        epoch.hold(connection, "it was restored", None, BEGIN)
    scenario = Scenario(SLUG, [a_loaded()], rows_of(people(1)), BEGIN, BEGIN, 2)
    found = forecast(scenario, database, a_policy(), {})
    assert found.mails == []
    assert any(each.startswith("Nothing leaves") for each in sentences(Compared(found)))


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (300, "5 min"), (5_400, "1.5 h"), (129_600, "1.5 days")]
)
def test_lengths(seconds: float, words: str) -> None:
    """A length is told in the unit that fits it."""
    assert length(seconds) == words


@pytest.mark.parametrize(
    "text", ["replies", "replies=x%", "replies=4", "laughs=4%", "replies=4%,replies=5%", "ooo=999%"]
)
def test_rates_that_are_none(text: str) -> None:
    """What cannot be a list of rates is refused."""
    with pytest.raises(ValueError, match=r"none of|twice|more than"):
        rates_from_text(text)


def test_rates() -> None:
    """Names and shares, in any order; what is not named never happens."""
    assert rates_from_text(" ooo=2.5%, opt-outs = 1%") == Rates(ooo=0.025, opt_outs=0.01)
    assert rates_from_text("") == Rates()
