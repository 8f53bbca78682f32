"""What the sandbox's people and machines write is understood by our own code, as meant."""

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sequencer.adapters.booking import calendly
from sequencer.adapters.sandbox.booking import (
    Booking,
    booked,
    cancelled,
    missed,
    moved_away,
    signature,
)
from sequencer.adapters.sandbox.calendar_letters import (
    Appointment,
    Somebody,
    acceptance,
    invitation,
)
from sequencer.adapters.sandbox.crowd import Crowd
from sequencer.adapters.sandbox.failure_report import failure_report
from sequencer.adapters.sandbox.letters import Heard, Writer, absence, answer, hear
from sequencer.adapters.sandbox.outside import Outside
from sequencer.adapters.sandbox.people import CAST, Act, Fate, Habit
from sequencer.adapters.sandbox.smtp_server import AcceptedMail
from sequencer.domain.booking import BookingKind
from sequencer.domain.post import Post, Secrets
from sequencer.domain.prospect import Prospect
from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.compose import compose
from sequencer.mail.draft import Draft, Mailbox
from sequencer.mail.footer import with_footer
from sequencer.mail.verdict import Kind

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)  # a Tuesday
ID = "<intro@outreach.example>"
LINK = "https://outreach.example/u/token"
HOOK = "https://outreach.example/hooks/calendly"


def people() -> dict[str, Prospect]:
    """The prospects of the examples, by address."""
    with (ROOT / "config" / "prospects.csv").open(encoding="utf-8") as file:
        return {
            row["email"]: Prospect(
                email=row["email"],
                first_name=row["first_name"],
                last_name=row["last_name"],
                timezone=row["timezone"],
                language=row["language"],
            )
            for row in csv.DictReader(file)
        }


PEOPLE = people()
WRITERS = [habit for habit in CAST if habit.act in {Act.ANSWER, Act.ABSENCE}]


def mail_to(address: str, message_id: str = ID) -> AcceptedMail:
    """A mail of ours as the server has accepted it."""
    person = PEOPLE[address]
    text, _ = with_footer(
        "A question about your month end.\n",
        None,
        url=LINK,
        language=person.language,
        postal_address="Outreach Example, 1 Sandbox Street",
    )
    draft = Draft(
        message_id=message_id,
        date=AT,
        sender=Mailbox("ana@outreach.example", "Ana Ruiz"),
        recipient=Mailbox(address, person.first_name),
        subject="Your month end",
        text=text,
        html=None,
        list_unsubscribe=(LINK, "mailto:ana@outreach.example?subject=unsubscribe"),
    )
    data = compose(draft)
    return AcceptedMail(message_id, "ana@outreach.example", address, len(data), data)


def heard(address: str) -> Heard:
    return hear(mail_to(address).data)


def writer(habit: Habit) -> Writer:
    person = PEOPLE[habit.address]
    name = f"{person.first_name} {person.last_name}"
    return Writer(name, habit.writes_from or person.email, person.language)


def test_cast_is_in_the_examples() -> None:
    """Everybody who acts is a prospect of the examples, once, and a third of them are silent."""
    named = [habit.address for habit in CAST]
    assert set(named) <= set(PEOPLE)
    assert max(Counter(named).values()) == 1
    assert 3 * len(named) <= 2 * len(PEOPLE)
    assert {habit.act for habit in CAST} == set(Act)
    assert {habit.fate for habit in CAST if habit.act is Act.BOOK} == set(Fate)


@pytest.mark.parametrize("habit", WRITERS, ids=lambda habit: habit.address)
def test_kind(habit: Habit) -> None:
    """A written reaction is of the kind it is meant to be, and refers to our mail."""
    make = absence if habit.act is Act.ABSENCE else answer
    words = habit.words.format(back=AT + habit.away)
    verdict = classify(make(heard(habit.address), writer(habit), words, AT), load_rules())
    by_hand = Kind.OPT_OUT if "remove me" in words else Kind.REPLY
    assert verdict.kind is (Kind.AUTO_REPLY if habit.act is Act.ABSENCE else by_hand)
    assert verdict.incoming.in_reply_to == (ID,)
    assert verdict.incoming.sender == (habit.writes_from or habit.address)
    assert not verdict.unreadable


