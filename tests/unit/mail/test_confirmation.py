from email import message_from_bytes
from email.policy import default

import pytest
from builders import NOON
from foreign_mails import an_incoming

from sequencer.mail.compose_error import ComposeError
from sequencer.mail.confirmation import Wanted, make_confirmation, may_confirm
from sequencer.mail.draft import Mailbox

ANA = Mailbox("rep@sender.example", "Ana López")
OWN = {"rep@sender.example"}
WANTED = Wanted(ANA, "zoe@prospect.example", "k1", "<r1@prospect.example>")
MACHINES = (
    "Return-Path: <>",
    "Return-Path: <bounces@elsewhere.example>",
    "Return-Path: <not an address>",
    "Auto-Submitted: auto-replied (vacation)",
    "List-Id: <news.prospect.example>",
    "Precedence: bulk",
    "From: no-reply@prospect.example",
    "From: owner-news@prospect.example",
    "From: nobody",
    "To: somebody.else@sender.example",
    "To: not an address",
)


@pytest.mark.parametrize("header", MACHINES)
def test_machines_lists_and_strangers_get_none(header: str) -> None:
    """What RFC 3834 forbids to answer is not answered."""
    assert not may_confirm(an_incoming(header), OWN)


@pytest.mark.parametrize("header", ["Return-Path: <Zoe@Prospect.example>", "Auto-Submitted: no"])
def test_a_person_may_get_one(header: str) -> None:
    """A person who wrote to one of our mailboxes, by whatever spelling."""
    assert may_confirm(an_incoming(header), OWN)


def test_it_is_what_rfc_3834_asks_for() -> None:
    """In the thread, marked as automatic, in words that a mail program reads as they were meant."""
    mail = message_from_bytes(make_confirmation(WANTED, "salt", NOON), policy=default)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == mail["References"] == "<r1@prospect.example>"
    assert mail["To"] == "zoe@prospect.example"
    assert mail["From"].addresses[0].display_name == "Ana López"
    assert "no more e-mail" in mail.get_content()
    assert mail["X-Sequencer-Ref"].startswith("confirmation-")


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "配信停止"), ("pt-BR", "Cancelamento"), ("tlh", "Unsubscribed")]
)
def test_in_the_language_of_the_person(language: str, words: str) -> None:
    """Another language than those known gets English."""
    wanted = Wanted(Mailbox("rep@sender.example"), "zoe@prospect.example", "k1", "", language)
    mail = message_from_bytes(make_confirmation(wanted, "salt", NOON), policy=default)
    assert words in mail["Subject"]
    assert mail["In-Reply-To"] is None
    assert "rep@sender.example" in mail.get_content()


def test_the_same_key_gives_the_same_mail() -> None:
    """A mail that is tried again is the same mail."""
    assert make_confirmation(WANTED, "salt", NOON) == make_confirmation(WANTED, "salt", NOON)


def test_a_foreign_message_id_that_is_none() -> None:
    """What cannot stand in a header is refused, not written."""
    with pytest.raises(ComposeError):
        make_confirmation(Wanted(ANA, "zoe@prospect.example", "k1", "<a b>"), "salt", NOON)
