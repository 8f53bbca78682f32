"""Offer a meeting to a rep, to the next one, to a certain one; take it back; tell of a change."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sequencer.domain.assignment import Choice, Decision
from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.delay import add_delay
from sequencer.domain.handover import WITH_SOMEBODY, HandoverEvent, HandoverState
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.handover_record import from_json, others_of, with_others
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.domain.task import TaskKind
from sequencer.domain.workdays import SATURDAY_AND_SUNDAY, Workdays
from sequencer.engine.assignment import days_off, decide_rep
from sequencer.engine.desk import Desk
from sequencer.engine.handover_mail import Telling, end_key, has_heard, request_key, tell
from sequencer.engine.handover_story import record_of
from sequencer.engine.handover_trouble import TITLE
from sequencer.engine.matter import bring_up
from sequencer.engine.tasks import Matter, close_matters
from sequencer.files.holiday_book import PublicHolidays
from sequencer.mail.handover_letter import News
from sequencer.store import handovers, ledger, meetings, notices
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover, NewHandover
from sequencer.store.meetings import Meeting

MOST_NAMED: Final = 10  # reps of whom it is told why they cannot
NOBODY: Final = "Find somebody for the meeting"
_DOMAIN: Final = "handover.sequencer.invalid"  # of a UID where no mailbox has one
_PASSED: Final = frozenset({HandoverState.REFUSED, HandoverState.LAPSED})


def is_wanted(desk: Desk, meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting is to be handed over at all."""
    return (
        bool(desk.policy.handover.to)
        and meeting.state is MeetingState.BOOKED
        and meeting.verified
        and meeting.prospect_id is not None
        and not meeting.left_out
        and meeting.moved_to is None
        and (meeting.starts_at is None or meeting.starts_at > now)
    )


def held(connection: Connection, meeting_id: int) -> list[Handover]:
    """Handovers of a meeting that are with somebody, in the order they were made."""
    every = handovers.of_meeting(connection, meeting_id)
    return [each for each in every if each.state in WITH_SOMEBODY]


def offer_next(
    connection: Connection,
    desk: Desk,
    meeting: Meeting,
    now: datetime,
    but: Collection[str] = (),
) -> bool:
    """Whether a meeting was offered to whom the settings find; a person is asked where nobody is.

    Who has not taken it at its present time is not asked again, nor are those in `but`.
    """
    every = handovers.of_meeting(connection, meeting.id)
    at = meeting.starts_at
    passed = [
        each for each in every if each.state in _PASSED and from_json(each.record).starts_at == at
    ]
    decided = decide_rep(connection, desk, meeting, {*but, *(each.rep for each in passed)}, now)
    if decided.choice is None:
        moved = [
            each for each in every if each.state is HandoverState.LAPSED and each not in passed
        ]
        clear(connection, desk, moved, News.PASSED_ON, "The meeting is at another time", now)
        _ask_somebody(connection, meeting, decided, now)
        return False
    offer_to(connection, desk, meeting, decided.choice, now)
    return True


def offer_to(
    connection: Connection,
    desk: Desk,
    meeting: Meeting,
    choice: Choice,
    now: datetime,
    after: Handover | None = None,
) -> Handover:
    """Offer a meeting to that rep, who may have been told of it as another one that was moved."""
    rep, policy = choice.rep, desk.policy.handover
    every = handovers.of_meeting(connection, meeting.id)
    clear(connection, desk, every, News.PASSED_ON, "Somebody else was asked", now)
    key = _new_key(desk, meeting, rep, every)
    new = NewHandover(
        key=key,
        meeting_id=meeting.id,
        rep=rep.name,
        because=choice.because,
        uid=after.uid if after else f"{key}@{_uid_domain(desk)}",
        revision=after.revision + 1 if after else 0,
        record=with_others(record_of(connection, desk, meeting, rep, now), choice.passed_over),
        answer_by_at=answer_by(policy, rep, meeting.starts_at, now),
        remind_at=next_reminder(policy, meeting.starts_at, now),
    )
    number = handovers.add(connection, new, now)
    note(connection, meeting, f"offered to {choice.because or rep.name}", now)
    settle_asking(connection, meeting, f"offered to {rep.name}", now)
    offered = _get(connection, number)
    because = f"Why you: {choice.because}." if choice.because else ""
    news, known_by = News.MOVED if after else News.OFFER, request_key(offered, offered.revision)
    tell(connection, desk, Telling(offered, rep, news, known_by, because), now)
    return offered


