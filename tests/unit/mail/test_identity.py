"""By what a mail is known again."""

import pytest

from sequencer.mail.identity import HEAD_WITHIN, identity

MAIL = (
    b"From: Zoe <zoe@buyer.example>\r\nMessage-ID: <m1@buyer.example>\r\nSubject: Re: the\r\n"
    b" figures\r\nX-Folded:\r\n\there\r\n\r\nI am not interested.\r\n"
)


@pytest.mark.parametrize(
    "same",
    [
        b"Received: by mx.example\r\nX-Spam: no\r\n" + MAIL,
        MAIL.replace(b"\r\n", b"\n"),
        MAIL.replace(b"X-Folded:\r\n\there\r\n", b""),
        MAIL.replace(b"Message-ID: ", b"message-id:"),
    ],
)
def test_the_same_mail(same: bytes) -> None:
    """What servers add on the way or when they file it makes no other mail of it."""
    assert identity(same) == identity(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"not ", b""),
        MAIL.replace(b"m1@", b"m2@"),
        MAIL.replace(b"zoe@", b"liv@"),
        MAIL.replace(b" figures", b" price"),
        MAIL.replace(b"Subject:", b"Message-ID: <m9@x.example>\r\nSubject:"),
        MAIL[: MAIL.index(b"I am")],
        b"",
    ],
)
def test_another_mail(other: bytes) -> None:
    """Under the Message-ID of another mail something else may be said, and it has to be read."""
    assert identity(other) != identity(MAIL)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: none\r\n\r\nhello\r\n",
        b"Message-ID: <m1@x.example>",
        b"X: " + b"y" * HEAD_WITHIN + b"\r\nMessage-ID: <m1@x.example>\r\n\r\nhello\r\n",
        b" folded into nothing\r\n\r\nhello",
    ],
)
def test_by_all_of_its_bytes(raw: bytes) -> None:
    """Where there is no Message-ID, or no end of the headers in sight, every byte counts."""
    assert identity(raw) == identity(raw)
    assert identity(raw) != identity(b"Received: by mx.example\r\n" + raw)
