"""What an event means, by who says it to whom."""

from typing import Any

import pytest

from sequencer.domain.booking import BookingKind
from sequencer.domain.prospect import Prospect
from sequencer.engine.calendar_meaning import Follows, Meaning, Question, meaning_of
from sequencer.engine.calendar_parties import Parties, is_room, organiser_of
from sequencer.mail.calendar_event import CalendarEvent
from sequencer.mail.calendar_person import CalendarPerson
from sequencer.store.prospects import StoredProspect

ANA, ZOE, ADA = "ana@seller.example", "zoe@bank.example", "ada@bank.example"
BOSS, ROOM = "boss@bank.example", "room5@bank.example"
PEOPLE = {
    ZOE: StoredProspect(1, Prospect(ZOE)),
    ADA: StoredProspect(2, Prospect(ADA)),
}


def someone(address: str, answer: str = "", **changes: Any) -> CalendarPerson:
    return CalendarPerson(address, answer=answer, **changes)


def parties(*senders: str, **changes: Any) -> Parties:
    known: dict[str, Any] = {
        "own_keys": frozenset({ANA}),
        "own_domains": frozenset({"seller.example"}),
        "people": PEOPLE,
        "companies": frozenset({"bank.example"}),
        "senders": senders,
    }
    return Parties(**(known | changes))


def meant(
    method: str, organiser: str, *asked: CalendarPerson, sender: str = ZOE, **changes: Any
) -> Meaning:
    host = CalendarPerson(organiser) if organiser else None
    known = {name: changes.pop(name) for name in ("person", "known") if name in changes}
    event = CalendarEvent(method, "1", organiser=host, attendees=asked, **changes)
    return meaning_of(Question(event, parties(sender), **known))


@pytest.mark.parametrize(
    ("event", "follows"),
    [
        (CalendarEvent("REQUEST"), Follows.DOUBTFUL),
        (CalendarEvent("REPLY", "1"), Follows.DOUBTFUL),
        (CalendarEvent("DECLINECOUNTER", "1"), Follows.NOTHING),
        (CalendarEvent("REQUEST", "1"), Follows.ASK),
        (CalendarEvent("CANCEL", "1"), Follows.ASK),
    ],
)
def test_too_little(event: CalendarEvent, follows: Follows) -> None:
    """Without a UID nothing can be known of a meeting, and without people no more than that."""
    assert meaning_of(Question(event, parties())).follows is follows


def test_another_answer() -> None:
    """An answer that is none is for a person."""
    assert meant("REPLY", ANA, someone(ZOE, "NEEDS-ACTION")).follows is Follows.ASK
    assert meant("REPLY", ANA, someone(ZOE, "IN-PROCESS")).follows is Follows.ASK


def test_a_tool_with_nobody_known() -> None:
    """A tool's booking by somebody whom we do not know is none of ours."""
    who = someone("who@mill.example")
    found = meant("REQUEST", ANA, who, sender="notifications@calendly.com")
    assert found.follows is Follows.ASK
    own = meant("REQUEST", ZOE, someone(ANA), sender="x@mailer.cal.com", product="-//x//EN")
    assert (own.kind, own.email) == (BookingKind.BOOKED, ZOE)


def test_holidays() -> None:
    """Who sends round when they are away has not booked; a day on which we are wanted is booked."""
    away = meant("REQUEST", ZOE, someone(ANA), is_day=True, is_free=True)
    assert away.follows is Follows.DOUBTFUL
    for day, free in ((True, False), (False, True)):
        found = meant("REQUEST", ZOE, someone(ANA), is_day=day, is_free=free)
        assert found.kind is BookingKind.BOOKED


