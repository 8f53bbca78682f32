"""Meetings through real servers: a signed webhook, calendar mails, and the rep who takes them."""

import email
import email.policy
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx2
import icalendar
import pytest
from servers.child import wait_until
from servers.dovecot import dovecot
from servers.office import Office, running
from servers.postfix import postfix

pytestmark = pytest.mark.real_server

ANA, CARLA = "ana@seller.example", "carla@seller.example"
ZOE, BOB = "zoe@buyer.example", "bob@client.example"
PASSWORDS = {ANA: "ana's", CARLA: "carla's", ZOE: "zoe's", BOB: "bob's"}
KEY = "a signing key of the test"
SECRETS = {
    "SEQUENCER_MAILBOXES__ANA__PASSWORD": PASSWORDS[ANA],
    "SEQUENCER_HOOKS__CALENDLY__SIGNING_KEYS": KEY,
}
CADENCE = """\
cadence: slow
title: Two mails
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: two, wait: 2 days, email: one.md, thread: new}
"""
TEMPLATE = '---\nsubject: "Café, {{ first_name }}?"\n---\nHello {{ first_name }}, how are you?\n'
SETTINGS = """\
sending: {{poll_s: 5}}
limits: {{per_domain: null, per_person_day: null, per_person_week: null}}
web: {{port: 0, public_url: "https://go.seller.example"}}
reps:
  carla: {{name: Carla Gómez, address: carla@seller.example, timezone: Europe/Madrid}}
handover: {{to: [round_robin]}}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: other
    smtp: {{host: localhost, port: {smtp}, tls: starttls}}
    imap: {{host: localhost, port: {imaps}, tls: tls}}
    ca_file: {ca}
    gap_s: 0
    keeps_sent_copy: false
"""
INVITATION = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:{method}
BEGIN:VEVENT
DTSTART:{starts}
DTEND:{ends}
DTSTAMP:{stamp}
ORGANIZER;CN=Organiser:mailto:{organiser}
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN=Guest:mailto:{guest}
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:First talk
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Real servers, two people in a cadence, an outside rep, and a daemon."""
    root = tmp_path_factory.mktemp("office")
    with dovecot(PASSWORDS) as store, postfix(store, list(PASSWORDS)) as relay:
        (root / "config/cadences").mkdir(parents=True)
        (root / "config/cadences/slow.yaml").write_text(CADENCE)
        (root / "templates/slow").mkdir(parents=True)
        (root / "templates/slow/one.md").write_text(TEMPLATE)
        (root / "config/sequencer.yaml").write_text(
            SETTINGS.format(smtp=relay.smtp, imaps=store.imaps, ca=store.folder / "ca.pem")
        )
        (root / ".sequencer").mkdir()
        (root / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")
        made = Office(root, store, PASSWORDS, SECRETS)
        done = made.run("apply")
        assert done.returncode == 0, done.stderr
        with running(made):
            made.enrol("slow", ZOE, BOB)
            wait_until("the first mails", lambda: all(map(made.inbox, (ZOE, BOB))))
            yield made


@dataclass(frozen=True)
class Talk:
    """A meeting, as the booking tool and the calendars have it."""

    address: str
    starts_at: datetime

    @property
    def uri(self) -> str:
        digest = hashlib.sha256(f"{self.address} {self.starts_at}".encode()).hexdigest()
        return f"https://api.calendly.com/scheduled_events/{digest[:12]}/invitees/{digest[12:24]}"

    def delivery(self, event: str, **more: object) -> bytes:
        """What Calendly posts of it."""
        now = datetime.now(UTC).isoformat()
        payload = {
            "uri": self.uri,
            "email": self.address,
            "name": "Guest",
            "timezone": "Europe/Madrid",
            "created_at": now,
            "scheduled_event": {
                "name": "First talk",
                "start_time": self.starts_at.isoformat(),
                "end_time": (self.starts_at + timedelta(minutes=30)).isoformat(),
                "location": {"type": "zoom", "join_url": "https://zoom.example/j/1"},
            },
            **more,
        }
        return json.dumps({"event": event, "created_at": now, "payload": payload}).encode()


def in_days(days: int) -> datetime:
    """Ten o'clock on a day to come."""
    return datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days)


