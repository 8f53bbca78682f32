from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import BERLIN, NOON, a_prospect, a_standing

from sequencer.domain.admission import ENDED_BY_ITSELF, excludes
from sequencer.domain.audience import (
    Again,
    Audience,
    ColleagueAction,
    ColleagueRule,
    Exclusive,
    Ownership,
    Throttle,
)
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.gate import Occasion, ask_gate, refusals_of
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.standing import ColleagueReply, Elsewhere, Room, Run
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.domain.workdays import Workdays

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
OVER = EnrollmentState.FINISHED


def refused(occasion: Occasion = Occasion.ENROLMENT, **changes: Any) -> list[Refusal]:
    return refusals_of(ask_gate(a_standing(**changes), occasion=occasion))


def reasons(occasion: Occasion = Occasion.ENROLMENT, **changes: Any) -> list[Reason]:
    return [refusal.reason for refusal in refused(occasion, **changes)]


@pytest.mark.parametrize("occasion", list(Occasion))
def test_open(occasion: Occasion) -> None:
    """Where nothing speaks against a person, every occasion lets them pass."""
    assert refused(occasion) == []


@pytest.mark.parametrize("email", ["", "nobody", "@bank.example", "zoe@"])
def test_no_address(email: str) -> None:
    """What is no address enters nothing."""
    assert reasons(prospect=a_prospect(email=email)) == [Reason.EMAIL_INVALID]


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        (SuppressionKind.ADDRESS, SuppressionReason.MANUAL, Reason.SUPPRESSED_ADDRESS),
        (SuppressionKind.DOMAIN, SuppressionReason.MANUAL, Reason.SUPPRESSED_DOMAIN),
        (SuppressionKind.ADDRESS, SuppressionReason.OPTED_OUT, Reason.OPTED_OUT),
        (SuppressionKind.ADDRESS, SuppressionReason.BOUNCED, Reason.BOUNCED_BEFORE),
        (SuppressionKind.ADDRESS, SuppressionReason.COMPLAINED, Reason.COMPLAINED_BEFORE),
        (SuppressionKind.ADDRESS, SuppressionReason.UNREACHABLE, Reason.UNREACHABLE),
        (SuppressionKind.DOMAIN, SuppressionReason.DEAD_DOMAIN, Reason.DOMAIN_DEAD),
    ],
)
@pytest.mark.parametrize("occasion", list(Occasion))
def test_suppressed(
    kind: SuppressionKind, reason: SuppressionReason, code: Reason, occasion: Occasion
) -> None:
    """A suppression is asked about on every occasion, each by its own code, with its key."""
    suppression = Suppression(kind, "bank.example", reason)
    assert refused(occasion, suppressions=(suppression,)) == [Refusal(code, "bank.example")]


@pytest.mark.parametrize("state", [EnrollmentState.PENDING, EnrollmentState.ACTIVE])
@pytest.mark.parametrize("again", list(Again))
def test_in_it_already(state: EnrollmentState, again: Again) -> None:
    """Nobody is in a cadence twice at a time, whatever `again` says."""
    found = reasons(here=Run(state), audience=Audience(again=again))
    assert found == [Reason.ALREADY_IN_THIS]


@pytest.mark.parametrize("ended", list(FinishReason))
def test_again(ended: FinishReason) -> None:
    """`never` means it, `always` too; `if_inactive` respects whoever ended it themselves."""
    found = {
        again: reasons(here=Run(OVER, ended), audience=Audience(again=again)) for again in Again
    }
    assert found == {
        Again.NEVER: [Reason.FINISHED_THIS],
        Again.IF_INACTIVE: [] if ended in ENDED_BY_ITSELF else [Reason.FINISHED_THIS],
        Again.ALWAYS: [],
    }


def test_ended_for_a_lost_reason() -> None:
    """An end whose reason nobody knows any more lets in only where everybody may."""
    assert reasons(here=Run(OVER), audience=Audience(again=Again.IF_INACTIVE)) == [
        Reason.FINISHED_THIS
    ]


