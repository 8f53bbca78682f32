import pytest

from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.delivery_status import (
    MAX_RECIPIENTS,
    Action,
    FailedRecipient,
    failed_recipient,
    refused_content,
    report_groups,
    report_recipients,
    without_death,
)

GROUP = """\
Final-Recipient: rfc822; gone@prospect.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User
 unknown
"""


def recipients(text: str, said: str = "") -> tuple[FailedRecipient, ...]:
    return report_recipients(report_groups(text), said)


def test_recipient() -> None:
    """A group of fields becomes a recipient with its class."""
    assert recipients(f"Reporting-MTA: dns; mx.example\n\n{GROUP}") == (
        FailedRecipient(
            "gone@prospect.example",
            Action.FAILED,
            "5.1.1",
            "smtp; 550 5.1.1 User unknown",
            BounceClass.HARD,
        ),
    )


def test_groups_without_an_empty_line() -> None:
    """Recipients that run into each other, and into the first group, are told apart."""
    found = recipients("Reporting-MTA: dns; x\n" + GROUP + GROUP.replace("gone", "lost"))
    assert [one.address for one in found] == ["gone@prospect.example", "lost@prospect.example"]


def test_fold_of_nothing() -> None:
    """A folded line without a field before it is a field by itself, and harms no other."""
    assert report_groups(" lost\nAction: failed\n more") == ({"lost": "", "action": "failed more"},)


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("Final-Recipient: rfc822; a@b.example", "a@b.example"),
        ("Final-Recipient: RFC822;<a@b.example>", "a@b.example"),
        ("Final-Recipient: a@b.example", "a@b.example"),
        ("Final-Recipient: rfc822; a@b.example; x", "a@b.example"),
        ("Final-Recipient: x\nOriginal-Recipient: rfc822;a@b.example", "a@b.example"),
        ("Original-Recipient: rfc822;a@b.example", "a@b.example"),
        (
            "Final-Recipient: rfc822;c@d.example\nOriginal-Recipient: rfc822;a@b.example",
            "a@b.example",
        ),
    ],
)
def test_address(field: str, address: str) -> None:
    """The address is found with and without its type; of a forwarded mail it is the one we know."""
    assert [one.address for one in recipients(field)] == [address]


def test_recipient_without_address() -> None:
    """A recipient that has no address is left out."""
    assert recipients("Final-Recipient: rfc822; unknown") == ()


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ("Action: failed", Action.FAILED),
        ("Action: Failed (bad destination)", Action.FAILED),
        ("Action: delayed", Action.DELAYED),
        ("Action: delivered", Action.DELIVERED),
        ("Action: relayed", Action.RELAYED),
        ("Action: expanded", Action.EXPANDED),
        ("Action: deliverable", Action.DELIVERED),
        ("Action: nonsense\nStatus: 4.4.1", Action.DELAYED),
        ("Status: 2.0.0", Action.DELIVERED),
        ("Action:\nStatus: 5.1.1", Action.FAILED),
        ("Status: nonsense", Action.FAILED),
    ],
)
def test_action(fields: str, action: Action) -> None:
    """The action is the field's, or what the status says; only a failure has a class."""
    [found] = recipients(f"Final-Recipient: rfc822; a@b.example\n{fields}")
    assert found.action is action
    assert (found.bounce_class is not None) == (action is Action.FAILED)


def test_vague_status_gives_way() -> None:
    """A status that ends in 0 is less than the code in the words, or the words for people."""
    vague = "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\n"
    [found] = recipients(vague + "Diagnostic-Code: smtp; 550 5.2.2 full")
    assert (found.status, found.bounce_class) == ("5.2.2", BounceClass.SOFT)
    [found] = recipients(vague, "Mailbox not found")
    assert (found.status, found.bounce_class) == ("5.0.0", BounceClass.HARD)
    [found] = recipients(vague.replace("5.0.0", "5.2.2"), "Mailbox not found")
    assert found.bounce_class is BounceClass.SOFT


def test_many_recipients() -> None:
    """Recipients beyond the cap are left out."""
    assert len(recipients(GROUP * 3_000)) == MAX_RECIPIENTS


@pytest.mark.parametrize(
    ("transcript", "refused"),
    [
        (">>> DATA\n<<< 550 : User unknown", True),
        (">>> DATA\n<<< 503 no recipients", False),
        (">>> DATA\nno more of it", False),
        (">>> DATA\n<<< well", False),
        (">>> RCPT To:<a@b.example>\n<<< 550 User unknown", False),
        (">>> DATA", False),
        ("", False),
    ],
)
def test_refused_content(transcript: str, *, refused: bool) -> None:
    """What a server refuses after DATA is not the recipient, whom it has taken."""
    assert refused_content(transcript) is refused


@pytest.mark.parametrize(
    ("status", "words", "dead"),
    [
        ("5.0.0", "550 User unknown", False),
        ("5.1.1", "550 5.1.1 User unknown", True),
        ("5.0.0", "554 This user doesn't have a mailbox: user unknown", True),
    ],
)
def test_word_of_a_filter(status: str, words: str, *, dead: bool) -> None:
    """An unknown user after DATA is a filter's word, unless an exact code says so."""
    found = without_death(failed_recipient("a@b.example", Action.FAILED, status, words))
    assert found.bounce_class is not None
    assert found.bounce_class.is_permanent is dead


def test_delays_stay_delays() -> None:
    """Who is not dead stays as they are."""
    late = failed_recipient("a@b.example", Action.DELAYED, "4.4.1", "550 timed out")
    assert without_death(late) is late
