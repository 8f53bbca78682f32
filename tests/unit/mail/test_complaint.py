import pytest
from foreign_mails import a_mail, parts

from sequencer.mail.complaint import Complaint, read_complaint
from sequencer.mail.incoming import read_mail

ORIGINAL = "Message-ID: <m2@sender.example>\nList-Unsubscribe: <https://go.sender.example/u/x>\n"


def feedback(fields: str, original: str = ORIGINAL) -> Complaint | None:
    raw = a_mail(
        "From: feedback@arf.example",
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
        text=parts(
            "Content-Type: text/plain\n\nThis is an email abuse report.",
            f"Content-Type: message/feedback-report\n\n{fields}",
            f"Content-Type: text/rfc822-headers\n\n{original}",
        ),
    )
    return read_complaint(read_mail(raw))


def test_complaint() -> None:
    """Type, the mail of ours, and who complained."""
    found = feedback("Feedback-Type: Abuse\nVersion: 1\nOriginal-Rcpt-To: <zoe@prospect.example>\n")
    assert found == Complaint("abuse", "<m2@sender.example>", "zoe@prospect.example")
    assert found.is_by_person


@pytest.mark.parametrize(
    "field",
    ["Original-Rcpt-To: redacted@yahoo.example", "Original-Rcpt-To: redacted", "Version: 1"],
)
def test_redacted(field: str) -> None:
    """A recipient that is hidden is not made up."""
    assert feedback(field) == Complaint("abuse", "<m2@sender.example>", "")


def test_removal() -> None:
    """Who wants to be removed is named by another field."""
    found = feedback("Feedback-Type: opt-out\nRemoval-Recipient: zoe@prospect.example", "")
    assert found == Complaint("opt-out", None, "zoe@prospect.example")


def test_not_spam() -> None:
    """Who says that a mail is no spam does not complain."""
    assert feedback("Feedback-Type: not-spam") is None


def test_failed_authentication() -> None:
    """A report on a signature is not a person's."""
    found = feedback("Feedback-Type: auth-failure")
    assert found is not None
    assert not found.is_by_person


def microsoft(subject: str, *bodies: str) -> Complaint | None:
    raw = a_mail(
        "From: staff@hotmail.com",
        f"Subject: {subject}",
        "Content-Type: multipart/mixed; boundary=b",
        text=parts(*bodies),
    )
    return read_complaint(read_mail(raw))


def test_microsoft() -> None:
    """Microsoft encloses the original and names the recipient in it."""
    original = (
        f"Content-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: zoe@x.example\n{ORIGINAL}"
    )
    found = microsoft("complaint about message from 192.0.2.1", "\n\nHello", original)
    assert found == Complaint("abuse", "<m2@sender.example>", "zoe@x.example")
    assert microsoft("complaint about message from you", "\n\nIt was rude.") is None
    assert microsoft("About your message", original) is None