@pytest.mark.parametrize(
    ("mine", "other", "conflict"),
    [
        (Exclusive.ALL, Exclusive.ALL, True),
        (Exclusive.ALL, Exclusive.EXCLUSIVE, True),
        (Exclusive.ALL, Exclusive.NONE, True),
        (Exclusive.EXCLUSIVE, Exclusive.EXCLUSIVE, True),
        (Exclusive.EXCLUSIVE, Exclusive.NONE, False),
        (Exclusive.NONE, Exclusive.NONE, False),
    ],
)
def test_exclusive(mine: Exclusive, other: Exclusive, *, conflict: bool) -> None:
    """Every pair of cadences, and the same both ways."""
    assert excludes(mine, other) is conflict
    assert excludes(other, mine) is conflict
    audience, elsewhere = Audience(exclusive=mine), (Elsewhere("other", other),)
    expected = [Refusal(Reason.EXCLUSIVE_CONFLICT, "other")] if conflict else []
    assert refused(audience=audience, elsewhere=elsewhere) == expected


def test_every_conflict_is_named() -> None:
    """All cadences that stand in the way, and none that does not."""
    elsewhere = (
        Elsewhere("b", Exclusive.ALL),
        Elsewhere("c", Exclusive.NONE),
        Elsewhere("a", Exclusive.EXCLUSIVE),
    )
    [refusal] = refused(audience=Audience(exclusive=Exclusive.EXCLUSIVE), elsewhere=elsewhere)
    assert refusal.detail == "a, b"


@pytest.mark.parametrize(
    ("active", "refused_as"), [(0, []), (1, []), (2, ["2 of 2"]), (9, ["9 of 2"])]
)
def test_account_busy(active: int, refused_as: list[str]) -> None:
    """The limit itself is still allowed to be reached, not to be passed."""
    found = refused(account_active=active, audience=Audience(max_active_per_account=2))
    assert [each.detail for each in found] == refused_as
    assert all(each.reason is Reason.ACCOUNT_BUSY for each in found)


def test_account_without_limit() -> None:
    """Without a limit an account may be as busy as it likes."""
    assert reasons(account_active=1_000) == []


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (ColleagueRule(), 30),
        (ColleagueRule(ColleagueAction.PAUSE, 3), 3),
    ],
)
def test_colleague_replied(rule: ColleagueRule, days: int) -> None:
    """The answer of a colleague counts for as long as the cadence's own rule would keep silent."""
    reply = ColleagueReply(NOON - days * DAY + SECOND, "kim@bank.example")
    [refusal] = refused(account_reply=reply, colleagues=rule)
    assert refusal == Refusal(Reason.ACCOUNT_REPLIED, "kim@bank.example", NOON + SECOND)
    assert refused(account_reply=reply, colleagues=rule, now=NOON + SECOND) == []


def test_colleague_is_ignored() -> None:
    """Where the cadence ignores colleagues, their answers keep nobody out."""
    reply = ColleagueReply(NOON, "kim@bank.example")
    assert refused(account_reply=reply, colleagues=ColleagueRule(ColleagueAction.IGNORE)) == []


def test_meeting_ahead() -> None:
    """Whoever has a meeting ahead is left alone until it begins, unless the audience says so."""
    at = NOON + 2 * DAY
    assert refused(meeting_at=at) == [Refusal(Reason.MEETING_AHEAD, "on 05 Mar 2026", at)]
    assert refused(meeting_at=at, now=at) == []
    assert refused(meeting_at=at, audience=Audience(beside_meeting=True)) == []


@pytest.mark.parametrize(
    ("touched_at", "until"),
    [
        (NOON - 7 * DAY, None),
        (NOON - 7 * DAY + SECOND, NOON + SECOND),
        (NOON, NOON + 7 * DAY),
        (NOON + HOUR, NOON + 7 * DAY + HOUR),
    ],
)
def test_touched(touched_at: datetime, until: datetime | None) -> None:
    """As many days as the audience wants have to pass, also after a clock was set back."""
    found = refused(touched_at=touched_at, audience=Audience(min_days_since_touch=7))
    assert [each.until for each in found] == ([until] if until else [])
    assert all(each.reason is Reason.TOUCHED_TOO_RECENTLY for each in found)


