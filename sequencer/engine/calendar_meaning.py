"""What does an event in a calendar mail mean to us: a booking, a refusal, nothing at all?

By who says it. That a mail is from whom it says it is, nobody proves: what follows is the silent
side, and the meeting counts as not verified.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sequencer.domain.booking import BookingKind, By
from sequencer.engine.calendar_parties import Parties, is_room, organiser_of
from sequencer.mail.calendar_event import CalendarEvent, MeetingStatus
from sequencer.mail.calendar_person import CalendarPerson
from sequencer.store.prospects import StoredProspect

MOST_GUESTS: Final = 20
_COMES: Final = frozenset({"ACCEPTED", "DELEGATED"})
_ANSWERS: Final = {
    "ACCEPTED": BookingKind.BOOKED,
    "DELEGATED": BookingKind.BOOKED,
    "TENTATIVE": BookingKind.REQUESTED,
    "DECLINED": BookingKind.REJECTED,
}


class Follows(StrEnum):
    """What there is to do."""

    NOTHING = "nothing"
    ASK = "ask"  # a person, where the mail is sure to be for us
    DOUBTFUL = "doubtful"  # a person, however the mail is known
    REP = "rep"  # a rep of ours has answered
    MEETING = "meeting"  # something is told of a meeting
    MAYBE = "maybe"  # the same, and a person has to make it certain
    COUNTER = "counter"  # the same, and a person has to answer


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event means.

    Attributes:
        kind: what is told of the meeting, where something is.
        who: the prospect whose meeting it is.
        email: their address; that of a colleague, where only the company is known.
        guests: who else is invited, or comes.
        hosts: our people in it.
        answer: PARTSTAT of whoever answers.
        by_us: whether one of our own people told it.
        tells_zone: whether its zone is the prospect's.
    """

    follows: Follows
    kind: BookingKind = BookingKind.OTHER
    who: StoredProspect | None = None
    email: str = ""
    name: str = ""
    guests: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    answer: str = ""
    cancelled_by: str = ""
    by_us: bool = False
    tells_zone: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """An event, and what is known around it.

    Attributes:
        person: whom the mail belongs to for certain, by the thread that it is in.
        known: whose meeting it is, as was told of it before.
    """

    event: CalendarEvent
    parties: Parties
    person: StoredProspect | None = None
    known: StoredProspect | None = None

    @property
    def organiser(self) -> CalendarPerson | None:
        """Whose meeting it is."""
        return organiser_of(self.event, self.parties)

    def guests(self, but: str) -> tuple[str, ...]:
        """Who else is invited."""
        people = [each for each in self.event.attendees if not is_room(each)]
        others = [each for each in people if not self.parties.is_ours(each)]
        found = (each.address for each in others if each.address and each.address != but)
        return tuple(dict.fromkeys(found))[:MOST_GUESTS]

    def hosts(self) -> tuple[str, ...]:
        """Our own people."""
        everybody = [self.event.organiser, *self.event.attendees]
        ours = (each for each in everybody if each is not None and self.parties.is_ours(each))
        return tuple(dict.fromkeys(each.address for each in ours))[:MOST_GUESTS]

    def invited(self) -> StoredProspect | None:
        """The first prospect among those invited."""
        found = (self.parties.prospect(each.addresses) for each in self.event.attendees)
        return next((each for each in found if each is not None), None)


def meaning_of(question: Question) -> Meaning:
    """What the event means."""
    event = question.event
    if not event.uid or (event.method == "REPLY" and not event.attendees):
        return Meaning(Follows.DOUBTFUL)
    if event.method in _ANSWERING:
        return _answered(question)
    if event.meaning is MeetingStatus.CANCELLED:
        return _cancelled(question)
    if event.meaning is MeetingStatus.INVITED:
        return _invited(question)
    return Meaning(Follows.NOTHING)


_ANSWERING = frozenset({"REPLY", "COUNTER"})


