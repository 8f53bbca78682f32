"""Calendar mails: whatever the bytes, a value comes of them; whatever the order, one meeting."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON
from calendar_mails import ANA, CLIENTS, STARTS, ZOE, Said, google, outlook, reply, request
from hypothesis import given
from hypothesis import strategies as st
from stage import a_policy
from steps import grows_linearly

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import MeetingState, meeting_now
from sequencer.domain.prospect import Prospect
from sequencer.engine.calendar_mail import CalendarMail, booking_event
from sequencer.engine.calendar_meaning import Question, meaning_of
from sequencer.engine.calendar_parties import Parties
from sequencer.engine.desk import Desk
from sequencer.files.language_rules import load_rules
from sequencer.mail.body_text import Part
from sequencer.mail.calendar_event import CalendarEvent
from sequencer.mail.calendar_part import read_calendar
from sequencer.mail.calendar_stamp import LAST_YEAR
from sequencer.mail.classify import classify
from sequencer.store.prospects import StoredProspect

RULES = load_rules()
DESK = Desk(a_policy())
MOVED = STARTS + timedelta(days=1)
LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VALARM",
        "METHOD:REQUEST",
        "METHOD:REPLY",
        "UID:1",
        "TZID:Custom",
        "TZOFFSETTO:+0100",
        "TZOFFSETTO:+99",
        "DTSTART:16010101T030000",
        "DTSTART:00010101T000000",
        "DTSTART;TZID=Custom:99991231T235959",
        "DTSTART;TZID=Custom:20270305T090000",
        "DTSTART;VALUE=DATE:20270305",
        "DTEND;TZID=Europe/Berlin:00010101T000000",
        "DURATION:P9999W",
        "RRULE:FREQ=YEARLY;BYDAY=5SU;BYMONTH=2",
        "RRULE:FREQ=SECONDLY;COUNT=999999999",
        "RECURRENCE-ID;TZID=../../x:20270305T090000",
        "SEQUENCE:-5",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:zoe@bank.example",
        'ORGANIZER;CN="open:mailto:x',
        " folded \udc80",
    ]
)


def events(content: bytes) -> tuple[CalendarEvent, ...]:
    return read_calendar((Part("text/calendar", {"method": "REQUEST"}, content),))


def is_sound(found: tuple[CalendarEvent, ...]) -> None:
    for event in found:
        for at in (event.starts_at, event.ends_at, event.stamped_at):
            assert at is None or (at.tzinfo is UTC and at.year <= LAST_YEAR + 2)
        assert event.key.startswith(event.uid)


@given(st.lists(LINES, max_size=60))
def test_any_lines(lines: list[str]) -> None:
    """Lines in any order, closed or not, end in events with times that can be stored."""
    is_sound(events("\r\n".join(lines).encode("utf-8", "surrogateescape")))


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    """So does anything else."""
    is_sound(events(content))
    is_sound(events(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART" + content))


@given(st.data())
def test_spoilt_mails(data: st.DataObject) -> None:
    """A real mail of which a piece is gone, or doubled, is read as far as it goes."""
    client = data.draw(st.sampled_from(CLIENTS))
    raw = client(request(lines=("RECURRENCE-ID:20270305T090000Z", "COMMENT:Zoë")))
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
    spoilt = raw[:begin] + raw[end:] if data.draw(st.booleans()) else raw[:end] + raw[begin:]
    is_sound(classify(spoilt, RULES).events)


@pytest.mark.parametrize(
    "unit",
    [
        'ATTENDEE;PARTSTAT=ACCEPTED;CN="x":mailto:a@b.co\n',
        'ATTENDEE;CN=":mailto:a@b.co\n',
        "DESCRIPTION:https://https://\n",
        ';A="',
        " x\n",
        "\n\n ",
        "BEGIN:VEVENT\n",
        "BEGIN:VEVENT\nDTSTART;TZID=a/b/c:20270305T090000\nEND:VEVENT\n",
        "BEGIN:VTIMEZONE\nTZID:a\nBEGIN:STANDARD\nDTSTART:16010101T030000\nRRULE:FREQ=DAILY\n",
        "RRULE:FREQ=SECONDLY\n",
        "é",
        "\\n",
    ],
)
def test_work_is_linear(unit: str) -> None:
    """Twice as much of anything is about twice the work, or less behind a cap."""
    start = "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"
    assert grows_linearly(lambda text: events((start + text).encode()), unit, characters=65_536)


PEOPLE = {key_of(ZOE): StoredProspect(1, Prospect(ZOE))}


def told(raw: bytes) -> list[BookingEvent]:
    """What a mail tells of a meeting."""
    verdict = classify(raw, RULES)
    own = {key_of(ANA)}
    domains = frozenset({domain_of(ANA)}), frozenset({domain_of(ZOE)})
    parties = Parties(frozenset(own), domains[0], PEOPLE, domains[1], (verdict.incoming.sender,))
    mail = CalendarMail(DESK, "ana", verdict, NOON + timedelta(days=1))
    meanings = [(event, meaning_of(Question(event, parties))) for event in verdict.events]
    return [booking_event(event, meaning, mail) for event, meaning in meanings]


OURS = (
    request(),
    request(minute=6),
    reply("TENTATIVE", minute=4),
    reply("ACCEPTED", minute=5),
    request(minute=10, revision=1, starts_at=MOVED),
    reply("ACCEPTED", minute=9),
    reply("ACCEPTED", minute=12, revision=1, starts_at=MOVED),
)
_THEIRS = request(organiser=ZOE, asked=((ANA, "NEEDS-ACTION"),))
THEIRS = (
    _THEIRS,
    _THEIRS.but(minute=3),
    _THEIRS.but(minute=10, revision=1, starts_at=MOVED),
    _THEIRS.but(minute=30),
)
CANCEL = Said("CANCEL", 20, 2, starts_at=MOVED)
ENDS = [
    (OURS, MeetingState.BOOKED, MOVED),
    ((*OURS, CANCEL), MeetingState.CANCELLED, MOVED),
    (OURS[:1], MeetingState.REQUESTED, STARTS),
    (OURS[:5], MeetingState.REQUESTED, MOVED),
    (
        (*OURS, reply("DECLINED", minute=15, revision=1, starts_at=MOVED)),
        MeetingState.REJECTED,
        MOVED,
    ),
    (THEIRS, MeetingState.BOOKED, MOVED),
    (
        (*THEIRS, _THEIRS.but(method="CANCEL", minute=20, revision=2, starts_at=MOVED)),
        MeetingState.CANCELLED,
        MOVED,
    ),
]


@given(data=st.data())
@pytest.mark.parametrize(("series", "state", "starts_at"), ENDS)
@pytest.mark.parametrize("client", [google, outlook])
def test_any_order(
    data: st.DataObject,
    client: object,
    series: tuple[Said, ...],
    state: MeetingState,
    starts_at: datetime,
) -> None:
    """A series of mails ends the same in every order, however often each of them comes."""
    write = google if client is google else outlook
    extra = data.draw(st.lists(st.sampled_from(series), max_size=5))
    shuffled = data.draw(st.permutations([*series, *extra]))
    found = meeting_now(event for said in shuffled for event in told(write(said)))
    assert found is not None
    assert (found.state, found.starts_at) == (state, starts_at)
