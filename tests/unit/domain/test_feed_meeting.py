from dataclasses import replace

import pytest
from builders import NOON

from sequencer.domain.booking import BookingKind, By
from sequencer.domain.feed import FeedEvent, Guest, Window
from sequencer.domain.feed_meeting import MOST_PEOPLE, has_declined, meeting_in, outsiders

REP, ZOE, ADA = "marta@seller.example", "zoe@bank.example", "ada@bank.example"
OURS, KNOWN = {REP, "ana@seller.example"}, {ZOE, ADA}
EVENT = FeedEvent("u1", NOON, NOON, organizer=REP)
K = BookingKind


def kind(organizer: str, *guests: Guest, by_tool: bool = False) -> BookingKind | None:
    event = replace(EVENT, organizer=organizer, guests=guests, by_tool=by_tool)
    found = meeting_in(event, KNOWN, OURS, {REP})
    return found.kind if found is not None else None


@pytest.mark.parametrize(
    ("answer", "ours", "by_tool", "theirs"),
    [
        ("ACCEPTED", K.BOOKED, K.BOOKED, K.BOOKED),
        ("DELEGATED", K.BOOKED, K.BOOKED, K.BOOKED),
        ("TENTATIVE", K.REQUESTED, K.BOOKED, K.REQUESTED),
        ("NEEDS-ACTION", K.REQUESTED, K.BOOKED, K.BOOKED),
        ("", K.REQUESTED, K.BOOKED, K.BOOKED),
        ("DECLINED", K.REJECTED, K.REJECTED, K.REJECTED),
    ],
)
def test_what_an_answer_makes_of_a_meeting(
    answer: str, ours: BookingKind, by_tool: BookingKind, theirs: BookingKind
) -> None:
    """An unanswered invitation of ours waits; who took a time of a tool has said yes to it."""
    zoe = Guest(ZOE, "Zoe", answer)
    assert kind(REP, zoe) is ours
    assert kind(REP, zoe, by_tool=True) is by_tool
    assert kind("somebody@bank.example", zoe) is theirs


def test_a_prospect_who_invites_comes() -> None:
    """Whatever stands beside their name, and also where they are not among the guests."""
    assert kind(ZOE) is K.BOOKED
    assert kind(ZOE, Guest(REP, "", "ACCEPTED"), Guest(ZOE, "", "NEEDS-ACTION")) is K.BOOKED


def test_nobody_that_we_know() -> None:
    """No prospect, no meeting: neither rooms, nor ourselves, nor a crowd."""
    assert kind(REP, Guest("x@else.example")) is None
    assert kind(REP, Guest(ZOE, is_person=False)) is None
    group = replace(EVENT, organizer="c_1@group.calendar.google.com", guests=(Guest(ZOE),))
    assert [each.address for each in outsiders(group, OURS)] == [ZOE]
    assert kind(REP, Guest("ana@seller.example")) is None
    crowd = [Guest(f"p{number}@else.example") for number in range(MOST_PEOPLE)]
    assert kind(REP, Guest(ZOE), *crowd) is None
    assert kind(REP, Guest(ZOE), *crowd[:-1]) is K.REQUESTED


def test_the_best_answer_counts() -> None:
    """Of several prospects the one who comes is met; who does not is no guest either."""
    guests = (Guest(ZOE, "Zoe", "DECLINED"), Guest(ADA, "Ada", "ACCEPTED"), Guest("x@else.example"))
    found = meeting_in(replace(EVENT, guests=guests), KNOWN, OURS, {REP})
    assert found is not None
    assert (found.kind, found.email, found.guests) == (K.BOOKED, ADA, ("x@else.example",))
    alone = meeting_in(replace(EVENT, guests=(guests[0], guests[2])), KNOWN, OURS, {REP})
    assert alone is not None
    assert (alone.kind, alone.guests) == (K.REJECTED, ())


def test_who_cancels() -> None:
    """Whoever had invited; a rep who declines cancels as well."""
    zoe, cancelled = Guest(ZOE, "", "ACCEPTED"), replace(EVENT, is_cancelled=True)
    ours = meeting_in(replace(cancelled, guests=(zoe,)), KNOWN, OURS, {REP})
    theirs = meeting_in(replace(cancelled, organizer=ZOE), KNOWN, OURS, {REP})
    no = Guest(REP, "", "DECLINED")
    declined = meeting_in(replace(EVENT, organizer=ZOE, guests=(no,)), KNOWN, OURS, {REP})
    assert [each and (each.kind, each.by) for each in (ours, theirs, declined)] == [
        (K.CANCELLED, By.HOST),
        (K.CANCELLED, By.INVITEE),
        (K.CANCELLED, By.HOST),
    ]
    assert has_declined(replace(EVENT, guests=(no,)), {REP})
    assert not has_declined(replace(EVENT, guests=(no,)), {"ana@seller.example"})


def test_one_person_is_named_once() -> None:
    """By any spelling of the address, with the name that is told."""
    guests = (Guest("ZOE@bank.example", "Zoe", "NEEDS-ACTION"), Guest("no address"))
    (found,) = outsiders(replace(EVENT, organizer=ZOE, guests=guests), OURS)
    assert found == Guest(ZOE, "Zoe", "ACCEPTED")


def test_a_key_for_each_instance() -> None:
    """What repeats is told apart; what is within the window touches it."""
    assert EVENT.key == "u1"
    assert replace(EVENT, instance="20260303T120000Z").key == "u1/20260303T120000Z"
    window = Window(NOON, NOON)
    assert not window.touches(NOON, NOON)