def test_days_in_the_persons_calendar() -> None:
    """Over a change of the clocks the same time of day counts, not so many hours."""
    touched_at = datetime(2026, 3, 28, 12, tzinfo=BERLIN)  # the clocks change in the night after
    audience = Audience(min_days_since_touch=1)
    calendar = Workdays(BERLIN)
    now = touched_at.astimezone(NOON.tzinfo) + timedelta(hours=22)
    [refusal] = refused(now=now, touched_at=touched_at, audience=audience, workdays=calendar)
    assert refusal.until == touched_at + DAY  # on the wall clock
    assert refusal.until - now == HOUR
    assert refusal.detail == "on 28 Mar 2026, 1 days have to pass"


def test_never_touched() -> None:
    """Who has never been contacted need not wait; nor does anybody where no days are wanted."""
    assert reasons(audience=Audience(min_days_since_touch=7)) == []
    assert reasons(touched_at=NOON) == []


@pytest.mark.parametrize(
    ("stage", "stages", "passes"),
    [
        ("", {"lead"}, True),
        ("  ", {"lead"}, True),
        ("Lead", {"lead"}, True),
        ("customer", {"lead"}, False),
        ("", {"customer"}, False),
        ("Customer ", {"CUSTOMER"}, True),
        ("anything", set(), True),
    ],
)
def test_stage(stage: str, stages: set[str], *, passes: bool) -> None:
    """An empty stage counts as a lead; an empty list is for everybody; case does not matter."""
    found = reasons(prospect=a_prospect(stage=stage), audience=Audience(stages=frozenset(stages)))
    assert found == ([] if passes else [Reason.STAGE_EXCLUDED])


@pytest.mark.parametrize(
    ("owner", "rep", "passes"),
    [
        ("ana", "ana", True),
        ("Ana", " ANA ", True),
        ("ana", "luis", False),
        ("", "ana", False),
        ("", "", False),
        ("ana", None, True),
    ],
)
def test_ownership(owner: str, rep: str | None, *, passes: bool) -> None:
    """Where owners enrol, only they do; where nobody enrols any more, nothing is asked."""
    audience = Audience(ownership=Ownership.OWN)
    found = reasons(prospect=a_prospect(owner=owner), rep=rep, audience=audience)
    assert found == ([] if passes else [Reason.NOT_YOUR_PROSPECT])


def test_anybodys_prospect() -> None:
    """Where it does not matter whose prospects they are, everybody enrols them."""
    assert reasons(prospect=a_prospect(owner="luis"), rep="ana") == []


@pytest.mark.parametrize("occasion", [each for each in Occasion if each is not Occasion.DOT])
def test_consent(occasion: Occasion) -> None:
    """What the law wants is asked before every mail too: a consent may be taken out of the list."""
    person = a_prospect(country="DE", consent="")
    found = refused(occasion, prospect=person, consent_countries=frozenset({"DE"}))
    assert found == [Refusal(Reason.COUNTRY_NEEDS_CONSENT, "DE")]


def test_nothing_to_write() -> None:
    """Nobody enters where every wording of a mail is stopped: it is said of which."""
    [refusal] = refused(Occasion.ENROLMENT, wordless=("intro", "bump"))
    assert refusal == Refusal(Reason.NO_WORDING, "intro, bump")
    assert refused(Occasion.ACTIVATION, wordless=("intro",)) == [
        Refusal(Reason.NO_WORDING, "intro")
    ]
    assert refused(Occasion.MAIL, wordless=("intro",)) == []


def test_no_mailbox() -> None:
    """Without a mailbox that is able to send nobody enters."""
    assert reasons(mailboxes=()) == [Reason.NO_ACTIVE_MAILBOX]