def test_a_colleague() -> None:
    """Who is at the prospect's company has booked for them, by the thread or by the guests."""
    alone = meant("REQUEST", BOSS, someone(ANA), sender=BOSS)
    assert (alone.kind, alone.who, alone.email) == (BookingKind.BOOKED, None, BOSS)
    thread = meant("REQUEST", BOSS, someone(ANA), sender=BOSS, person=PEOPLE[ADA])
    assert (thread.email, thread.guests, thread.hosts) == (ADA, (), (ANA,))
    cancelled = meant("CANCEL", BOSS, someone(ANA), sender=BOSS, person=PEOPLE[ADA])
    assert (cancelled.email, cancelled.cancelled_by) == (ADA, "invitee")


def test_known_before() -> None:
    """What was told of a meeting says whose it is, where a mail does not."""
    found = meant("CANCEL", "who@mill.example", someone(ANA), known=PEOPLE[ZOE])
    assert (found.kind, found.email, found.cancelled_by) == (BookingKind.CANCELLED, ZOE, "")
    other = someone("boss@bank.example", "ACCEPTED")
    found = meant("REPLY", ANA, other, sender=BOSS, known=PEOPLE[ZOE])
    assert (found.kind, found.email, found.guests) == (BookingKind.BOOKED, ZOE, (BOSS,))


def test_a_cancel_of_others() -> None:
    """That others call a meeting off to which a prospect was invited is not about us."""
    assert meant("CANCEL", "who@mill.example", someone(ZOE)).follows is Follows.ASK


def test_everybody_declined() -> None:
    """Our own invitation that everybody has declined says nothing new."""
    assert meant("REQUEST", ANA, someone(ZOE, "DECLINED"), sender=ANA).follows is Follows.NOTHING
    one = meant("REQUEST", ANA, someone(ZOE, "DECLINED"), someone(ADA, "ACCEPTED"), sender=ANA)
    assert (one.kind, one.email) == (BookingKind.BOOKED, ADA)
    none = meant("REQUEST", ANA, someone("who@mill.example"), sender=ANA)
    assert none.follows is Follows.NOTHING


def test_rooms() -> None:
    """A room says nothing of people, by its kind, by its name, or as Google's resource."""
    kind = someone(ROOM, "ACCEPTED", kind="ROOM")
    assert meant("REPLY", ANA, kind, sender=ROOM).follows is Follows.NOTHING
    assert meant("REPLY", ANA, kind, sender=ZOE).follows is Follows.NOTHING
    named = someone("x@bank.example", "ACCEPTED", name="Konferenzraum 2")
    assert meant("REPLY", ANA, named, sender="x@bank.example").follows is Follows.NOTHING
    assert is_room(CalendarPerson("c_1@resource.calendar.google.com"))
    assert not is_room(CalendarPerson("zoe.broome@bank.example", "Zoe Broome"))
    with_room = meant("REQUEST", ZOE, someone(ANA), kind, someone("tom@bank.example"))
    assert with_room.guests == ("tom@bank.example",)


def test_a_rep() -> None:
    """A rep answers us, or a prospect; only their no to a prospect says something."""
    assert meant("REPLY", ANA, someone(ANA, "ACCEPTED"), sender=ANA).follows is Follows.REP
    assert meant("REPLY", ZOE, someone(ANA, "ACCEPTED"), sender=ANA).follows is Follows.NOTHING
    no = meant("REPLY", ZOE, someone(ANA, "DECLINED"), sender=ANA)
    assert (no.kind, no.email) == (BookingKind.REJECTED, ZOE)


def test_who_of_several_answers() -> None:
    """Of several whom an answer names, whoever sent it is meant."""
    found = meant("REPLY", ANA, someone(ADA, "DECLINED"), someone(ZOE, "ACCEPTED"), sender=ZOE)
    assert (found.kind, found.email) == (BookingKind.BOOKED, ZOE)


def test_whose_meeting() -> None:
    """Where the object names only a calendar, it is that of whoever sent it."""
    group = CalendarPerson("c_1@group.calendar.google.com")
    event = CalendarEvent("REQUEST", "1", organiser=group)
    found = organiser_of(event, parties(ZOE))
    assert found is not None
    assert found.address == ZOE
    assert organiser_of(event, parties()) is None
