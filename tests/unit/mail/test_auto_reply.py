from datetime import date

import pytest
from foreign_mails import RULES, an_incoming

from sequencer.mail.auto_reply import AutoReply, AutoReplyType, read_auto_reply
from sequencer.mail.new_text import new_text


def auto_reply(*headers: str, text: str = "Yes, call me.") -> AutoReply | None:
    incoming = an_incoming(*headers, text=text)
    return read_auto_reply(incoming, new_text(incoming.text, RULES), RULES)


@pytest.mark.parametrize(
    "headers",
    [
        ("Auto-Submitted: auto-replied",),
        ("Auto-Submitted: Auto-Replied (vacation)",),
        ("Auto-Submitted: auto-generated; owner-email=zoe@prospect.example",),
        ("Auto-Submitted: auto-notified",),
        ("Auto-Submitted: auto-replied", "List-Id: <x>"),
        ("X-Autoreply: yes",),
        ("X-Autorespond: Hello",),
        ("X-Mail-Autoreply: vacation",),
        ("Precedence: auto_reply",),
        ("X-Precedence: auto_reply",),
        ("X-POST-MessageClass: 9; Autoresponder",),
        ("Delivered-To: autoresponder",),
        ("X-Apple-Action: VACATION",),
        ("X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",),
        ("X-MS-Exchange-Inbox-Rules-Loop: zoe@prospect.example",),
        ("Subject: Automatic reply: Hello",),
        ("Subject: AUTOREPLY",),
        ("Subject: Out of Office: Hello",),
        ("Subject: Automatische Antwort: Hello",),
        ("Subject: Abwesenheitsnotiz",),
        ("Subject: Réponse automatique : Hello",),
        ("Subject: Message d\u2019absence",),
        ("Subject: Respuesta automática: Hello",),
        ("Subject: Resposta automática: Hello",),
        ("Subject: Risposta automatica: Hello",),
        ("Subject: Automatisch antwoord: Hello",),
        ("Subject: 自动回复\uff1aHello",),
        ("Subject: Out of office until 3 March", "Return-Path: <>"),
        ("Subject: Urlaub", "Return-Path: <>"),
        ("Subject: Away: Hello", "X-Auto-Response-Suppress: All"),
        ("Subject: On leave until May", "Precedence: bulk"),
    ],
)
def test_machine(headers: tuple[str, ...]) -> None:
    """A mark that only machines make, or two weak ones, tell an automatic reply."""
    found = auto_reply(*headers)
    assert found is not None
    assert found.evidence


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Auto-Submitted: no",),
        ("Auto-Submitted:",),
        ("Auto-Submitted: auto-generated", "List-Unsubscribe: <mailto:x@y.example>"),
        ("X-Autoreply: no",),
        ("X-POST-MessageClass: 1",),
        ("X-Apple-Action: FORWARD",),
        ("X-Auto-Response-Suppress: All",),
        ("Return-Path: <>",),
        ("Precedence: bulk",),
        ("Subject: Re: Automatic reply: Hello",),
        ("Subject: Automatic replies are a nuisance: discuss",),
        ("Subject: Out of office until 3 March",),
        ("Subject: Urlaub",),
        ("Subject: Vacation homes for your team", "Return-Path: <zoe@prospect.example>"),
        ("Subject: Autonomous cars: a question", "Return-Path: <>"),
    ],
)
def test_person(headers: tuple[str, ...]) -> None:
    """What a person's mail may have too proves nothing."""
    assert auto_reply(*headers) is None


def returns(*headers: str, text: str = "") -> date | None:
    found = auto_reply("Auto-Submitted: auto-replied", *headers, text=text)
    assert found is not None
    return found.returns.resume_on if found.returns else None


def test_return_date() -> None:
    """The date of return is found in the text or in the subject."""
    assert returns(text="I am away until 3 March.") == date(2027, 3, 4)
    assert returns("Subject: Out until 3 March", text="Bye") == date(2027, 3, 4)
    assert returns(text="I am away.") is None


def test_quoted_date_is_not_theirs() -> None:
    """A date in our own mail, quoted below, is no date of return."""
    text = "I am away.\n\nOn Mon, 1 Mar 2027 Rep <rep@sender.example> wrote:\n> valid until 3 March"
    assert returns(text=text) is None
    assert returns(text="> I am away until 3 March.") == date(2027, 3, 4)


def test_mail_without_date() -> None:
    """Without the day of the mail a date cannot be understood."""
    assert returns("Date", text="I am away until 3 March.") is None


@pytest.mark.parametrize("year", ["1969", "9999"])
def test_mail_of_another_age(year: str) -> None:
    """From a date at the end of all calendars no day is counted."""
    assert returns(f"Date: Fri, 31 Dec {year} 23:59:59 +0000", text="back tomorrow") is None


def test_apple() -> None:
    """What iCloud says in figures beats the text."""
    criteria = "X-Apple-Criteria: {kind=VACATION,endDate=2027-03-10T14:59:59Z}"
    assert returns(criteria, text="I am away until 3 March.") == date(2027, 3, 11)
    past = criteria.replace("2027-03-10", "2020-03-10")
    assert returns(past, text="I am away until 3 March.") == date(2027, 3, 4)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I am away until 3 March. Your message was received.", AutoReplyType.OUT_OF_OFFICE),
        ("Until 3 March, call Bob.", AutoReplyType.OUT_OF_OFFICE),
        ("Tom is no longer with Acme. He was away until 3 March.", AutoReplyType.LEFT_COMPANY),
        ("My email address has changed.", AutoReplyType.MOVED),
        ("We have received your request.", AutoReplyType.ACKNOWLEDGEMENT),
        ("Lorem ipsum.", AutoReplyType.OUT_OF_OFFICE),
    ],
)
def test_type(text: str, kind: AutoReplyType) -> None:
    """What is said first in the order of consequences decides."""
    found = auto_reply("Auto-Submitted: auto-replied", text=text)
    assert found is not None
    assert found.type is kind


def test_generated_without_words() -> None:
    """A mail that a system wrote by itself, and that tells nothing known, confirms something."""
    found = auto_reply("Auto-Submitted: auto-generated", text="Lorem ipsum.")
    assert found is not None
    assert (found.type, found.contact) == (AutoReplyType.ACKNOWLEDGEMENT, None)


def test_evidence_has_its_place() -> None:
    """The words of the text are told with their offset, and so are those of the subject."""
    text = "Hello. I am out of the office."
    found = auto_reply("Auto-Submitted: auto-replied", text=text)
    assert found is not None
    header, said = found.evidence
    assert (header.where, header.words) == ("header auto-submitted", "auto-replied")
    assert (said.where, said.at, said.words) == ("text", text.index("out"), "out of the office")
    assert said.rule.startswith("en/absence")
    titled = auto_reply("Subject: Auto: on vacation", "Return-Path: <>", text="Bye.")
    assert titled is not None
    assert [each.where for each in titled.evidence][-1] == "subject"
    assert not titled.is_certain


def test_contact() -> None:
    """Whoever stands in is named; our own address and the writer's are nobody."""
    text = "Please contact Tom Hill (tom@prospect.example) or rep@sender.example instead."
    found = auto_reply("Auto-Submitted: auto-replied", text=text)
    assert found is not None
    assert found.contact is not None
    assert (found.contact.name, found.contact.address) == ("Tom Hill", "tom@prospect.example")


def test_who_has_left_does_not_return() -> None:
    """A date in the notice of somebody who has left is no date of return."""
    found = auto_reply("Auto-Submitted: auto-replied", text="I have left the firm as of 1 March.")
    assert found is not None
    assert found.returns is None
