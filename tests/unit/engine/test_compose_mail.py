"""The bytes of whole mails: what is stored and sent may not change from one release to the next."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sequencer.domain.cadence import Version
from sequencer.domain.enrollment import Enrollment
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Rep
from sequencer.domain.send import SendState
from sequencer.engine.compose_mail import compose_step, missing_variables
from sequencer.engine.desk import Case, Desk
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.versions import CHOSEN, Versions
from sequencer.files.cadence import cadence_from_document
from sequencer.files.template import MissingVariableError, TemplateError
from sequencer.mail.unsubscribe import make_token, read_token
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect
from sequencer.store.sends import StoredSend

NOW = datetime(2026, 11, 23, 8, 5, 7, tzinfo=UTC)
VERSION = Version(
    "v1",
    cadence_from_document(
        {
            "cadence": "shops",
            "title": "Shops",
            "schedule": {"window": {"mon-fri": ["09:00-17:00"]}, "timezone": "workspace"},
            "from": {"mailboxes": ["ana"]},
            "steps": [
                {"id": "intro", "email": "intro.md"},
                {"id": "bump", "wait": "3 days", "email": "bump.txt"},
            ],
        }
    ),
    {
        "intro.md": "---\nsubject: The stock of {{ company }}\n---\nHello {{ first_name }},\n\n"
        "**two** shops, [one list](https://seller.example/{{ company | urlencode }}):\n\n"
        "- a = b\n- {{ title | or('you') }}\n\n{{ sender.name }}\n",
        "intro.es.md": "---\nsubject: ¿Y {{ company }}?\n---\nHola, {{ first_name }} {{ phone }}\n",
        "bump.txt": "Did it reach you? {{ unsubscribe_url }}\n",
    },
)
ANA = MailboxPolicy("ana", "ana@seller.example", "Ana Ruiz", tz=ZoneInfo("Europe/Madrid"))
POLICY = Policy(
    {"ana": ANA}, (b"k" * 32, b"o" * 32), "https://go.seller.example", postal_address="1 Street"
)
LEE = Prospect("lee@prospect.example", "Lee", "Smith", company="Müller & Co", language="en")


FIRST = """\
From: Ana Ruiz <ana@seller.example>
To: Lee Smith <lee@prospect.example>
Subject: =?utf-8?q?The_stock_of_M=C3=BCller_=26_Co?=
Date: Mon, 23 Nov 2026 09:05:07 +0100
Message-ID: <c8ab5b02-312e-2b62-0ced-81b3690c8571@seller.example>
List-Unsubscribe: <https://go.seller.example/u/TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP>,
 <mailto:ana@seller.example?subject=unsubscribe%20TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
X-Sequencer-Ref: 87a4ee00e62674bef09accf1
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_88b9e23af1f9450f41c0a2e44ec179d3"

--=_88b9e23af1f9450f41c0a2e44ec179d3
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hello Lee,

