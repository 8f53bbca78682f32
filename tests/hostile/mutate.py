"""Mails as nobody should write them: those of a corpus, spoilt by chance, and some made to hurt."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "data/inbound"
_DEEPEST, _MOST_COPIES = 40, 200
_LIES = (b"us-ascii", b"utf-7", b"utf-16", b"x-unknown", b"", b"hz-gb-2312", b"idna", b"rot13")
_TYPES = (b"multipart/mixed; boundary=b", b"message/rfc822", b"text/html; charset=", b"a/b/c;;=")


def corpus() -> list[bytes]:
    """Every mail of the corpus, in a fixed order."""
    return [path.read_bytes() for path in sorted(CORPUS.rglob("*.eml"))]


def mutations(mails: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Spoilt mails without an end; one to three things happen to each."""
    chance = random.Random(seed)
    while True:
        mail = chance.choice(mails)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            mail = chance.choice(_SPOIL)(mail, chance)
        yield mail


def _flipped(mail: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(mail or b"x")
    for _ in range(chance.choice((1, 8, 64))):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def _cut(mail: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(mail) + 1)
    return chance.choice((mail[:at], mail[at:]))


def _doubled_headers(mail: bytes, chance: random.Random) -> bytes:
    head, empty, body = _halves(mail)
    lines = head.splitlines(keepends=True) or [b"X: y\r\n"]
    for _ in range(chance.choice((1, 5, _MOST_COPIES))):
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"".join(lines) + empty + body


def _nested(mail: bytes, chance: random.Random) -> bytes:
    for level in range(chance.choice((1, 3, _DEEPEST))):
        mark = b"n%d" % level
        head = b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="%s"\r\n\r\n' % mark
        kind = chance.choice((b"message/rfc822", b"text/plain", b"multipart/mixed"))
        inner = b"--%s\r\nContent-Type: %s\r\n\r\n%s\r\n" % (mark, kind, mail)
        mail = head + inner * chance.choice((1, 1, 2)) if level < 1 else head + inner
    return mail


def _lying_charset(mail: bytes, chance: random.Random) -> bytes:
    found = mail.lower().find(b"charset=")
    if found < 0:
        return b"Content-Type: text/plain; charset=" + chance.choice(_LIES) + b"\r\n" + mail
    end = found + len(b"charset=")
    return mail[:end] + chance.choice(_LIES) + mail[end:]


def _other_type(mail: bytes, chance: random.Random) -> bytes:
    return b"Content-Type: " + chance.choice(_TYPES) + b"\r\n" + mail


def _spliced(mail: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(mail) + 1), chance.choice((1, 100, 5_000))
    piece = chance.choice((chance.randbytes(length), mail[:length], b"\0" * length, b">" * length))
    return mail[:at] + piece + mail[at:]


def _halves(mail: bytes) -> tuple[bytes, bytes, bytes]:
    for empty in (b"\r\n\r\n", b"\n\n"):
        if empty in mail:
            head, _, body = mail.partition(empty)
            return head + empty[: len(empty) // 2], empty[: len(empty) // 2], body
    return mail, b"", b""


_SPOIL: Sequence[Callable[[bytes, random.Random], bytes]] = (
    _flipped,
    _cut,
    _doubled_headers,
    _nested,
    _lying_charset,
    _other_type,
    _spliced,
)


def made_to_hurt() -> dict[str, bytes]:
    """Mails that bring ordinary parsers down, hang them or fill the memory, with their names."""
    head = b"From: mallory@hostile.example\r\nSubject: hello\r\n"
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(1_500)
    )
    word = b"=?utf-8?b?aGVsbG8=?= "
    return {
        "1,000 parentheses": b"To: " + b"(" * 1_000 + b"\r\n" + head + b"\r\nhi",
        "100,000 recipients": b"To: " + b"a@b.c, " * 100_000 + b"\r\n" + head + b"\r\nhi",
        "100,000 parameters": head + b"Content-Type: text/plain" + b"; a=b" * 100_000 + b"\r\n\r\n",
        "100,000 encoded words": b"From: m@h.example\r\nSubject: " + word * 100_000 + b"\r\n\r\nhi",
        "1,500 levels": head + deep + b"hi",
        "200,000 parts": head
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 1
        + b"\r\nx\r\n--b\r\n" * 200_000,
        "a million headers": b"X: y\r\n" * 1_000_000 + head + b"\r\nhi",
        "unknown charset": head + b"Content-Type: text/plain; charset=x-none\r\n\r\nh\xe9",
        "empty charset": head + b'Content-Type: text/plain; charset=""\r\n\r\nh\xe9',
        "surrogates": b"Subject: \xed\xa0\x80 =?utf-8?q?=ED=A0=80?=\r\nFrom: \xed\xb0\x80\r\n\r\n",
        "no From": b"Subject: hello\r\n\r\nhi",
        "8-bit From": b"From: \xff\xfe\xfd <\xe9@\xfc>\r\n\r\nhi",
        "nothing": b"",
        "one octet": b"\0",
        "no line end": b"a" * 300_000,
        "newlines": head + b"\r\n" + b"\n" * 256_000,
        "spaces": head + b"\r\n" + b" " * 256_000,
        "On, again and again": head + b"\r\n" + b"On " * 85_000,
        "From lines": head + b"\r\n" + b"From: a\r\n" * 28_000,
        "dashes": head + b"\r\n" + b"-" * 256_000,
        "quotes": head + b"\r\n" + b"> " * 128_000,
        "open tags": head + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000,
        "half a tag": head + b"Content-Type: text/html\r\n\r\n" + b"<" * 256_000,
        "bad base64": head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=\xff!" * 80_000,
    }
