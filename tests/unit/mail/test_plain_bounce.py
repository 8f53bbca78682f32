import pytest
from foreign_mails import RULES, a_machine_mail, a_mail

from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.delivery_status import Action
from sequencer.mail.incoming import read_mail
from sequencer.mail.plain_bounce import (
    is_machine,
    is_plain_bounce,
    plain_reason,
    plain_recipients,
    returned_text,
)

EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. The following address(es) failed:

  gone@prospect.example
    host mx.prospect.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<gone@prospect.example>:
    550 5.1.1 No such user

------ This is a copy of the message, including all the headers. ------

Return-path: <rep@sender.example>
Message-ID: <m1@sender.example>
To: other@prospect.example
"""
QMAIL = """\
Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<gone@prospect.example>:
Sorry, no mailbox here by that name. (#5.1.1)

<full@prospect.example>:
The user's mailfolder is full.

--- Below this line is a copy of the message.

Return-Path: <rep@sender.example>
"""
EXCHANGE = """\
Delivery has failed to these recipients or groups:

Zoe (zoe@prospect.example)
The address couldn't be found. Contact help@prospect.example.

Diagnostic information for administrators:

Generating server: AM0.example

zoe@prospect.example<mailto:zoe@prospect.example>
Remote Server returned '550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized'

Original message headers:

Received: from x
"""
GMAIL_DELAY = """\
THIS IS A WARNING MESSAGE ONLY.

Delivery to the following recipient has been delayed:

     slow@prospect.example

Message will be retried for 2 more day(s)

----- Original message -----
"""


def found(
    text: str, subject: str = "failure notice"
) -> list[tuple[str, Action, BounceClass | None]]:
    people = plain_recipients(read_mail(a_machine_mail(subject, text)), RULES)
    return [(one.address, one.action, one.bounce_class) for one in people]


def test_exim() -> None:
    """The address stands on a line of its own, the reason below it."""
    assert found(EXIM) == [("gone@prospect.example", Action.FAILED, BounceClass.HARD)]


def test_qmail() -> None:
    """Of several recipients each has its own reason."""
    assert found(QMAIL) == [
        ("gone@prospect.example", Action.FAILED, BounceClass.HARD),
        ("full@prospect.example", Action.FAILED, BounceClass.SOFT),
    ]


def test_exchange() -> None:
    """What is written for administrators is exact, and the rest is not looked at."""
    assert found(EXCHANGE) == [
        ("zoe@prospect.example", Action.FAILED, BounceClass.POLICY_RECIPIENT)
    ]


def test_delay() -> None:
    """A warning is about a delay, and a delay has no class."""
    assert found(GMAIL_DELAY) == [("slow@prospect.example", Action.DELAYED, None)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Delivery failed 20 attempts: gone@prospect.example", "gone@prospect.example"),
        ("We could not deliver to <gone@prospect.example>.", "gone@prospect.example"),
        ("Recipient: [SMTP:gone@prospect.example]\nReason: 550 no", "gone@prospect.example"),
        ("It came back.\nIt was for gone@prospect.example we think.", "gone@prospect.example"),
        ("> gone@prospect.example", "gone@prospect.example"),
        ("We could not deliver to postmaster@prospect.example.", "postmaster@prospect.example"),
    ],
)
def test_address_in_a_line(text: str, address: str) -> None:
    """Where no line begins with an address, one that tells of the failure has it."""
    assert [one[0] for one in found(text)] == [address]


def test_addresses_that_are_none() -> None:
    """Our own address, and what only looks like one, is not what failed."""
    text = "We tried rep@sender.example, a@b, a@b@c.example, <>, x=y@z.example\n"
    text += "and failed for gone@prospect.example"
    assert [one[0] for one in found(text)] == ["gone@prospect.example"]
    assert found("It failed.") == []


def test_given_recipients() -> None:
    """A header that names the recipients is believed before the words."""
    raw = a_mail("From: mailer-daemon@x.example", "X-Failed-Recipients: a@b.example, c@d.example")
    people = plain_recipients(read_mail(raw), RULES)
    assert [one.address for one in people] == ["a@b.example", "c@d.example"]


@pytest.mark.parametrize(
    ("header", "machine"),
    [
        ("From: MAILER-DAEMON@x.example", True),
        ("From: postmaster-eu@x.example", True),
        ("From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example", True),
        ("From: Mail Delivery System <noreply@x.example>", True),
        ("From: MAILER-DAEMON <>", True),
        ("From", True),
        ("From: Zoe <zoe@prospect.example>", False),
    ],
)
def test_is_machine(header: str, machine: bool) -> None:
    """Mail systems are known by their names."""
    assert is_machine(read_mail(a_mail(header))) is machine


@pytest.mark.parametrize(
    ("headers", "text", "bounce"),
    [
        (("From: postmaster@x.example", "Subject: Undeliverable: Hello"), "x", True),
        (
            ("From: postmaster@x.example", "Subject: Hello"),
            "It could not be delivered to you.",
            True,
        ),
        (("From: postmaster@x.example", "Subject: Hello"), "Please update your records.", False),
        (("Subject: Undeliverable: Hello", "In-Reply-To", "Return-Path: <>"), "x", True),
        (("Subject: Undeliverable: Hello", "Return-Path: <>"), "x", False),
        (("Subject: Undeliverable: Hello", "In-Reply-To"), "It could not be delivered.", False),
        (("Subject: Re: Hello", "In-Reply-To", "Return-Path: <>"), "could not be delivered", False),
    ],
)
def test_sender_and_words_together(headers: tuple[str, ...], text: str, bounce: bool) -> None:
    """A person who writes about a bounce sends none, and not every mail of a machine is one."""
    assert is_plain_bounce(read_mail(a_mail(*headers, text=text)), RULES) is bounce


def test_reason() -> None:
    """The words begin at the first code, or are all that is said."""
    said = plain_reason(read_mail(a_machine_mail("x", EXIM)), RULES)
    assert said.strip().startswith("550 5.1.1")
    assert plain_reason(read_mail(a_machine_mail("x", "It failed.")), RULES) == "It failed."


def test_returned_text() -> None:
    """The mail that came back is what follows its mark, or its first header."""
    assert returned_text(EXIM, RULES).startswith("------ This is a copy")
    assert returned_text("Sorry.\nReceived: from x\nMessage-ID: <a@b>", RULES).startswith(
        "Received:"
    )
    assert returned_text("Sorry.\nOriginal message follows.\nx", RULES).startswith("Original")
    assert returned_text("The original message was received at noon", RULES) == ""


def test_hostile_text() -> None:
    """Lines without end cost no more than the cap."""
    assert len(found("a@b.example " * 30_000)) == 1
    assert len(found("a@b.example\n" * 30_000)) == 1
