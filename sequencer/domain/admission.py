"""The rules of the gate about a person: may they be in this cadence, whatever the hour?

Each is a pure function from a standing to its refusals, none where the person passes.
"""

from collections.abc import Iterable
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.audience import Again, ColleagueAction, Exclusive, Ownership
from sequencer.domain.consent import country_of, lacks_consent
from sequencer.domain.delay import Delay, Unit, add_delay
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.rolling import DAY, Level, counted, room_at
from sequencer.domain.standing import Standing

NO_STAGE = "lead"  # as whom somebody without a stage counts
ACCOUNT_REPLIED_DAYS = 30  # how long the answer of a colleague counts where the rule is `finish`

# Ends that nobody meant as an answer: after them `again: if_inactive` lets somebody in once more.
ENDED_BY_ITSELF = frozenset(
    {
        FinishReason.COMPLETED,
        FinishReason.COLLEAGUE_REPLIED,
        FinishReason.REMOVED,
        FinishReason.FAILED,
    }
)

Refusals = Iterable[Refusal]


def valid_address(standing: Standing) -> Refusals:
    """The address is one."""
    try:
        address_key(standing.prospect.email)
    except ValueError:
        yield Refusal(Reason.EMAIL_INVALID)


def suppressed_as(standing: Standing, reason: Reason) -> Refusals:
    """No suppression that shows as that code hits the address or its domain."""
    for each in standing.suppressions:
        if each.refused_as is reason:
            yield Refusal(reason, each.key, each.until)


def not_in_it(standing: Standing) -> Refusals:
    """The person is not in this cadence already."""
    if standing.here is not None and standing.here.state is not EnrollmentState.FINISHED:
        yield Refusal(Reason.ALREADY_IN_THIS)


def not_through_it(standing: Standing) -> Refusals:
    """The person has not been through this cadence, as far as `again` cares."""
    here, again = standing.here, standing.audience.again
    if here is None or here.state is not EnrollmentState.FINISHED or again is Again.ALWAYS:
        return
    if again is Again.NEVER or here.finish_reason not in ENDED_BY_ITSELF:
        yield Refusal(Reason.FINISHED_THIS, str(here.finish_reason or ""))


def excludes(mine: Exclusive, other: Exclusive) -> bool:
    """Whether two cadences cannot have the same person at once; the same both ways."""
    if Exclusive.ALL in {mine, other}:
        return True
    return mine is other is Exclusive.EXCLUSIVE


def no_conflict(standing: Standing) -> Refusals:
    """The person is in no other cadence that excludes this one, or is excluded by it."""
    mine = standing.audience.exclusive
    slugs = [each.slug for each in standing.elsewhere if excludes(mine, each.exclusive)]
    if slugs:
        yield Refusal(Reason.EXCLUSIVE_CONFLICT, ", ".join(sorted(slugs)))


def account_has_room(standing: Standing) -> Refusals:
    """Fewer people of the account are in cadences than the audience allows."""
    most = standing.audience.max_active_per_account
    if most is not None and standing.account_active >= most:
        yield Refusal(Reason.ACCOUNT_BUSY, f"{standing.account_active} of {most}")


def account_is_silent(standing: Standing) -> Refusals:
    """Nobody else of the account has answered lately."""
    reply, rule = standing.account_reply, standing.colleagues
    if reply is None or rule.action is ColleagueAction.IGNORE:
        return
    days = rule.days if rule.action is ColleagueAction.PAUSE else ACCOUNT_REPLIED_DAYS
    until = _days_after(standing, reply.at, days)
    if standing.now < until:
        yield Refusal(Reason.ACCOUNT_REPLIED, reply.sender, until)


def no_meeting_ahead(standing: Standing) -> Refusals:
    """No meeting with the person is yet to come: whoever has one is talked to there."""
    at = standing.meeting_at
    if at is not None and standing.now < at and not standing.audience.beside_meeting:
        local = at.astimezone(standing.workdays.tz)
        yield Refusal(Reason.MEETING_AHEAD, f"on {local:%d %b %Y}", at)