def post(office: Office, body: bytes) -> None:
    """Deliver a webhook as Calendly signs it; it must be taken."""
    port = re.search(r"listening on \S+:(\d+)", (office.root / "daemon.log").read_text())
    assert port is not None
    stamp = str(int(datetime.now(UTC).timestamp()))
    mac = hmac.new(KEY.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    answer = httpx2.post(
        f"http://127.0.0.1:{port[1]}/hooks/calendly",
        content=body,
        headers={"Calendly-Webhook-Signature": f"t={stamp},v1={mac}"},
    )
    assert answer.status_code == 200


def calendar_mail(writer: str, method: str, text: str, number: int) -> bytes:
    """A calendar mail to Ana, as Google writes them."""
    mail = EmailMessage()
    mail["From"], mail["To"] = writer, ANA
    mail["Subject"], mail["Message-ID"] = "First talk", f"<calendar-{number}@google.com>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Sender"] = "Google Calendar <calendar-notification@google.com>"
    mail.set_content("First talk\n")
    mail.add_alternative(
        text.replace("\n", "\r\n").encode(),
        maintype="text",
        subtype="calendar",
        params={"method": method, "charset": "UTF-8"},
    )
    return mail.as_bytes(policy=email.policy.SMTP)


def invited(talk: Talk, organiser: str, guest: str, answer: str) -> str:
    """The calendar object of an invitation."""
    return INVITATION.format(
        method="REQUEST",
        starts=f"{talk.starts_at:%Y%m%dT%H%M%SZ}",
        ends=f"{talk.starts_at + timedelta(minutes=30):%Y%m%dT%H%M%SZ}",
        stamp=f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        organiser=organiser,
        uid=f"{hashlib.sha256(talk.address.encode()).hexdigest()[:20]}@google.com",
        answer=answer,
        guest=guest,
    )


def meetings_of(office: Office, address: str) -> list[dict[str, Any]]:
    """The meetings of a person."""
    found: list[dict[str, Any]] = office.answer("meeting", "list", "--prospect", address)
    return found


@dataclass(frozen=True)
class Read:
    """A calendar object with one event, as a parser that is not ours reads it."""

    method: str
    uid: str
    revision: int
    starts_at: datetime
    ends_at: datetime
    attendees: tuple[str, ...]


def objects(mail: EmailMessage) -> list[Read]:
    """Every calendar object of a mail."""
    parts = [
        part
        for part in mail.walk()
        if part.get_content_type() in {"text/calendar", "application/ics"}
    ]
    return [read(part.get_content()) for part in parts]


def read(content: str | bytes) -> Read:
    """One calendar object; it must have one event."""
    found: Any = icalendar.Calendar.from_ical(content)
    [event] = found.events
    attendees = event.get("ATTENDEE", [])
    return Read(
        method=str(found["METHOD"]),
        uid=str(event["UID"]),
        revision=int(event["SEQUENCE"]),
        starts_at=event.start,
        ends_at=event.end,
        attendees=tuple(map(str, attendees if isinstance(attendees, list) else [attendees])),
    )


def handed(office: Office, about: str) -> list[EmailMessage]:
    """Mails to the outside rep about a meeting with somebody, the oldest first."""
    mails = [mail for mail in office.inbox(CARLA) if about in str(mail.get_body(("plain",)))]
    return sorted(mails, key=lambda mail: max(each.revision for each in objects(mail)))