def test_missing() -> None:
    """Each value that is missing is named by itself."""
    assert [each.code for each in refused(missing=("company", "title"))] == [
        "missing_variable:company",
        "missing_variable:title",
    ]


def test_starts_later() -> None:
    """A start that lies ahead is waited for to the second, and refuses nobody."""
    at = NOON + DAY
    assert refused(Occasion.ACTIVATION, starts_at=at) == [Refusal(Reason.STARTS_LATER, until=at)]
    assert refused(Occasion.ACTIVATION, starts_at=at, now=at) == []
    assert refused(Occasion.ENROLMENT, starts_at=at) == []


def test_draining() -> None:
    """A cadence that runs dry takes nobody in, and lets nobody begin, whatever room it has."""
    for occasion in (Occasion.ENROLMENT, Occasion.ACTIVATION):
        assert reasons(occasion, room=Room()) == []
        [refusal] = refused(occasion, room=Room(draining_since=NOON))
        assert refusal.reason is Reason.CADENCE_DRAINING
        assert refusal.until is None
        assert f"since {NOON:%d %b %Y}" in refusal.sentence


def test_first_run() -> None:
    """A cadence that is tried with few people lets so many begin, and no more; others may wait."""
    for most, begun in ((None, 7), (3, 2)):
        room = Room(most_at_first=most, begun_at_first=begun)
        assert reasons(Occasion.ACTIVATION, room=room) == []
    full = Room(most_at_first=3, begun_at_first=3)
    assert refused(Occasion.ACTIVATION, room=full) == [Refusal(Reason.FIRST_RUN_LIMIT, "3 of 3")]
    assert refused(Occasion.ENROLMENT, room=full) == []


def test_throttled_by_number() -> None:
    """No more than so many at a time; when one ends nobody can say."""
    throttle = Throttle(max_active=2)
    assert reasons(Occasion.ACTIVATION, throttle=throttle, room=Room(1)) == []
    assert refused(Occasion.ACTIVATION, throttle=throttle, room=Room(2)) == [
        Refusal(Reason.THROTTLED, "2 of 2 are active")
    ]


def test_throttled_by_day() -> None:
    """No more than so many in 24 hours: room comes when the first of them is a day old."""
    begun = (NOON - 23 * HOUR, NOON - HOUR)
    throttle = Throttle(new_per_day=2)
    [refusal] = refused(Occasion.ACTIVATION, throttle=throttle, room=Room(activated=begun))
    assert refusal == Refusal(Reason.THROTTLED, "2 of 2 new in 24 hours", NOON + HOUR)
    later = {"throttle": throttle, "room": Room(activated=begun), "now": NOON + HOUR}
    assert refused(Occasion.ACTIVATION, **later) == []


def test_line() -> None:
    """Where there is a throttle nobody overtakes; where there is none nobody waits for others."""
    room = Room(waiting=True)
    assert refused(Occasion.ACTIVATION, room=room) == []
    for throttle in (Throttle(max_active=5), Throttle(new_per_day=5)):
        found = refused(Occasion.ACTIVATION, room=room, throttle=throttle)
        assert found == [Refusal(Reason.THROTTLED, "others came earlier")]


def test_everything_is_named() -> None:
    """All that speaks against a person is said at once, in the order of the table."""
    found = reasons(
        prospect=a_prospect(stage="customer", country="DE"),
        audience=Audience(stages=frozenset({"lead"}), min_days_since_touch=1),
        here=Run(OVER, FinishReason.REPLIED),
        elsewhere=(Elsewhere("other", Exclusive.ALL),),
        touched_at=NOON,
        missing=("company",),
        mailboxes=(),
        consent_countries=frozenset({"DE"}),
    )
    assert found == [
        Reason.FINISHED_THIS,
        Reason.EXCLUSIVE_CONFLICT,
        Reason.TOUCHED_TOO_RECENTLY,
        Reason.STAGE_EXCLUDED,
        Reason.COUNTRY_NEEDS_CONSENT,
        Reason.MISSING_VARIABLE,
        Reason.NO_ACTIVE_MAILBOX,
    ]
