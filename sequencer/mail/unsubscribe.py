"""The opt-out that a mail carries: a signed token that says who, good for years without log-in.

A token is 27 octets in URL-safe base64, 36 characters: one that tells the key, 16 that tell whom it
is for (random to anybody else), and ten of a keyed hash over both. Nothing has to be stored for it
to be believed, and it never expires: an opt-out works for as long as its key is kept.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from urllib.parse import quote

from sequencer.mail.address_header import addr_spec

SUBJECT_LENGTH = 16  # octets
MAC_LENGTH = 10  # octets: 80 bits, to be guessed only by asking us
MAX_CANDIDATES = 100  # per text; each costs a hash to check, and the text may be hostile
_KEPT = 256  # mailboxes, and keys
_SAFE = "!$'*+@"  # in the address of a mailto URI, besides letters, digits and `-._~`
_TOKEN_LENGTH = (1 + SUBJECT_LENGTH + MAC_LENGTH) * 4 // 3
# The same keys may sign other things; what is signed here begins as nothing else does.
_PURPOSE = b"sequencer unsubscribe token 1\0"
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{_TOKEN_LENGTH}}}")
# Link scanners write our address, escaped, into one of their own, and some add an underscore to its
# end, so a token is what has its length, not what ends where words end. The token is looked at, not
# consumed, so that nothing in front of it can hide the place where another one begins.
_MENTION = re.compile(
    rf"(?:/u/|%2Fu%2F|unsubscribe(?:[\s:+]|%20){{1,8}})(?=({_TOKEN.pattern}))",
    re.ASCII | re.IGNORECASE,
)


def make_token(subject: bytes, keys: Sequence[bytes]) -> str:
    """Token for those 16 octets, signed with the first key.

    Raises:
        ValueError: the subject has another length, or there is no key.
    """
    if len(subject) != SUBJECT_LENGTH:
        raise ValueError(f"the subject of a token has {SUBJECT_LENGTH} octets")
    if not keys:
        raise ValueError("a token needs a key to be signed with")
    signed = _key_id(keys[0]) + subject
    return base64.urlsafe_b64encode(signed + _mac(signed, keys[0])).decode()


def read_token(token: str, keys: Sequence[bytes]) -> bytes | None:
    """The 16 octets that a token is for, or None if none of the keys signed it.

    Takes any text, and the same time whichever octet of a forged one is wrong.
    """
    if len(token) != _TOKEN_LENGTH or not _TOKEN.fullmatch(token):
        return None
    octets = base64.urlsafe_b64decode(token)
    signed, mac = octets[:-MAC_LENGTH], octets[-MAC_LENGTH:]
    genuine = False
    for key in keys:
        if _key_id(key) == signed[:1]:
            genuine |= hmac.compare_digest(_mac(signed, key), mac)
    return signed[1:] if genuine else None


def claimed_subject(token: str) -> bytes:
    """The 16 octets that one of `tokens_in` says it is for, whoever signed it."""
    return base64.urlsafe_b64decode(token)[1:-MAC_LENGTH]


def unsubscribe_url(public_url: str, token: str) -> str:
    """Address to POST to (RFC 8058) and of the page that asks for a click."""
    return f"{public_url.rstrip('/')}/u/{token}"


def unsubscribe_mailto(address: str, token: str) -> str:
    """URI (RFC 6068) of a mail that has the same effect when it arrives at `address`.

    Raises:
        ComposeError: the address cannot be written.
    """
    return f"{_mailto(address)}?subject=unsubscribe%20{token}"


@lru_cache(_KEPT)
def _mailto(address: str) -> str:
    written = addr_spec("List-Unsubscribe", address, smtputf8=True)
    return f"mailto:{quote(written, safe=_SAFE)}"


def tokens_in(text: str) -> list[str]:
    """What may be tokens in a body that quotes our link, or in a subject `unsubscribe <token>`.

    In their order, each once, and unread: `read_token` tells which are ours.
    """
    found = islice((match[1] for match in _MENTION.finditer(text)), MAX_CANDIDATES)
    return list(dict.fromkeys(found))


@lru_cache(_KEPT)
def _key_id(key: bytes) -> bytes:
    """Tells a token's key without a position in a list, which a rotation would shift."""
    return hmac.digest(key, _PURPOSE + b"key", hashlib.sha256)[:1]


@lru_cache(_KEPT)
def _begun(key: bytes) -> hmac.HMAC:
    """A keyed hash that has read the key and the purpose; to be copied, never continued."""
    return hmac.new(key, _PURPOSE, hashlib.sha256)


def _mac(signed: bytes, key: bytes) -> bytes:
    mac = _begun(key).copy()
    mac.update(signed)
    return mac.digest()[:MAC_LENGTH]
