"""The link in a mail to a rep: a signed token that tells which handover is meant.

A token is 26 octets in URL-safe base64: 16 that tell the handover, ten of a keyed hash. It is no
opt-out token, and an opt-out token is none of these: each is signed for its own purpose.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

KEY_LENGTH: Final = 16  # octets
MAC_LENGTH: Final = 10
_PURPOSE: Final = b"sequencer handover token 1\0"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{35}")


def handover_token(key: str, keys: Sequence[bytes]) -> str:
    """Token for the key of a handover, 32 hexadecimal digits, signed with the first key.

    Raises:
        ValueError: it is no such key, or there is nothing to sign with.
    """
    octets = bytes.fromhex(key)
    if len(octets) != KEY_LENGTH:
        raise ValueError(f"the key of a handover has {KEY_LENGTH} octets")
    if not keys:
        raise ValueError("a token needs a key to be signed with")
    return base64.urlsafe_b64encode(octets + _mac(octets, keys[0])).rstrip(b"=").decode()


def read_handover_token(token: str, keys: Sequence[bytes]) -> str:
    """The key of the handover, empty where none of the keys signed the token, whatever it is."""
    if not _TOKEN.fullmatch(token):
        return ""
    octets = base64.urlsafe_b64decode(f"{token}=")
    subject, mac = octets[:KEY_LENGTH], octets[KEY_LENGTH:]
    genuine = False
    for key in keys:
        genuine |= hmac.compare_digest(_mac(subject, key), mac)
    return subject.hex() if genuine else ""


def handover_url(public_url: str, token: str) -> str:
    """Address of the page on which a rep answers."""
    return f"{public_url.rstrip('/')}/h/{token}"


def _mac(subject: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + subject, hashlib.sha256)[:MAC_LENGTH]