def _answered(question: Question) -> Meaning:
    """Somebody answers an invitation: it was ours, or it is none of our business."""
    event, parties = question.event, question.parties
    answerer = _answerer(event, parties)
    who = _who_answers(question, answerer)
    if answerer is not None and answerer.is_place:
        return Meaning(Follows.NOTHING)
    if who is None:
        return _answered_by_other(question, answerer)
    organiser = event.organiser
    if organiser is not None and not _may_be_ours(question, organiser):
        return Meaning(Follows.ASK)
    return _of_answer(question, answerer, who)


def _answered_by_other(question: Question, answerer: CalendarPerson | None) -> Meaning:
    """A room, which says nothing of people; a rep of ours, to us or to a prospect; a stranger."""
    event, parties = question.event, question.parties
    if answerer is not None and is_room(answerer):
        return Meaning(Follows.NOTHING)
    host = parties.prospect(event.organiser.addresses) if event.organiser is not None else None
    answer = _answer(answerer)
    if host is None or not parties.is_ours(answerer):
        return Meaning(Follows.REP, answer=answer)
    if answer != "DECLINED":
        return Meaning(Follows.NOTHING)
    email, kind = host.prospect.email, BookingKind.REJECTED
    return Meaning(
        Follows.MEETING, kind, host, email, hosts=question.hosts(), answer=answer, by_us=True
    )


def _of_answer(question: Question, answerer: CalendarPerson | None, who: StoredProspect) -> Meaning:
    answer = _answer(answerer)
    if question.event.method == "COUNTER":
        kind, follows = BookingKind.ASKED_AGAIN, Follows.COUNTER
    elif answer in _ANSWERS:
        kind = _ANSWERS[answer]
        follows = Follows.MAYBE if answer == "TENTATIVE" else Follows.MEETING
    else:
        return Meaning(Follows.ASK, who=who)
    email = who.prospect.email
    others = _who_comes(question, answerer)
    return Meaning(
        follows,
        kind,
        who,
        email,
        name=answerer.name if answerer is not None else "",
        guests=tuple(each for each in others if each != email),
        hosts=question.hosts(),
        answer=answer,
        tells_zone=question.event.method == "COUNTER",
    )


def _who_comes(question: Question, answerer: CalendarPerson | None) -> tuple[str, ...]:
    """Those sent in the prospect's place, and whoever answers for them from an unknown address."""
    if answerer is None:
        return ()
    is_known = question.parties.prospect(answerer.addresses) is not None
    return (*answerer.delegated_to, *(() if is_known else answerer.addresses[:1]))


def _answerer(event: CalendarEvent, parties: Parties) -> CalendarPerson | None:
    """Who of those named answers: whoever sent the mail, else the first who says something."""
    said = [each for each in event.attendees if each.answer not in {"", "NEEDS-ACTION"}]
    direct = (each for each in said if parties.is_direct(each))
    return next(direct, None) or next(iter([*said, *event.attendees]), None)


def _who_answers(question: Question, answerer: CalendarPerson | None) -> StoredProspect | None:
    """The prospect who answers, be it through somebody else, or from another address."""
    parties = question.parties
    named = (*answerer.addresses, *answerer.delegated_from) if answerer is not None else ()
    found = parties.prospect(named) or parties.prospect(parties.senders)
    if found is not None or answerer is None:
        return found
    if parties.is_ours(answerer) or is_room(answerer):
        return None
    return question.person or question.known


def _may_be_ours(question: Question, organiser: CalendarPerson) -> bool:
    parties = question.parties
    return (
        parties.is_ours(organiser)
        or parties.is_of_tool(question.event)
        or question.known is not None
        or not organiser.address
    )


def _answer(answerer: CalendarPerson | None) -> str:
    return answerer.answer if answerer is not None else ""


