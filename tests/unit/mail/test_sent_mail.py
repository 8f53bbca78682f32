from datetime import UTC, datetime

import pytest

from sequencer.mail.sent_mail import SentMail, head_of, may_hold_calendar, read_sent
from sequencer.mail.unsubscribe import make_token

HEAD = b"""\
From: Ana <ana@sales.example>\r
To: "Marin, Zoe" <zoe@bank.example>, Leo <leo@bank.example>\r
Cc: zoe@bank.example\r
Bcc: eva@mill.example\r
Date: Tue, 3 Mar 2026 13:00:00 +0100\r
Message-ID: <1@mail.example>\r
Subject: As discussed\r
\r
"""


def test_by_hand() -> None:
    """A mail by hand tells to whom it went and when; nobody is named twice."""
    assert read_sent(HEAD) == SentMail(
        message_ids=("<1@mail.example>",),
        ref="",
        is_automatic=False,
        recipients=("zoe@bank.example", "leo@bank.example", "eva@mill.example"),
        date=datetime(2026, 3, 3, 12, tzinfo=UTC),
        subject="As discussed",
    )


def test_mark() -> None:
    """A mail of ours carries a mark."""
    assert read_sent(b"X-Sequencer-Ref: 0123\r\n" + HEAD).is_marked


def test_opt_out_token() -> None:
    """Whose mail it is, its opt-out header tells, if nothing else does."""
    token = make_token(bytes(16), [b"a key"])
    url = f"<https://seller.example/u/{token}>,\r\n <mailto:ana@x?subject=unsubscribe%20{token}>"
    assert read_sent(f"List-Unsubscribe: {url}\r\n".encode() + HEAD).tokens == (token,)


def test_replaced_message_id() -> None:
    """Where a provider has replaced the Message-ID, the old one is known too."""
    head = b"X-Google-Original-Message-ID: <ours@sales.example>\r\nX-Other: <no@x>\r\n" + HEAD
    assert read_sent(head).message_ids == ("<ours@sales.example>", "<1@mail.example>")


@pytest.mark.parametrize(
    ("value", "automatic"),
    [(b"auto-replied", True), (b"Auto-Generated; x=y", True), (b"no", False), (b"", False)],
)
def test_automatic(value: bytes, automatic: bool) -> None:
    """What a machine wrote says so."""
    assert read_sent(b"Auto-Submitted: " + value + b"\r\n" + HEAD).is_automatic is automatic


def test_head() -> None:
    """The headers end with the first empty line, whatever ends lines."""
    assert head_of(b"A: 1\r\nB: 2\r\n\r\nhello\n\n") == b"A: 1\r\nB: 2\r\n\r\n"
    assert head_of(b"A: 1\n\nhello\r\n\r\n") == b"A: 1\n\n"
    assert head_of(b"A: 1\r\n") == b"A: 1\r\n"


@pytest.mark.parametrize(
    ("head", "may"),
    [
        (b"Content-Type: multipart/alternative; boundary=b\r\n", True),
        (b"content-type: TEXT/Calendar; method=REQUEST\r\n", True),
        (b"Content-Type: text/plain\r\n", False),
        (b"Content-Type: multipart/mixed; boundary=b\r\nX-Sequencer-Ref: 1\r\n", False),
        (b"", False),
    ],
)
def test_may_hold_calendar(head: bytes, may: bool) -> None:
    """What has parts may be an invitation; a mail of ours is none."""
    assert may_hold_calendar(head) is may


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\xff\x00:\n", b"To: <>, @, ;\n\n", b"Date: x"])
def test_broken(raw: bytes) -> None:
    """Whatever the bytes are, nothing is found in them rather than an error."""
    assert read_sent(raw) == SentMail((), ref="", is_automatic=False, recipients=(), date=None)