def tell_change(
    connection: Connection, desk: Desk, handover: Handover, meeting: Meeting, now: datetime
) -> None:
    """Tell whoever has a meeting that it is at another time or place.

    At another time it is offered anew; who does not like the new time may give it back.
    """
    rep, policy = desk.policy.reps.get(handover.rep), desk.policy.handover
    known = from_json(handover.record)
    if rep is None:
        if (known.starts_at, known.ends_at) != (meeting.starts_at, meeting.ends_at):
            _ask_to_tell(connection, handover, meeting, "the meeting was moved", now)
        return
    record = record_of(connection, desk, meeting, rep, now)
    moved = (known.starts_at, known.ends_at) != (record.starts_at, record.ends_at)
    if not moved and (known.place, known.link) == (record.place, record.link):
        return
    knows = has_heard(connection, handover)
    revision = handover.revision + 1
    values = {"record": with_others(record, others_of(handover.record)), "revision": revision}
    if moved:
        handovers.move(
            connection,
            handover.id,
            HandoverEvent.CHANGE,
            offered_at=now,
            answer_by_at=answer_by(policy, rep, meeting.starts_at, now),
            remind_at=next_reminder(policy, meeting.starts_at, now),
            answered_at=None,
            note="",
            **values,
        )
    else:
        handovers.keep(connection, handover.id, **values)
    note(connection, meeting, f"{'moved' if moved else 'changed'}, with {rep.name}", now)
    if record.starts_at is None or record.starts_at > now:
        news = (News.MOVED if moved else News.CHANGED) if knows else News.OFFER
        fresh = _get(connection, handover.id)
        tell(connection, desk, Telling(fresh, rep, news, request_key(fresh, revision)), now)


def withdraw(
    connection: Connection,
    desk: Desk,
    handover: Handover,
    news: News,
    why: str,
    now: datetime,
) -> bool:
    """Whether a meeting was taken back from whoever has it; they are told, if they knew of it."""
    if not handovers.move(connection, handover.id, HandoverEvent.WITHDRAW, note=why):
        return False
    tell_end(connection, desk, handover, news, why, now)
    return True


def tell_end(
    connection: Connection,
    desk: Desk,
    handover: Handover,
    news: News,
    why: str,
    now: datetime,
) -> None:
    """Take a meeting out of a rep's calendar, if they knew of it."""
    rep = desk.policy.reps.get(handover.rep)
    if not has_heard(connection, handover):
        return
    if rep is None:
        meeting = meetings.get(connection, handover.meeting_id)
        if meeting is not None:
            _ask_to_tell(connection, handover, meeting, why, now)
        return
    revision = handover.revision + 1
    handovers.keep(connection, handover.id, revision=revision)
    ended = replace(handover, revision=revision, answer_by_at=None)
    tell(connection, desk, Telling(ended, rep, news, end_key(handover), f"{why}."), now)


def clear(
    connection: Connection,
    desk: Desk,
    every: Iterable[Handover],
    news: News,
    why: str,
    now: datetime,
) -> None:
    """Take a meeting out of the calendars of those who did not answer, where it was left."""
    for each in every:
        if each.state is HandoverState.LAPSED and not notices.fates(connection, [end_key(each)]):
            tell_end(connection, desk, each, news, why, now)


