from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_moment, a_prospect, a_standing, a_timing
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.admission import excludes
from sequencer.domain.audience import (
    Again,
    Audience,
    ColleagueAction,
    ColleagueRule,
    Exclusive,
    Ownership,
    Throttle,
)
from sequencer.domain.enrollment import Enrollment, EnrollmentState, FinishReason, PauseReason
from sequencer.domain.gate import RULES, Effect, Occasion, ask_gate, decisive, refusals_of, refusing
from sequencer.domain.mailbox import MailboxHealth, MailboxState
from sequencer.domain.pacing import Limits, Pace, Traffic
from sequencer.domain.reason import Reason
from sequencer.domain.rolling import HOUR
from sequencer.domain.standing import ColleagueReply, Elsewhere, Moment, Room, Run, Standing
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.domain.workdays import Workdays

TICK = timedelta(microseconds=1)
ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
# Weeks around changes of the clocks, at odd microseconds.
INSTANTS = st.integers(-400 * 86_400, 40 * 86_400).map(
    lambda s: NOON + timedelta(seconds=s, microseconds=7)
)
PAST = st.lists(st.integers(-40, 0).map(lambda each: NOON + each * HOUR), max_size=8).map(sorted)
SUPPRESSIONS = st.builds(
    Suppression,
    st.sampled_from(SuppressionKind),
    st.just("bank.example"),
    st.sampled_from(SuppressionReason),
)
AUDIENCES = st.builds(
    Audience,
    stages=st.frozensets(st.sampled_from(["lead", "customer"])),
    again=st.sampled_from(Again),
    exclusive=st.sampled_from(Exclusive),
    min_days_since_touch=st.integers(0, 365),
    max_active_per_account=st.none() | st.integers(1, 3),
    ownership=st.sampled_from(Ownership),
)
RULES_OF_COLLEAGUES = st.builds(
    ColleagueRule, st.sampled_from(ColleagueAction), st.integers(1, 365)
)
STANDINGS = st.builds(
    Standing,
    now=st.just(NOON),
    prospect=st.builds(
        a_prospect,
        email=st.sampled_from(["zoe@bank.example", "zoe@bank.de", "nobody"]),
        stage=st.sampled_from(["", "lead", "customer"]),
        owner=st.sampled_from(["", "ana", "luis"]),
        country=st.sampled_from(["", "DE"]),
        consent=st.sampled_from(["", "2026-01-01"]),
    ),
    workdays=st.sampled_from(ZONES).map(lambda name: Workdays(ZoneInfo(name))),
    audience=AUDIENCES,
    colleagues=RULES_OF_COLLEAGUES,
    throttle=st.builds(Throttle, st.none() | st.integers(1, 3), st.none() | st.integers(1, 3)),
    suppressions=st.lists(SUPPRESSIONS, max_size=2).map(tuple),
    here=st.none()
    | st.builds(Run, st.sampled_from(EnrollmentState), st.none() | st.sampled_from(FinishReason)),
    elsewhere=st.lists(
        st.builds(Elsewhere, st.sampled_from("abc"), st.sampled_from(Exclusive)), max_size=3
    ).map(tuple),
    touched_at=st.none() | INSTANTS,
    account_active=st.integers(0, 4),
    account_reply=st.none() | st.builds(ColleagueReply, INSTANTS, st.just("kim@bank.example")),
    rep=st.none() | st.sampled_from(["ana", "maria"]),
    mailboxes=st.sampled_from([(), ("ana",)]),
    missing=st.sampled_from([(), ("company",)]),
    consent_countries=st.sampled_from([frozenset(), frozenset({"DE"})]),
    starts_at=st.none() | INSTANTS,
    room=st.builds(Room, st.integers(0, 4), PAST, st.booleans()),
)
MOMENTS = st.builds(
    Moment,
    now=st.just(NOON),
    enrollment=st.builds(
        Enrollment,
        key=st.just("k1"),
        state=st.sampled_from(EnrollmentState),
        pause_reason=st.none() | st.sampled_from(PauseReason),
        resume_at=st.none() | INSTANTS,
    ),
    timing=st.sampled_from(ZONES).map(lambda name: a_timing(tz=ZoneInfo(name))),
    mailbox=st.just("ana"),
    health=st.builds(
        MailboxHealth,
        st.sampled_from(MailboxState),
        st.just(""),
        st.none() | INSTANTS,
        st.none() | st.just(NOON),
    ),
    limits=st.builds(
        Limits,
        st.builds(Pace, per_day=st.integers(0, 4), per_hour=st.none() | st.integers(1, 4)),
        per_domain=st.none() | st.integers(1, 2),
        per_person_day=st.none() | st.integers(1, 2),
        new_per_day=st.none() | st.integers(1, 2),
    ),
    traffic=st.builds(Traffic, PAST, st.none(), PAST, PAST, PAST),
    freshness=st.just(timedelta(seconds=120)),
    known=st.booleans(),
)
PERSON = [rule for rule in RULES if rule.asked & {Occasion.ENROLMENT, Occasion.ACTIVATION}]


def said(standing: Standing, moment: Moment | None = None) -> dict[int, object]:
    """Number of each rule that says no, with the instant at which it would pass."""
    answers = ask_gate(standing, moment)
    return {at: answer.passes_at for at, answer in enumerate(answers) if not answer.passes}