@pytest.mark.parametrize(
    "habit", [each for each in WRITERS if each.away], ids=lambda habit: habit.address
)
def test_return_date(habit: Habit) -> None:
    """The date of return that somebody names is read as it is meant: they are back after it."""
    back = AT + habit.away
    words = habit.words.format(back=back)
    notice = classify(
        absence(heard(habit.address), writer(habit), words, AT), load_rules()
    ).auto_reply
    assert notice is not None
    assert notice.returns is not None
    assert timedelta(0) <= notice.returns.resume_on - back.date() <= timedelta(days=3)


def test_answer_quotes() -> None:
    """An answer quotes our mail, opt-out line included, and only its own words count as new."""
    lucia = CAST[0]
    verdict = classify(answer(heard(lucia.address), writer(lucia), lucia.words, AT), load_rules())
    assert LINK in verdict.incoming.text
    assert verdict.new_text.strip() == lucia.words


def test_failure_report() -> None:
    """A report names the address that failed, for good, and the mail it is about."""
    marcus = "marcus.bell@brickyard-capital.example"
    verdict = classify(failure_report(mail_to(marcus), AT), load_rules())
    assert verdict.kind is Kind.BOUNCE
    assert verdict.report is not None
    assert verdict.report.original_message_id == ID
    assert [each.address for each in verdict.report.failed] == [marcus]
    assert [each.bounce_class for each in verdict.report.failed] == ["hard"]


BOOKING = Booking(
    "Elena",
    "elena@tally.example",
    "Europe/Berlin",
    "ana@x.example",
    AT + timedelta(days=2),
    "tok-1",
)
MOVED = replace(BOOKING, starts_at=AT + timedelta(days=3), instead_of=BOOKING)


def test_signed_delivery() -> None:
    """A booking is signed as Calendly signs, and says who booked what, by which link."""
    body = booked(BOOKING, AT)
    for key, good in (("key", True), ("other", False)):
        post = Post(body, {calendly.HEADER: signature(body, key, AT)})
        assert calendly.verify(Secrets(("key",)), post, AT) is good
    [event] = calendly.read(body)
    assert (event.kind, event.email, event.hosts, event.starts_at, event.token) == (
        BookingKind.BOOKED,
        "elena@tally.example",
        ("ana@x.example",),
        BOOKING.starts_at,
        "tok-1",
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (booked(MOVED, AT), BookingKind.RESCHEDULED),
        (moved_away(BOOKING, MOVED, AT), BookingKind.RESCHEDULED_AWAY),
        (cancelled(BOOKING, "no time", AT), BookingKind.CANCELLED),
        (missed(BOOKING, AT), BookingKind.NO_SHOW),
    ],
)
def test_fates(body: bytes, kind: BookingKind) -> None:
    """What becomes of a booking is told as the tool tells it."""
    [event] = calendly.read(body)
    assert event.kind is kind


def test_calendar_letters() -> None:
    """An invitation and its acceptance are read as calendar mails."""
    people = Somebody("Ana", "ana@x.example"), Somebody("Miriam", "miriam@y.example")
    talk = Appointment(*people, "Kennenlernen", AT + timedelta(days=2))
    for raw in (invitation(talk, AT), acceptance(talk, AT)):
        assert classify(raw, load_rules()).kind is Kind.CALENDAR
        assert max(map(len, raw.split(b"\r\n"))) <= 78


@dataclass
class Street:
    """The outside as a list of what was done there."""

    delivered: list[tuple[str, bytes, str]] = field(default_factory=list)
    posted: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    status: int = 200

    async def deliver(self, address: str, raw: bytes, folder: str) -> None:
        self.delivered.append((address, raw, folder))

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.posted.append((url, body, headers))
        return self.status


