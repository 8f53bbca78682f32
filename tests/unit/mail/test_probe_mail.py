"""The mail of a mailbox to itself."""

import pytest
from builders import NOON
from foreign_mails import RULES

from sequencer.mail.classify import classify
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox
from sequencer.mail.incoming import read_mail
from sequencer.mail.probe_mail import is_probe, make_probe
from sequencer.mail.sent_mail import read_sent
from sequencer.mail.verdict import Kind

ANA = Mailbox("ana@seller.example", "Ana Ruiz")


def test_what_it_is() -> None:
    """It goes from the mailbox to itself, says why, and no machine answers it."""
    mail = make_probe(ANA, "c0ffee", "salt", NOON)
    read = read_mail(mail.data)
    assert read.sender == "ana@seller.example"
    assert read.message_id == mail.message_id
    assert read.header("x-sequencer-ref") == mail.ref
    assert read.header("auto-submitted") == "auto-generated"
    assert "may be deleted" in read.text
    assert b"\n" not in mail.data.replace(b"\r\n", b"")


def test_its_marks() -> None:
    """They follow from the key and the salt alone, and are nobody's who knows neither."""
    first, later = (make_probe(ANA, "key", "salt", at) for at in (NOON, NOON.replace(year=2027)))
    assert (first.message_id, first.ref) == (later.message_id, later.ref)
    for key, salt in (("other", "salt"), ("key", "other")):
        other = make_probe(ANA, key, salt, NOON)
        assert other.message_id != first.message_id
        assert other.ref != first.ref


def test_it_is_known_again() -> None:
    """Its copy in Sent is ours and no mail by hand; what arrives is no reply."""
    mail = make_probe(ANA, "key", "salt", NOON)
    copy = read_sent(mail.data)
    assert copy.is_marked
    assert copy.is_automatic
    assert is_probe(copy.ref)
    assert classify(mail.data, RULES).kind is not Kind.REPLY
    assert not is_probe("c0ffee")


def test_an_address_that_cannot_be_written() -> None:
    """It is refused, as for every mail."""
    with pytest.raises(ComposeError):
        make_probe(Mailbox("ana\r\n@seller.example"), "key", "salt", NOON)