@given(STANDINGS)
def test_until_is_exact(standing: Standing) -> None:
    """A rule about a person passes at the instant it names, and not a microsecond earlier."""
    for number, until in said(standing).items():
        if isinstance(until, datetime):
            assert until > standing.now
            assert number not in said(replace(standing, now=until))
            assert said(replace(standing, now=until - TICK))[number] == until


@given(STANDINGS)
def test_what_no_time_heals(standing: Standing) -> None:
    """Where no instant is named, waiting does not help."""
    much_later = replace(standing, now=standing.now + timedelta(days=5_000))
    kept = {number for number, until in said(standing).items() if until is None}
    assert kept <= set(said(much_later))


@given(STANDINGS, MOMENTS)
def test_mail_until_is_exact(standing: Standing, moment: Moment) -> None:
    """The same for the rules about a mail, as far as nothing else happens meanwhile."""
    for number, until in said(standing, moment).items():
        rule = RULES[number]
        if not isinstance(until, datetime) or rule.reason in {Reason.PAUSED, *_PERSON_CODES}:
            continue
        assert number not in said(standing, replace(moment, now=until))
        assert number in said(standing, replace(moment, now=until - TICK))


_PERSON_CODES = {rule.reason for rule in PERSON}


@given(st.sampled_from(Exclusive), st.sampled_from(Exclusive))
def test_exclusivity_is_symmetric(one: Exclusive, other: Exclusive) -> None:
    """Whether somebody may be in both cadences does not depend on which they entered first."""
    first = a_standing(audience=Audience(exclusive=one), elsewhere=(Elsewhere("b", other),))
    second = a_standing(audience=Audience(exclusive=other), elsewhere=(Elsewhere("a", one),))
    occasion = Occasion.ENROLMENT
    refused = [bool(refusals_of(ask_gate(each, occasion=occasion))) for each in (first, second)]
    assert refused[0] == refused[1] == excludes(one, other) == excludes(other, one)


@given(
    STANDINGS, st.sampled_from(["stages", "touched_at", "elsewhere", "account_active", "missing"])
)
def test_more_freedom_refuses_no_more(standing: Standing, what: str) -> None:
    """Taking away what speaks against a person adds no refusal, of any rule."""
    free = {
        "stages": replace(standing, audience=replace(standing.audience, stages=frozenset())),
        "touched_at": replace(standing, touched_at=None),
        "elsewhere": replace(standing, elsewhere=()),
        "account_active": replace(standing, account_active=0),
        "missing": replace(standing, missing=()),
    }[what]
    assert set(said(free)) <= set(said(standing))


@given(STANDINGS, MOMENTS, st.sampled_from(Occasion))
def test_the_short_way_finds_the_same(
    standing: Standing, moment: Moment, occasion: Occasion
) -> None:
    """Whether each rule is asked, or only those that may say no, the same ones do."""
    every = ask_gate(standing, moment, occasion)
    assert refusing(standing, moment, occasion) == [each for each in every if not each.passes]


@given(STANDINGS, MOMENTS, st.sampled_from(Occasion))
def test_an_occasion_is_a_part(standing: Standing, moment: Moment, occasion: Occasion) -> None:
    """What is said on an occasion is what those rules say when all are asked."""
    whole = {id(answer.rule): answer.refusals for answer in ask_gate(standing, moment)}
    for answer in ask_gate(standing, moment, occasion):
        assert whole[id(answer.rule)] == answer.refusals


@given(STANDINGS, MOMENTS)
def test_the_strongest_decides(standing: Standing, moment: Moment) -> None:
    """Nothing that was said asks for more than what decides; who is listed is done with anyway.

    A domain that a server calls dead waits for a person.
    """
    answers = ask_gate(standing, moment, Occasion.MAIL)
    found = decisive(answers)
    refused = [answer for answer in answers if not answer.passes]
    assert (found is None) == (not refused)
    if found is None:
        return
    answer, effect = found
    assert answer in refused
    order = list(Effect)
    assert all(order.index(effect) <= order.index(each.rule.effect or effect) for each in refused)
    dead = SuppressionReason.DEAD_DOMAIN
    ends = any(entry.reason is not dead for entry in standing.suppressions)
    assert (effect is Effect.FINISH) == ends
    assert effect is not Effect.WAIT or answer.passes_at is not None


@pytest.mark.parametrize("name", ZONES)
@given(st.integers(1, 365), st.integers(0, 86_399))
def test_days_keep_the_time_of_day(name: str, days: int, second: int) -> None:
    """So many days after a touch means the same time of day there, unless the clocks skip it."""
    calendar = Workdays(ZoneInfo(name))
    touched_at = NOON - timedelta(seconds=second)
    standing = a_standing(
        touched_at=touched_at, workdays=calendar, audience=Audience(min_days_since_touch=days)
    )
    [refusal] = refusals_of(ask_gate(standing, occasion=Occasion.ENROLMENT))
    assert refusal.until is not None
    before, after = (at.astimezone(calendar.tz) for at in (touched_at, refusal.until))
    assert (after.date() - before.date()).days == days
    assert (
        abs(after.replace(tzinfo=None) - before.replace(tzinfo=None) - timedelta(days=days)) <= HOUR
    )


def test_a_moment_alone() -> None:
    """The samples above can pass too, or they would prove little."""
    assert said(a_standing(), a_moment()) == {}