def crowd(street: Street, seed: int = 1) -> Crowd:
    """The whole cast in a street."""
    outside = Outside(street.deliver, street.post, HOOK, "key")
    return Crowd(CAST, list(PEOPLE.values()), outside, seed)


async def first_reaction(street: Street, address: str, seed: int = 1) -> datetime:
    """When somebody who was written to three times reacts first; they have, when this returns."""
    there = crowd(street, seed)
    for number in range(3):
        await there.hear(mail_to(address, f"<m{number}@outreach.example>"), AT)
    at = there.next_reaction_at()
    assert at is not None
    assert await there.react(at - timedelta(seconds=1)) == 0
    assert await there.react(at) == 1
    return at


@pytest.mark.parametrize("habit", CAST, ids=lambda habit: habit.address)
async def test_everybody_acts_once(habit: Habit) -> None:
    """Each of the cast acts upon one of three mails, through exactly one door."""
    street = Street()
    at = await first_reaction(street, habit.address)
    assert AT < at < AT + timedelta(days=7)
    assert len(street.delivered) + len(street.posted) == 1
    assert {to for to, _, _ in street.delivered} <= {"ana@outreach.example"}


async def everything(habit: Habit) -> tuple[list[str], list[str]]:
    """Events that the booking tool posted, and folders that mails went to, until all is quiet."""
    street = Street()
    there = crowd(street)
    for number in range(3):
        await there.hear(mail_to(habit.address, f"<m{number}@outreach.example>"), AT)
    while (at := there.next_reaction_at()) is not None:
        await there.react(at)
    events = [json.loads(body)["event"] for url, body, _ in street.posted if url == HOOK]
    return events, [folder for _, _, folder in street.delivered]


@pytest.mark.parametrize(
    ("fate", "events"),
    [
        (Fate.HELD, ["invitee.created"]),
        (Fate.MOVED, ["invitee.created", "invitee.created", "invitee.canceled"]),
        (Fate.CANCELLED, ["invitee.created", "invitee.canceled"]),
        (Fate.MISSED, ["invitee.created", "invitee_no_show.created"]),
    ],
)
async def test_what_becomes_of_meetings(fate: Fate, events: list[str]) -> None:
    """The booking tool tells of each meeting what becomes of it."""
    [habit] = [each for each in CAST if each.act is Act.BOOK and each.fate is fate]
    assert await everything(habit) == (events, [])


async def test_invitation_and_acceptance() -> None:
    """An invitation of the rep's is in Sent, and the answer comes into the inbox."""
    [habit] = [each for each in CAST if each.act is Act.ACCEPT]
    assert await everything(habit) == ([], ["Sent", "INBOX"])


async def test_silence() -> None:
    """Who is not in the cast hears and says nothing."""
    there = crowd(Street())
    await there.hear(mail_to("tom.pascoe@vineyard-finance.example"), AT)
    assert there.next_reaction_at() is None


async def test_seed() -> None:
    """The same seed has the same moments, another one others."""
    lucia = CAST[0].address
    moments = [await first_reaction(Street(), lucia, seed) for seed in (1, 1, 2)]
    assert moments[0] == moments[1] != moments[2]


async def test_one_click() -> None:
    """The one-click link is taken from the header of the mail, and posted to as RFC 8058 says."""
    street = Street()
    await first_reaction(street, "rohan.desai@monsoon-credit.example")
    assert [(url, body) for url, body, _ in street.posted] == [
        (LINK, b"List-Unsubscribe=One-Click")
    ]


async def test_refused_door() -> None:
    """A door that refuses is an error: a demonstration must not go on as if it had worked."""
    with pytest.raises(ConnectionError, match="503"):
        await first_reaction(Street(status=503), "elena.vance@pacific-tally.example")