def answer_by(
    policy: HandoverPolicy, rep: Rep, starts_at: datetime | None, now: datetime
) -> datetime | None:
    """Until when a rep has time to answer: as the settings say, but half way to the meeting."""
    if policy.answer_within is None:
        return None
    try:
        at = add_delay(now, policy.answer_within, _workdays(rep))
    except NeverOpenError:
        at = now + timedelta(days=policy.answer_within.amount)
    return at if starts_at is None else min(at, now + (starts_at - now) / 2)


def next_reminder(
    policy: HandoverPolicy, starts_at: datetime | None, now: datetime
) -> datetime | None:
    """When a rep is reminded of a meeting next; None for no more."""
    instants = [starts_at - each for each in policy.remind_before] if starts_at else []
    return min((at for at in instants if at > now), default=None)


def note(connection: Connection, meeting: Meeting, detail: str, now: datetime) -> None:
    """Write into the person's timeline."""
    entry = Entry(
        at=now,
        kind=Kind.HANDOVER,
        detail=f"{detail} (meeting {meeting.id})",
        prospect_id=meeting.prospect_id,
        enrollment_id=meeting.enrollment_id,
    )
    ledger.write(connection, entry)


def settle_asking(
    connection: Connection,
    meeting: Meeting,
    why: str,
    now: datetime,
    titles: tuple[str, ...] = (NOBODY, TITLE),
) -> None:
    """Close what a person was asked about a handover that somebody has cared for."""
    if meeting.prospect_id is not None:
        close_matters(connection, meeting.prospect_id, TaskKind.REVIEW, titles, why, now)


def _ask_somebody(
    connection: Connection, meeting: Meeting, decided: Decision, now: datetime
) -> None:
    """Bring a meeting that no rep is found for before the inside rep, with the reasons."""
    reasons = "; ".join(f"{name}: {why}" for name, why in decided.passed_over[:MOST_NAMED])
    why = f" {reasons}." if reasons else ""
    about = (
        f"Nobody can be found to take meeting {meeting.id}.{why} "
        f"`sequencer handover offer {meeting.id} --rep NAME` offers it to somebody."
    )
    if meeting.prospect_id is not None:
        bring_up(connection, meeting.prospect_id, Matter(TaskKind.REVIEW, NOBODY, about), now)
        note(connection, meeting, "nobody was found to take it", now)


def _ask_to_tell(
    connection: Connection, handover: Handover, meeting: Meeting, why: str, now: datetime
) -> None:
    """Have a person tell a rep who is gone from the settings, and cannot be written to."""
    about = (
        f"{handover.rep} has meeting {meeting.id}, and is not in the settings any more: {why}. "
        f"`sequencer handover offer {meeting.id} --rep NAME` offers it to somebody else."
    )
    if meeting.prospect_id is not None:
        bring_up(connection, meeting.prospect_id, Matter(TaskKind.REVIEW, TITLE, about), now)


def _workdays(rep: Rep) -> Workdays:
    holidays = PublicHolidays(rep.country, rep.subdivision)
    weekend = holidays.weekend if rep.country else SATURDAY_AND_SUNDAY
    return Workdays(rep.tz, weekend, days_off(rep))


def _new_key(desk: Desk, meeting: Meeting, rep: Rep, before: Collection[Handover]) -> str:
    """What nobody can guess, and what is the same wherever the same offer is made."""
    parts = (meeting.source, meeting.meeting_key, rep.name, str(len(before)), desk.policy.salt)
    joined = "".join(f"{len(part)}:{part}" for part in ("handover", *parts))
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:32]


def _uid_domain(desk: Desk) -> str:
    """A domain of ours: a UID is to be unique in the world (RFC 7986 section 5.3)."""
    own = sorted(each.address.rpartition("@")[2] for each in desk.policy.mailboxes.values())
    return own[0] if own and own[0].isascii() else _DOMAIN


def _get(connection: Connection, number: int) -> Handover:
    found = handovers.find(connection, number)
    if found is None:
        raise AssertionError  # it was just written
    return found