def _cancelled(question: Question) -> Meaning:
    """Somebody calls a meeting off, or takes one person out of it."""
    organiser, parties = question.organiser, question.parties
    by_prospect = organiser is not None and _is_theirs(organiser, parties)
    who = (
        (parties.prospect(organiser.addresses) if organiser is not None else None)
        or question.invited()
        or question.known
        or (question.person if by_prospect else None)
    )
    if who is None:
        return Meaning(Follows.ASK)
    by_us = parties.is_ours(organiser)
    by_tool = parties.is_of_tool(question.event)
    if not (by_prospect or by_us or by_tool or question.known is not None):
        return Meaning(Follows.ASK)
    by = "" if by_tool else By.INVITEE if by_prospect else By.HOST if by_us else ""
    email = who.prospect.email
    kind, guests = BookingKind.CANCELLED, question.guests(email)
    return Meaning(
        Follows.MEETING,
        kind,
        who,
        email,
        guests=guests,
        hosts=question.hosts(),
        cancelled_by=by,
        by_us=by_us,
    )


def _invited(question: Question) -> Meaning:
    """A tool's booking, our own invitation, or that of a prospect or a colleague of theirs."""
    organiser, parties = question.organiser, question.parties
    if parties.is_of_tool(question.event):
        return _by_tool(question)
    if organiser is not None and parties.is_ours(organiser):
        return _by_us(question)
    if organiser is None or not _is_theirs(organiser, parties):
        return Meaning(Follows.ASK)
    return _by_them(question, organiser)


def _by_tool(question: Question) -> Meaning:
    organiser = question.event.organiser
    host = question.parties.prospect(organiser.addresses) if organiser is not None else None
    who = question.invited() or host
    return _booked(question, who) if who is not None else Meaning(Follows.ASK)


def _by_them(question: Question, organiser: CalendarPerson) -> Meaning:
    if not _is_for_us(question, organiser):
        return Meaning(Follows.ASK)
    if question.event.is_absence:
        return Meaning(Follows.DOUBTFUL)
    who = question.parties.prospect(organiser.addresses) or question.invited() or question.person
    if who is not None:
        return _booked(question, who)
    return _booked_by_colleague(question, organiser)


def _booked(question: Question, who: StoredProspect) -> Meaning:
    email = who.prospect.email
    people = [each for each in (question.event.organiser, *question.event.attendees) if each]
    own = (each.name for each in people if question.parties.prospect(each.addresses) == who)
    return Meaning(
        Follows.MEETING,
        BookingKind.BOOKED,
        who,
        email,
        name=next(own, ""),
        guests=question.guests(email),
        hosts=question.hosts(),
        tells_zone=not question.parties.is_ours(question.event.organiser),
    )


def _booked_by_colleague(question: Question, organiser: CalendarPerson) -> Meaning:
    """Of whom only the company is known: whose meeting it is, others find out, or ask."""
    return Meaning(
        Follows.MEETING,
        BookingKind.BOOKED,
        email=organiser.address,
        name=organiser.name,
        guests=question.guests(organiser.address),
        hosts=question.hosts(),
        tells_zone=True,
    )


def _by_us(question: Question) -> Meaning:
    """Our own invitation, as a copy tells of it, with what the prospect has answered until then."""
    people = list(_prospects_in(question))
    coming = [each for each in people if each[1].answer in _COMES]
    undecided = [each for each in people if each[1].answer != "DECLINED"]
    if not undecided:
        return Meaning(Follows.NOTHING)
    who, person = (coming or undecided)[0]
    email = who.prospect.email
    return Meaning(
        Follows.MEETING,
        BookingKind.BOOKED if coming else BookingKind.REQUESTED,
        who,
        email,
        name=person.name,
        guests=question.guests(person.address),
        hosts=question.hosts(),
        by_us=True,
    )


def _prospects_in(question: Question) -> Iterator[tuple[StoredProspect, CalendarPerson]]:
    for each in question.event.attendees:
        who = question.parties.prospect(each.addresses)
        if who is not None:
            yield who, each


def _is_theirs(person: CalendarPerson, parties: Parties) -> bool:
    return parties.prospect(person.addresses) is not None or parties.is_colleague(person)


def _is_for_us(question: Question, organiser: CalendarPerson) -> bool:
    """Whether somebody of ours is invited; what was only passed on is no meeting with us."""
    invited = any(question.parties.is_ours(each) for each in question.event.attendees)
    return invited or question.parties.is_direct(organiser)
