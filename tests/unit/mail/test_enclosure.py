"""Files that go with a mail: read again as strictly as the standard library can."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.mail.compose import ComposeError, compose
from sequencer.mail.draft import Draft, Enclosure, Mailbox
from sequencer.mail.enclosure import MAX_NAME, TYPES, encoded_size, media_type
from sequencer.mail.incoming import read_mail

PDF = b"%PDF-1.7\n\x00\xff" + bytes(range(256)) * 3
DRAFT = Draft(
    message_id="<m1@sender.example>",
    date=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
    sender=Mailbox("ana@sender.example", "Ana Ruiz"),
    recipient=Mailbox("lee@prospect.example"),
    subject="Your rollout",
    text="Hello Lee,\n\na word?\n",
    html="<p>Hello Lee</p>",
    enclosures=(Enclosure("prices 2027.pdf", PDF),),
)


def read(raw: bytes) -> EmailMessage:
    """The mail as the standard library reads it, without a single objection."""
    mail = message_from_bytes(raw, policy=SMTP)
    for part in mail.walk():
        assert not part.defects
        for value in part.values():
            assert not getattr(value, "defects", ())
    return mail


def test_mail_with_a_file() -> None:
    """The alternative part comes first, whole as ever, then the file."""
    raw = compose(DRAFT)
    mail = read(raw)
    assert mail.get_content_type() == "multipart/mixed"
    words, file = mail.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert (file.get_content_type(), file.get_content_disposition()) == (
        "application/pdf",
        "attachment",
    )
    assert file.get_filename() == "prices 2027.pdf"
    assert file.get_payload(decode=True) == PDF
    plain = read(compose(replace(DRAFT, enclosures=())))
    assert [each.get_payload(decode=True) for each in plain.walk()][1:] == [
        each.get_payload(decode=True) for each in words.walk()
    ][1:]
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert compose(DRAFT) == raw


def test_plain_mail_with_files() -> None:
    """A mail of plain text takes files along as well, in their order."""
    files = (Enclosure("a.txt", b"caf\xc3\xa9\n"), Enclosure("b.ICS", b""))
    mail = read(compose(replace(DRAFT, html=None, enclosures=files)))
    text, first, second = mail.iter_parts()
    assert text.get_content() == "Hello Lee,\r\n\r\na word?\r\n"
    assert first.get_content() == "café\n"
    assert (second.get_content_type(), second.get_payload(decode=True)) == ("text/calendar", b"")


def test_reader_of_mails_takes_the_words() -> None:
    """Our own reader finds the text of such a mail, and none of the file."""
    mail = read_mail(compose(replace(DRAFT, enclosures=(Enclosure("a.txt", b"other words"),))))
    assert "a word?" in mail.text
    assert "other words" not in mail.text


@pytest.mark.parametrize(
    "name",
    ["Preisübersicht.pdf", "料金表" * 20 + ".pdf", "it's (new) 100%;x=.pdf", "a" * 100 + ".pdf"],
)
def test_names_of_files(name: str) -> None:
    """Whatever a name is made of, its reader gets it as it was."""
    raw = compose(replace(DRAFT, enclosures=(Enclosure(name, PDF),)))
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert [part.get_filename() for part in read(raw).iter_attachments()] == [name]


@given(
    name=st.text(
        st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="/\\"),
        min_size=1,
        max_size=30,
    ),
    content=st.binary(max_size=400),
)
def test_any_file_comes_back(name: str, content: bytes) -> None:
    """Name and content survive, and the size is known beforehand."""
    raw = compose(replace(DRAFT, enclosures=(Enclosure(f"x{name}.pdf", content),)))
    (file,) = read(raw).iter_attachments()
    assert file.get_filename() == f"x{name}.pdf"
    assert file.get_payload(decode=True) == content
    written = raw.rpartition(b"base64\r\n\r\n")[2].rpartition(b"\r\n--")[0]
    assert len(written) == encoded_size(len(content))


@pytest.mark.parametrize(
    "name",
    [
        "run.exe",
        "pdf",
        "a.pdf.js",
        "../a.pdf",
        "a\\b.pdf",
        "a\r\nBcc: x.pdf",
        "\u202efdp.pdf",
        "a\udc80.pdf",
    ],
)
def test_refused_names(name: str) -> None:
    """What runs, leaves its folder, or reads as another name is not written."""
    with pytest.raises(ComposeError, match=r"^Content-Disposition: "):
        compose(replace(DRAFT, enclosures=(Enclosure(name, PDF),)))
    with pytest.raises(ComposeError, match=r"^Content-Disposition: "):
        compose(replace(DRAFT, enclosures=(Enclosure("x" * MAX_NAME + ".pdf", PDF),)))


def test_types() -> None:
    """A type is known by the end of the name, whatever its case."""
    assert media_type("A.PDF") == TYPES["pdf"]
    assert media_type("a.html") is None