two shops, one list (https://seller.example/M%C3%BCller%20%26%20Co):

- a =3D b
- you

Ana Ruiz

If you would rather not hear from me again, tell me so in a reply or use th=
is link:
https://go.seller.example/u/TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP

1 Street

--=_88b9e23af1f9450f41c0a2e44ec179d3
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<p>Hello Lee,</p>
<p><strong>two</strong> shops, <a href=3D"https://seller.example/M%C3%BClle=
r%20%26%20Co">one list</a>:</p>
<ul>
<li>a =3D b</li>
<li>you</li>
</ul>
<p>Ana Ruiz</p>
<p style=3D"color:#767676;font-size:12px;margin-top:24px">If you would rath=
er not hear from me again, tell me so in a reply or use this link: <a href=
=3D"https://go.seller.example/u/TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP">https=
://go.seller.example/u/TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP</a><br>1 Street=
</p>

--=_88b9e23af1f9450f41c0a2e44ec179d3--
""".replace("\n", "\r\n")
FOLLOW_UP = """\
From: Ana Ruiz <ana@seller.example>
To: Lee Smith <lee@prospect.example>
Subject: =?utf-8?q?Re=3A_The_stock_of_M=C3=BCller_=26_Co?=
Date: Mon, 23 Nov 2026 09:05:07 +0100
Message-ID: <ceb5eda2-1bc0-c5aa-026f-4e88430c2d4a@seller.example>
In-Reply-To: <m1@seller.example>
References: <m1@seller.example>
List-Unsubscribe: <https://go.seller.example/u/TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP>,
 <mailto:ana@seller.example?subject=unsubscribe%20TAEjRWeJq83vASNFZ4mrze9L5UQEwQ9Gy2AP>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
X-Sequencer-Ref: 3c03ceb75b55bcfd6f62378a
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Did it reach you? https://go.seller.example/u/TAEjRWeJq83vASNFZ4mrze9L5UQEw=
Q9Gy2AP

1 Street
""".replace("\n", "\r\n")


def a_case(prospect: Prospect = LEE) -> Case:
    enrollment = Enrollment("0123456789abcdef" * 2, step="intro", mailbox="ana")
    stored = StoredEnrollment(1, 1, "shops", "v1", NOW, enrollment)
    return Case(stored, StoredProspect(1, prospect), VERSION, POLICY)


def a_send(**known: Any) -> StoredSend:
    every: dict[str, Any] = {name: known.get(name) for name in StoredSend.__annotations__}
    return StoredSend(**every)


def composed(step_id: str, *earlier: StoredSend, prospect: Prospect = LEE) -> bytes:
    return compose_step(Desk(POLICY), a_case(prospect), step_id, list(earlier), NOW).data


SENT = a_send(
    id=1,
    step_id="intro",
    mailbox="ana",
    state=SendState.SENT,
    message_id="<m1@seller.example>",
    subject="The stock of Müller & Co",
)


def test_first_mail() -> None:
    """A mail of two parts, byte for byte."""
    assert composed("intro").decode("ascii") == FIRST


def test_follow_up() -> None:
    """An answer in the thread, of plain text, which places the link itself."""
    assert composed("bump", SENT).decode("ascii") == FOLLOW_UP


def test_edited_by_a_rep() -> None:
    """What a rep made of the mail takes the place of the template."""
    edited = a_send(
        step_id="intro",
        mailbox="ana",
        state=SendState.QUEUED,
        draft={"subject": "Hi", "text": "Mine."},
    )
    data = composed("intro", edited)
    assert b"\r\nSubject: Hi\r\n" in data
    assert b"\r\n\r\nMine.\r\n\r\nIf you would rather" in data


def test_another_mailbox() -> None:
    """From another mailbox a follow-up begins a thread of its own under the old subject."""
    data = composed("bump", SENT._replace(mailbox="bob", subject="Re: Stock"))
    assert b"\r\nSubject: Stock\r\n" in data
    assert b"In-Reply-To" not in data


def test_no_subject() -> None:
    """Where nothing was sent before, a template without a subject makes no mail."""
    with pytest.raises(TemplateError, match="has no subject"):
        composed("bump")


@pytest.mark.parametrize("blank", ["", " ", "\u200b"])
def test_a_missing_value(blank: str) -> None:
    """A value that is missing or shows nothing stops the mail, and every such value is named."""
    person = replace(LEE, language="es", first_name=blank, company=blank)
    with pytest.raises(MissingVariableError, match="company"):
        composed("intro", prospect=person)
    assert missing_variables(Desk(POLICY), VERSION, person) == ("company", "first_name", "phone")


def test_languages() -> None:
    """However many languages people claim to read, each gets the right template."""
    versions = Versions()
    for number in range(CHOSEN + 2):
        assert versions.template(VERSION, "intro.md", f"x{number}").name == "intro.md"
        if number % 1_000 == 0:
            assert versions.template(VERSION, "intro.md", "es-MX").name == "intro.es.md"


BOOKING = replace(
    VERSION,
    hash="v2",
    templates={
        **VERSION.templates,
        "intro.md": "---\nsubject: Hi\n---\nPick [a time]({{ booking_link }}).\n",
        "bump.txt": "Or https://cal.com/ana?month=1 perhaps.\n",
    },
)
KEY = "0123456789abcdef" * 2


def booked(step_id: str, policy: Policy, *earlier: StoredSend, owner: str = "") -> str:
    """The text of a mail with a booking link, its lines unbroken."""
    case = replace(a_case(replace(LEE, owner=owner)), version=BOOKING)
    data = compose_step(Desk(policy), case, step_id, list(earlier), NOW).data
    return data.decode("ascii").replace("=\r\n", "").replace("=3D", "=")


def a_rep(name: str, booking_url: str) -> Rep:
    tz = ZoneInfo("Europe/Madrid")
    return Rep(name, name.title(), f"{name}@seller.example", tz, booking_url=booking_url)


@pytest.mark.parametrize(
    ("mailbox", "reps", "wanted"),
    [
        ("https://calendly.com/box", ("https://cal.com/ana", ""), "https://calendly.com/box?utm"),
        ("", ("https://cal.com/ana", "https://cal.com/maria"), "https://cal.com/ana?metadata"),
        ("", ("", "https://cal.com/maria"), "https://cal.com/maria?metadata"),
    ],
)
def test_booking_link(mailbox: str, reps: tuple[str, str], wanted: str) -> None:
    """The page is the mailbox's, else that of its rep, else the owner's; the key is in the link."""
    known = {name: a_rep(name, page) for name, page in zip(("ana", "maria"), reps, strict=True)}
    ana = replace(ANA, booking_url=mailbox)
    text = booked("intro", replace(POLICY, mailboxes={"ana": ana}, reps=known), owner="Maria")
    assert wanted in text
    assert text.count(f"={KEY}") == 2  # once in each part


def test_no_booking_page() -> None:
    """Where nobody has a page, the mail that needs one does not leave, and it is said why."""
    with pytest.raises(MissingVariableError, match="booking_link"):
        booked("intro", POLICY)
    assert missing_variables(Desk(POLICY), BOOKING, LEE) == ("booking_link",)
    known = replace(POLICY, mailboxes={"ana": replace(ANA, booking_url="https://cal.com/ana")})
    assert missing_variables(Desk(known), BOOKING, LEE) == ()


def test_literal_link() -> None:
    """A link to a known booking page gets the key although nobody thought of it."""
    text = booked("bump", POLICY, SENT)
    assert f"https://cal.com/ana?month=1&metadata%5Btoken%5D={KEY} perhaps" in text


def test_literal_link_of_a_rep() -> None:
    """So does a link that a rep writes into the mail."""
    draft = {"subject": "Hi", "text": "Here: https://calendly.com/ana."}
    edited = a_send(step_id="intro", mailbox="ana", state=SendState.QUEUED, draft=draft)
    assert f"Here: https://calendly.com/ana?utm_content={KEY}." in booked("intro", POLICY, edited)


def test_the_key_opens_nothing() -> None:
    """Whoever sees a booking link cannot opt its person out: that link is signed."""
    octets = bytes.fromhex(KEY)
    for forged in (KEY, base64.urlsafe_b64encode(octets).decode()):
        assert read_token(forged, POLICY.keys) is None
    signed = make_token(octets, POLICY.keys)
    guessed = base64.urlsafe_b64encode(b"x" + octets + bytes(10)).decode()
    assert read_token(signed, POLICY.keys) == octets
    assert read_token(guessed, POLICY.keys) is None