def left_alone(standing: Standing) -> Refusals:
    """Nobody has contacted the person for as many days as the audience wants."""
    touched_at, days = standing.touched_at, standing.audience.min_days_since_touch
    if touched_at is None or not days:
        return
    until = _days_after(standing, touched_at, days)
    if standing.now < until:
        local = touched_at.astimezone(standing.workdays.tz)
        detail = f"on {local:%d %b %Y}, {days} days have to pass"
        yield Refusal(Reason.TOUCHED_TOO_RECENTLY, detail, until)


def right_stage(standing: Standing) -> Refusals:
    """The cadence is for people of this stage."""
    stage = standing.prospect.stage.strip().casefold() or NO_STAGE
    stages = {each.casefold() for each in standing.audience.stages}
    if stages and stage not in stages:
        detail = f"{stage}, not {' or '.join(sorted(standing.audience.stages))}"
        yield Refusal(Reason.STAGE_EXCLUDED, detail)


def right_owner(standing: Standing) -> Refusals:
    """The prospect belongs to the rep who enrols them, where the cadence asks for that."""
    if standing.audience.ownership is not Ownership.OWN or standing.rep is None:
        return
    owner = standing.prospect.owner.strip()
    if owner.casefold() != standing.rep.strip().casefold() or not owner:
        yield Refusal(Reason.NOT_YOUR_PROSPECT, f"of {owner}" if owner else "of nobody")


def lawful(standing: Standing) -> Refusals:
    """Where the law asks for a consent, one is recorded."""
    if lacks_consent(standing.prospect, standing.consent_countries):
        yield Refusal(Reason.COUNTRY_NEEDS_CONSENT, country_of(standing.prospect))


def mailbox_to_send_from(standing: Standing) -> Refusals:
    """Some mailbox of the cadence is able to send."""
    if not standing.mailboxes:
        yield Refusal(Reason.NO_ACTIVE_MAILBOX)


def nothing_missing(standing: Standing) -> Refusals:
    """The person has every value that a template needs."""
    for name in standing.missing:
        yield Refusal(Reason.MISSING_VARIABLE, name)


def something_to_write(standing: Standing) -> Refusals:
    """Each mail of the cadence has a wording that somebody may get."""
    if standing.wordless:
        yield Refusal(Reason.NO_WORDING, ", ".join(standing.wordless))


def takes_people_in(standing: Standing) -> Refusals:
    """The cadence is not running dry."""
    since = standing.room.draining_since
    if since is not None:
        local = since.astimezone(standing.workdays.tz)
        yield Refusal(Reason.CADENCE_DRAINING, f"since {local:%d %b %Y}")


def begins_now(standing: Standing) -> Refusals:
    """The instant at which the enrollment may begin has come."""
    if standing.starts_at is not None and standing.now < standing.starts_at:
        yield Refusal(Reason.STARTS_LATER, until=standing.starts_at)


def within_first_run(standing: Standing) -> Refusals:
    """The cadence runs for everybody by now, or is tried with few people and has a place left."""
    most, begun = standing.room.most_at_first, standing.room.begun_at_first
    if most is not None and begun >= most:
        yield Refusal(Reason.FIRST_RUN_LIMIT, f"{begun} of {most}")


def has_room(standing: Standing) -> Refusals:
    """The cadence lets one more person in, and nobody who came earlier still waits."""
    throttle, room, now = standing.throttle, standing.room, standing.now
    if throttle.max_active is not None and room.active >= throttle.max_active:
        detail = f"{room.active} of {throttle.max_active} are active"
        yield Refusal(Reason.THROTTLED, detail)
    most = throttle.new_per_day
    if most is not None and counted(room.activated, DAY, now) >= most:
        detail = f"{counted(room.activated, DAY, now)} of {most} new in 24 hours"
        yield Refusal(Reason.THROTTLED, detail, room_at(room.activated, DAY, Level(most), now))
    if room.waiting and (throttle.max_active is not None or most is not None):
        yield Refusal(Reason.THROTTLED, "others came earlier")


def _days_after(standing: Standing, at: datetime, days: int) -> datetime:
    return add_delay(at, Delay(days, Unit.DAYS), standing.workdays)