def accepted(invitation: Read) -> bytes:
    """What Carla's calendar answers to Ana when she takes the meeting (RFC 5546 section 3.2.3)."""
    lines = (
        "BEGIN:VCALENDAR",
        "PRODID:-//Apple Inc.//iPhone OS 18.0//EN",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{invitation.uid}",
        f"SEQUENCE:{invitation.revision}",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART:{invitation.starts_at:%Y%m%dT%H%M%SZ}",
        f"DTEND:{invitation.ends_at:%Y%m%dT%H%M%SZ}",
        f"ORGANIZER:mailto:{ANA}",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{CARLA}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return calendar_mail(CARLA, "REPLY", "\n".join(lines) + "\n", 3)


def take_by_calendar(office: Office, mail: EmailMessage) -> None:
    """The outside rep takes a meeting by answering the invitation, as any calendar does."""
    office.dovecot.deliver(ANA, accepted(objects(mail)[0]), CARLA)
    [number] = [each["number"] for each in meetings_of(office, ZOE)]

    def states() -> list[str]:
        return [
            each["state"] for each in office.answer("handover", "list") if each["meeting"] == number
        ]

    wait_until("the answer", lambda: states() == ["accepted"])


def cancel(office: Office, mail: EmailMessage) -> None:
    """Who cancels takes the meeting out of the rep's calendar again, and a task asks what next."""
    first = objects(mail)[0]
    talk = Talk(ZOE, in_days(7))
    cancellation = {"canceler_type": "invitee", "reason": "an audit"}
    post(office, talk.delivery("invitee.canceled", status="canceled", cancellation=cancellation))
    wait_until("the mail to the rep", lambda: len(handed(office, ZOE)) == 2)
    [told, _copy] = objects(handed(office, ZOE)[1])
    assert (told.method, told.uid) == ("CANCEL", first.uid)
    assert told.revision > first.revision
    assert office.state(ZOE) == ("finished", "meeting_booked")
    assert "task" in office.kinds(ZOE)


def test_signed_delivery(office: Office) -> None:
    """A signed booking stops the cadence, is one meeting, and is handed over with an invitation.

    The outside rep takes it by answering that, as any calendar does. Who cancels takes it out of
    the rep's calendar again.
    """
    talk = Talk(ZOE, in_days(7))
    post(office, talk.delivery("invitee.created"))
    wait_until("the stop", lambda: office.state(ZOE) == ("finished", "meeting_booked"))
    wait_until("the handover", lambda: len(handed(office, ZOE)) == 1)
    # The booking tool's own mail about it, as it comes to the rep; delivered twice, too.
    text = invited(talk, "notifications@calendly.com", ZOE, "ACCEPTED")
    for number in (1, 1, 2):
        copy = calendar_mail("notifications@calendly.com", "REQUEST", text, number)
        office.dovecot.deliver(ANA, copy, "notifications@calendly.com")
    wait_until("the mails read", lambda: office.kinds(ZOE).count("meeting") > 1)
    [meeting] = meetings_of(office, ZOE)
    assert meeting["state"] == "booked"
    [mail] = handed(office, ZOE)
    found = objects(mail)
    assert len(found) == 2  # one to be shown, and the same as a file
    for invitation in found:
        assert invitation.method == "REQUEST"
        assert invitation.starts_at == talk.starts_at
        assert invitation.attendees == (f"mailto:{CARLA}",)
    assert not [each for part in mail.walk() for each in part.defects]
    take_by_calendar(office, mail)
    cancel(office, mail)


def test_calendar_mail(office: Office) -> None:
    """An invitation of the prospect's stops the cadence; it is handed over once it is certain."""
    talk = Talk(BOB, in_days(8))
    text = invited(talk, BOB, ANA, "NEEDS-ACTION")
    office.dovecot.deliver(ANA, calendar_mail(BOB, "REQUEST", text, 4), BOB)
    wait_until("the stop", lambda: office.state(BOB) == ("finished", "meeting_booked"))
    [meeting] = meetings_of(office, BOB)
    assert (meeting["state"], meeting["verified"]) == ("booked", False)
    assert handed(office, BOB) == []
    post(office, talk.delivery("invitee.created"))
    wait_until("the handover", lambda: len(handed(office, BOB)) == 1)
    assert [each["number"] for each in meetings_of(office, BOB)] == [meeting["number"]]


def test_nothing_was_broken(office: Office) -> None:
    """Whatever came before, the ledger proves every promise; nobody got more than one mail."""
    assert office.answer("verify")["details"] == []
    assert [len(office.inbox(each)) for each in (ZOE, BOB)] == [1, 1]
