from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from sequencer.mail.compose import ComposeError, compose
from sequencer.mail.draft import Draft, Mailbox

DRAFT = Draft(
    message_id="<m1@sender.example>",
    date=datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=1))),
    sender=Mailbox("ana@sender.example", "Ana Ruiz"),
    recipient=Mailbox("lee@prospect.example"),
    subject="Your rollout",
    text="Hello Lee,\n\na word?\n",
    html=None,
)


def test_plain_mail() -> None:
    """The least mail there is, byte for byte."""
    assert compose(DRAFT) == (
        b"From: Ana Ruiz <ana@sender.example>\r\n"
        b"To: lee@prospect.example\r\n"
        b"Subject: Your rollout\r\n"
        b"Date: Mon, 23 Nov 2026 09:05:00 +0100\r\n"
        b"Message-ID: <m1@sender.example>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Hello Lee,\r\n"
        b"\r\n"
        b"a word?\r\n"
    )


def test_all_headers() -> None:
    """Thread, opt-out and mark of our own stand in it whole, next to an HTML part."""
    raw = compose(
        replace(
            DRAFT,
            html="<p>Hello</p>",
            in_reply_to="<m0@sender.example>",
            references=("<first@x>", "<m0@sender.example>"),
            list_unsubscribe=(
                "https://go.example/u/t",
                "mailto:a@b.example?subject=unsubscribe%20t",
            ),
            ref="r1",
        )
    )
    assert raw.partition(b"Message-ID: ")[2].startswith(
        b"<m1@sender.example>\r\n"
        b"In-Reply-To: <m0@sender.example>\r\n"
        b"References: <first@x> <m0@sender.example>\r\n"
        b"List-Unsubscribe: <https://go.example/u/t>,\r\n"
        b" <mailto:a@b.example?subject=unsubscribe%20t>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        b"X-Sequencer-Ref: r1\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative;\r\n"
    )


@pytest.mark.parametrize("name", [b"auto-submitted:", b"precedence:", b"reply-to:", b"sender:"])
def test_a_mail_of_a_person(name: bytes) -> None:
    """Nothing marks the mail as written by a machine."""
    assert name not in compose(DRAFT).lower()


@pytest.mark.parametrize(
    ("uris", "one_click"),
    [
        (("https://a.example/u/t",), True),
        (("mailto:a@b.example", "HTTPS://a.example/u/t"), True),
        (("mailto:a@b.example",), False),
        (("http://localhost:8080/u/t",), False),
        ((), False),
    ],
)
def test_one_click(uris: tuple[str, ...], *, one_click: bool) -> None:
    """One click is promised only where there is an https URI to post to (RFC 8058)."""
    raw = compose(replace(DRAFT, list_unsubscribe=uris))
    assert (b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw) == one_click
    assert (b"\r\nList-Unsubscribe: " in raw) == bool(uris)


def test_local_part_in_utf8() -> None:
    """With SMTPUTF8 the address is UTF-8; without it the mail cannot be written."""
    draft = replace(DRAFT, recipient=Mailbox("josé@prospect.example"))
    with pytest.raises(ComposeError, match=r"^To: "):
        compose(draft)
    assert "\r\nTo: josé@prospect.example\r\n".encode() in compose(draft, smtputf8=True)


@pytest.mark.parametrize(
    ("header", "draft"),
    [
        ("From", replace(DRAFT, sender=Mailbox("ana"))),
        ("To", replace(DRAFT, recipient=Mailbox("lee@x.example", "Lee\nBcc: x"))),
        ("Subject", replace(DRAFT, subject="Hi\r\nBcc: x@y.example")),
        ("Date", replace(DRAFT, date=DRAFT.date.replace(tzinfo=None))),
        ("Message-ID", replace(DRAFT, message_id="m1@sender.example")),
        ("In-Reply-To", replace(DRAFT, in_reply_to="")),
        ("References", replace(DRAFT, references=("<a@b>", "<c@d> <e@f>"))),
        ("List-Unsubscribe", replace(DRAFT, list_unsubscribe=("https://a.example/u/>",))),
        ("List-Unsubscribe", replace(DRAFT, list_unsubscribe=("https://a.example/a,b",))),
        ("List-Unsubscribe", replace(DRAFT, list_unsubscribe=("ftp://a.example",))),
        ("List-Unsubscribe", replace(DRAFT, list_unsubscribe=("https://a.example/\n",))),
        ("X-Sequencer-Ref", replace(DRAFT, ref="a b")),
        ("text", replace(DRAFT, text="\udc80")),
        ("html", replace(DRAFT, html="\udc80")),
    ],
)
def test_refused(header: str, draft: Draft) -> None:
    """Each place refuses what it cannot hold, and the error names it."""
    with pytest.raises(ComposeError, match=rf"^{header}: ") as caught:
        compose(draft)
    assert caught.value.header == header


def test_a_test_says_so() -> None:
    """What one of ourselves tries has one header more, and nothing else."""
    tried = compose(replace(DRAFT, is_test=True))
    assert tried.replace(b"X-Sequencer-Test: yes\r\n", b"") == compose(DRAFT)
    assert b"X-Sequencer-Test" not in compose(DRAFT)
