"""How the words of a mail become lines of ASCII: quoted-printable, in one part or in two.

Lines end as RFC 5322 wants them and no line is longer than 76 characters. A line that begins with a
dot stays as it is: doubling that dot is the business of SMTP, and would be undone there.
"""

import hashlib
import re
from binascii import b2a_qp
from functools import lru_cache

from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Words

KNOWN = 1_000  # blocks whose encoded form is kept: those between the names in a template
KNOWN_LENGTH = 8_000  # characters of such a block
_HEADERS = (
    b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
)
_PLAIN, _HTML = _HEADERS % b"plain", _HEADERS % b"html"
# b2a_qp does not count what a space at the end of a line grows by, and gives up to 78 characters.
_TOO_LONG = re.compile(rb"^(.{74,75})(=20|=09)$", re.MULTILINE)


def single(text: Words) -> bytes:
    """Plain text as the whole body, from its content headers on; ends with a line break."""
    encoded = quoted_printable("text", text)
    end = b"" if encoded.endswith(b"\n") else b"\r\n"
    return b"".join((_PLAIN, encoded, end))


def alternative(seed: str, text: Words, html: Words) -> bytes:
    """Plain text and HTML as two forms of the same (RFC 2046 section 5.1.4), content headers first.

    The seed, which should be particular to the mail, makes the boundary so.
    """
    plain_part = quoted_printable("text", text)
    html_part = quoted_printable("html", html)
    parts = b"".join((_PLAIN, plain_part, _HTML, html_part))
    mark = boundary(seed.encode() + parts, parts)
    return b"".join(
        (
            b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n--%b\r\n'
            % (mark, mark),
            _PLAIN,
            plain_part,
            b"\r\n--%b\r\n" % mark,
            _HTML,
            html_part,
            b"\r\n--%b--\r\n" % mark,
        )
    )


def quoted_printable(part: str, words: Words) -> bytes:
    """Text as UTF-8 in quoted-printable (RFC 2045 section 6.7), its line breaks as CRLF.

    A lone CR counts as a line break. `part` is named if the text cannot be written.

    Raises:
        ComposeError: the text holds a lone surrogate, which no encoding has.
    """
    try:
        if isinstance(words, str):
            return _encoded(words)
        blocks = [b""] * len(words)
        blocks[::2] = map(_same, words[::2])
        blocks[1::2] = map(_encoded, words[1::2])
    except UnicodeEncodeError as error:
        raise ComposeError(part, "holds half a character (a lone surrogate)") from error
    return b"".join(blocks)


def _encoded(text: str) -> bytes:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # With LF alone in, LF alone comes out; given CRLF, b2a_qp breaks long lines in both ways.
    encoded = b2a_qp(text.encode())
    if b"=20\n" in encoded or b"=09\n" in encoded:
        encoded = _TOO_LONG.sub(rb"\1=\n\2", encoded)
    return encoded.replace(b"\n", b"\r\n")


def _same(text: str) -> bytes:
    return _known(text) if len(text) <= KNOWN_LENGTH else _encoded(text)


_known = lru_cache(KNOWN)(_encoded)


def boundary(seed: bytes, parts: bytes) -> bytes:
    """Line between parts that does not occur in them; the same for the same seed and parts.

    `=_` cannot come out of quoted-printable, as RFC 2045 section 6.7 points out, so the first
    candidate is as good as certain. It is looked for all the same.
    """
    digest = hashlib.sha256(seed)
    while True:
        mark = b"=_" + digest.hexdigest()[:32].encode()
        if mark not in parts:
            return mark
        digest.update(b"\n")
