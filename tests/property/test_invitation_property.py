"""Whatever people call their meetings: a strict reader gets back what was meant, and no more."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from sequencer.mail.calendar_text import MAX_OCTETS, Event, Method, calendar_text
from sequencer.mail.draft import Mailbox
from sequencer.mail.invitation import Invitation, make_invitation

ANA = Mailbox("ana@seller.example", "Ana Ruiz")
ANYTHING = st.text(st.characters(codec=None), max_size=300)
INSTANTS = st.integers(-800_000_000, 2_000_000_000).map(lambda s: NOON + timedelta(seconds=s))
EVENTS = st.builds(
    Event,
    method=st.sampled_from(Method),
    uid=st.from_regex(r"[0-9a-f]{32}@[a-z]{1,20}\.example", fullmatch=True),
    revision=st.integers(0, 2**31 - 1),
    stamp_at=INSTANTS,
    organizer=st.builds(Mailbox, st.just("ana@seller.example"), ANYTHING),
    attendee=st.builds(Mailbox, st.just("omar@field.example"), ANYTHING),
    title=ANYTHING,
    starts_at=INSTANTS,
    ends_at=st.none() | INSTANTS,
    description=ANYTHING,
    place=ANYTHING,
    link=ANYTHING | st.just("https://meet.example/1"),
    alarms=st.lists(st.timedeltas(timedelta(0), timedelta(days=30)), max_size=2).map(tuple),
)


@given(EVENTS)
def test_a_strict_reader_takes_every_event(event: Event) -> None:
    """One event with each property once; nothing in a text becomes another line."""
    raw = calendar_text(event)
    pieces = raw.split(b"\r\n")
    assert max(map(len, pieces)) <= MAX_OCTETS
    assert not any(b"\r" in each or b"\n" in each for each in pieces)
    calendar = Calendar.from_ical(raw.decode())
    [found] = calendar.walk("VEVENT")
    assert not calendar.errors
    assert not found.errors
    assert calendar["METHOD"] == event.method
    assert str(found["UID"]) == event.uid
    assert found["SEQUENCE"] == event.revision
    assert found.decoded("DTSTART") == event.starts_at
    assert str(found["ATTENDEE"]) == "mailto:omar@field.example"
    assert str(found["ORGANIZER"]) == "mailto:ana@seller.example"
    assert set(found) <= {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION"),
        *("URL", "STATUS", "ORGANIZER", "ATTENDEE"),
    }
    assert len(found.subcomponents) == (len(event.alarms) if event.method == "REQUEST" else 0)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=300))
def test_a_title_comes_back(title: str) -> None:
    """What can stand in a calendar stands there as it is, but for what turns text around."""
    event = Event(Method.REQUEST, "u@x.example", 0, NOON, ANA, ANA, title, NOON)
    [found] = Calendar.from_ical(calendar_text(event).decode()).walk("VEVENT")
    turned = [chr(each) for each in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    kept = "".join(each for each in title if each not in turned)
    ends = {"\u2028": "\n", "\u2029": "\n", "\ufffe": " ", "\uffff": " "}
    assert str(found["SUMMARY"]) == "".join(ends.get(each, each) for each in kept)


@given(EVENTS, st.text(st.characters(codec="utf-8"), max_size=300))
def test_every_mail_can_be_read(event: Event, text: str) -> None:
    """The standard library finds the same parts, whatever they say."""
    mail = Invitation(ANA, ANA, "Meeting", text, text, NOON, "<1@x.example>", "r", event=event)
    raw = make_invitation(mail)
    assert raw.isascii()
    parsed = message_from_bytes(raw, policy=default)
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert not [part for part in parsed.walk() if part.defects]
    calendars = [part.get_payload(decode=True) for part in parsed.walk()][-2:]
    assert calendars == [calendar_text(event)] * 2
