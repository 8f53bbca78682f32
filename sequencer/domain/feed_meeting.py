"""Is an event in a rep's calendar a meeting with a prospect, and how does it stand?"""

from collections.abc import Collection
from dataclasses import dataclass

from sequencer.domain.address import key_of
from sequencer.domain.booking import BookingKind, By
from sequencer.domain.feed import FeedEvent, Guest

MOST_PEOPLE = 50  # who are invited: with more it is a webinar, and no meeting
MOST_GUESTS = 100

_NOBODY = "calendar.google.com"  # where calendars and rooms have their addresses
_YES = frozenset({"ACCEPTED", "DELEGATED"})
_SILENT = frozenset({"", "NEEDS-ACTION"})
_ORDER = (BookingKind.BOOKED, BookingKind.REQUESTED, BookingKind.REJECTED)  # the best first


@dataclass(frozen=True, slots=True)
class FeedMeeting:
    """A meeting as a calendar has it.

    Attributes:
        email: of the prospect.
        guests: of the others who have not declined, our own people left out.
        by: who cancelled it, where it is cancelled.
        is_sure: whether it is more than an invitation that lies in the calendar unanswered: many
            calendars take in whatever anybody sends.
    """

    event: FeedEvent
    kind: BookingKind
    email: str
    name: str = ""
    guests: tuple[str, ...] = ()
    by: str = ""
    is_sure: bool = True


def outsiders(event: FeedEvent, ours: Collection[str]) -> list[Guest]:
    """Who takes part and is none of ours; whoever sent the invitation comes, and comes first.

    Args:
        event: the event.
        ours: address keys of our reps and mailboxes.
    """
    found: dict[str, Guest] = {}
    for each in (Guest(event.organizer, answer="ACCEPTED"), *event.guests):
        key = key_of(each.address)
        if key and key not in ours and each.is_person and not key.endswith(_NOBODY):
            before = found.get(key)
            found[key] = each if before is None else _named(before, each)
    return list(found.values())


def meeting_in(
    event: FeedEvent, known: Collection[str], ours: Collection[str], own: Collection[str]
) -> FeedMeeting | None:
    """The meeting that an event is; None where no prospect takes part.

    Args:
        event: the event.
        known: address keys of those who are prospects.
        ours: address keys of all our reps and mailboxes.
        own: those of the rep whose calendar it is.
    """
    people = outsiders(event, ours)
    prospects = [each for each in people if key_of(each.address) in known]
    if not prospects or len(people) > MOST_PEOPLE:
        return None
    standing = {each.address: _standing(each, event, ours) for each in prospects}
    best = min(prospects, key=lambda each: _ORDER.index(standing[each.address]))
    kind, by = standing[best.address], ""
    if event.is_cancelled or has_declined(event, own):
        kind = BookingKind.CANCELLED
        is_theirs = event.is_cancelled and key_of(event.organizer) in known
        by = By.INVITEE if is_theirs else By.HOST
    coming = [each.address for each in people if each is not best and each.answer != "DECLINED"]
    guests = () if kind is BookingKind.REJECTED else tuple(coming[:MOST_GUESTS])
    is_sure = key_of(event.organizer) in ours or not _is_unanswered(event, own)
    return FeedMeeting(event, kind, best.address, best.name, guests, by, is_sure)


def has_declined(event: FeedEvent, own: Collection[str]) -> bool:
    """Whether the rep whose calendar it is has said no."""
    return any(each.answer == "DECLINED" and key_of(each.address) in own for each in event.guests)


def _is_unanswered(event: FeedEvent, own: Collection[str]) -> bool:
    """Whether the rep whose calendar it is was invited, and has said nothing."""
    return any(each.answer in _SILENT and key_of(each.address) in own for each in event.guests)


def _named(first: Guest, again: Guest) -> Guest:
    return Guest(first.address, first.name or again.name, first.answer)


def _standing(guest: Guest, event: FeedEvent, ours: Collection[str]) -> BookingKind:
    if guest.answer == "DECLINED":
        return BookingKind.REJECTED
    if guest.answer in _YES or event.by_tool:
        return BookingKind.BOOKED
    is_our_invitation = key_of(event.organizer) in ours
    if guest.answer == "TENTATIVE" or is_our_invitation:
        return BookingKind.REQUESTED
    return BookingKind.BOOKED
