import pytest
from foreign_mails import OURS, RULES, a_group, a_machine_mail, a_mail, a_report, parts

from sequencer.mail.bounce import Report, read_report
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.delivery_status import Action
from sequencer.mail.incoming import read_mail

UNKNOWN = a_group("gone@prospect.example", "5.1.1", "550 5.1.1 User unknown")


def report(raw: bytes) -> Report:
    found = read_report(read_mail(raw), RULES)
    assert found is not None
    return found


def test_delivery_report() -> None:
    """Recipients, their class, and the Message-ID of the mail that came back."""
    found = report(
        a_report(UNKNOWN, a_group("slow@prospect.example", "4.4.1", "timed out", "delayed"))
    )
    assert [(one.address, one.action, one.bounce_class) for one in found.recipients] == [
        ("gone@prospect.example", Action.FAILED, BounceClass.HARD),
        ("slow@prospect.example", Action.DELAYED, None),
    ]
    assert [one.address for one in found.failed] == ["gone@prospect.example"]
    assert found.original_message_id == "<m1@sender.example>"
    assert found.is_trouble


def test_delay_is_no_bounce() -> None:
    """A delay is trouble, but nobody has failed."""
    found = report(a_report(a_group("slow@prospect.example", "4.4.1", "timed out", "delayed")))
    assert found.failed == ()
    assert found.is_trouble


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_receipt_of_delivery(action: str) -> None:
    """What arrived is no trouble."""
    assert not report(a_report(a_group("zoe@prospect.example", "2.0.0", "ok", action))).is_trouble


def test_report_without_recipients() -> None:
    """A report that names nobody is one all the same."""
    found = report(a_report(said="It failed."))
    assert (found.recipients, found.evidence.where) == ((), "part multipart/report")
    assert found.is_trouble


@pytest.mark.parametrize(
    ("returned", "headers", "expected"),
    [
        ("Message-ID: <m2@sender.example>\n", (), "<m2@sender.example>"),
        ("", ("In-Reply-To: <m3@sender.example>",), "<m3@sender.example>"),
        ("", ("In-Reply-To", "References: <m4@x.example> <m5@x.example>"), "<m5@x.example>"),
        ("", ("In-Reply-To",), None),
    ],
)
def test_original(returned: str, headers: tuple[str, ...], expected: str | None) -> None:
    """The mail of ours is known by what came back, or by what the report answers."""
    raw = a_mail(
        "From: mailer-daemon@x.example",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        *headers,
        text=parts(
            f"Content-Type: message/delivery-status\n\n{UNKNOWN}",
            f"Content-Type: text/rfc822-headers\n\n{returned}",
        ),
    )
    assert report(raw).original_message_id == expected


def test_original_named_in_the_report() -> None:
    """Gmail names the Message-ID among the fields."""
    field = "X-Original-Message-ID: <m9@sender.example>\n" + UNKNOWN
    assert report(a_report(field, returned="")).original_message_id == "<m9@sender.example>"


def test_original_in_the_words() -> None:
    """Where the returned mail stands in the text, its Message-ID does too."""
    text = "<gone@prospect.example>:\nNo such user\n\n--- Below is a copy of the message.\n\n"
    raw = a_machine_mail("failure notice", f"{text}{OURS}")
    assert report(raw).original_message_id == "<m1@sender.example>"
    assert report(a_machine_mail("failure notice", text)).original_message_id is None


def test_fields_in_the_words() -> None:
    """Some systems write the fields of a report into the text for people."""
    raw = a_machine_mail(
        "Delivery Status Notification (Failure)", f"Technical report:\n\n{UNKNOWN}"
    )
    [found] = report(raw).recipients
    assert (found.address, found.bounce_class) == ("gone@prospect.example", BounceClass.HARD)


def test_exchange_without_fields() -> None:
    """The header of Exchange makes a report, and its words name the recipient."""
    raw = a_mail(
        "From: postmaster@prospect.example",
        "Subject: Unzustellbar: Hello",
        "X-MS-Exchange-Message-Is-Ndr:",
        text="gone@prospect.example\nRemote Server returned '550 5.1.10 RecipientNotFound'",
    )
    [found] = report(raw).recipients
    assert (found.address, found.bounce_class) == ("gone@prospect.example", BounceClass.HARD)


def test_forward_of_a_report() -> None:
    """A person who forwards a report has sent none."""
    raw = a_mail(
        "Subject: Fwd: Undeliverable: Hello",
        "Content-Type: multipart/mixed; boundary=b",
        text=parts(
            "Content-Type: text/plain\n\nWhat is this?",
            f"Content-Type: message/delivery-status\n\n{UNKNOWN}",
        ),
    )
    assert read_report(read_mail(raw), RULES) is None


def test_answer_of_a_person() -> None:
    """A person's answer is no report, whatever it tells about mail."""
    text = "My mail to bob@prospect.example could not be delivered, 550 5.1.1 user unknown."
    assert read_report(read_mail(a_mail(text=text)), RULES) is None


def test_evidence() -> None:
    """It says what it is known by."""
    assert report(a_report(UNKNOWN)).evidence.where == "part message/delivery-status"
    raw = a_machine_mail("failure notice", "x@prospect.example")
    assert str(report(raw).evidence) == "subject: failure notice"


def test_word_of_a_filter() -> None:
    """A recipient whom a server took before it refused the mail is not known to be dead."""
    group = a_group("gone@prospect.example", "5.0.0", "550 : User unknown")
    said = ">>> DATA\n<<< 550 : User unknown"
    [alive] = report(a_report(group, said=said)).recipients
    [dead] = report(a_report(group)).recipients
    assert alive.bounce_class is BounceClass.POLICY_RECIPIENT
    assert dead.bounce_class is BounceClass.HARD
