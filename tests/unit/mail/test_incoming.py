from datetime import UTC, datetime

import pytest
from foreign_mails import a_mail, an_incoming, parts

from sequencer.mail.incoming import (
    MAIL_CUT,
    MAX_MAIL,
    NO_HEADERS,
    TRUNCATED,
    message_ids,
    read_mail,
)


def test_everything_is_read() -> None:
    """A person's answer comes out whole."""
    incoming = an_incoming(
        "Subject: =?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=",
        "References: <m0@sender.example>\n <m1@sender.example>",
        "Cc: =?utf-8?q?Jos=C3=A9?= <jose@prospect.example>, rep@sender.example",
        "Delivered-To: rep+abc@sender.example",
        "X-Original-To: box@sender.example",
        "Return-Path: <zoe@prospect.example>",
    )
    assert incoming.message_id == "<r1@prospect.example>"
    assert incoming.in_reply_to == ("<m1@sender.example>",)
    assert incoming.references == ("<m0@sender.example>", "<m1@sender.example>")
    assert (incoming.sender, incoming.sender_name) == ("zoe@prospect.example", "Zoe Smith")
    assert incoming.recipients == (
        "rep@sender.example",
        "jose@prospect.example",
        "rep+abc@sender.example",
        "box@sender.example",
    )
    assert incoming.return_path == "zoe@prospect.example"
    assert incoming.subject == "Re: Grüße"
    assert incoming.date == datetime(2027, 3, 1, 9, tzinfo=UTC)
    assert incoming.header("subject") == "Re: Grüße"
    assert incoming.header("x-none") == ""
    assert incoming.text == "Yes, call me."
    assert incoming.problems == ()


def test_parts_are_decoded() -> None:
    """Parts come with their transfer encoding taken off."""
    text = parts(
        "Content-Type: text/plain; charset=iso-8859-1\n"
        "Content-Transfer-Encoding: quoted-printable\n\ncaf=E9",
        "Content-Type: application/pdf\nContent-Disposition: attachment\n"
        "Content-Transfer-Encoding: base64\n\naGk=",
    )
    incoming = an_incoming("Content-Type: multipart/mixed; boundary=b", text=text)
    assert incoming.text == "café"
    assert [(part.content_type, part.content, part.attached) for part in incoming.parts] == [
        ("text/plain", b"caf\xe9", False),
        ("application/pdf", b"hi", True),
    ]
    assert incoming.parts[0].params == {"charset": "iso-8859-1"}


@pytest.mark.parametrize(("header", "path"), [("Return-Path: <>", ""), ("Return-Path", None)])
def test_return_path(header: str, path: str | None) -> None:
    """The null sender of machines is not the same as none."""
    assert an_incoming(header).return_path == path


def test_sender() -> None:
    """Without a From that has an address the Sender counts; a bare name is kept as such."""
    incoming = an_incoming("From: Zoe", "Sender: z@x.example")
    assert incoming.sender == "z@x.example"
    incoming = an_incoming("From: MAILER-DAEMON")
    assert (incoming.sender, incoming.sender_name) == ("", "MAILER-DAEMON")
    assert an_incoming("From").sender == ""


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<a@b.example> <c@d.example>", ("<a@b.example>", "<c@d.example>")),
        ("<a@b.example><a@b.example>", ("<a@b.example>",)),
        ("Your message of Monday <a@b.example> (Zoe)", ("<a@b.example>",)),
        ("a@b.example", ("<a@b.example>",)),
        ("<a\t b@c.example>", ("<ab@c.example>",)),
        ("<no-at>", ("<no-at>",)),
        ("words only", ()),
        ("<>", ()),
        ("<a@b", ("<a@b>",)),
        ("", ()),
    ],
)
def test_message_ids(value: str, found: tuple[str, ...]) -> None:
    """Ids are found with their brackets, whatever stands around them."""
    assert message_ids(value) == found


def test_line_ends() -> None:
    """CR LF, LF and CR alone are all read; empty lines before the headers are passed over."""
    for end in (b"\r\n", b"\n", b"\r"):
        incoming = read_mail(b"  " + end + end + a_mail(text="one\ntwo").replace(b"\n", end))
        assert (incoming.sender, incoming.text) == ("zoe@prospect.example", "one\ntwo")


def test_problems_are_named() -> None:
    """What was cut or is missing is said, and the rest is there."""
    assert read_mail(b"").problems == (NO_HEADERS,)
    assert read_mail(a_mail(), truncated=True).problems == (TRUNCATED,)
    huge = read_mail(a_mail("Content-Type: image/png", text="a" * MAX_MAIL))
    assert huge.problems == (MAIL_CUT,)
    assert huge.sender == "zoe@prospect.example"
