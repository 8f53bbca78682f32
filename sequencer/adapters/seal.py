"""How are secrets kept in a database that may be read by others? Sealed with a key from outside.

AES-256-GCM. The keys are derived (HKDF, RFC 5869) from those that sign opt-out links, so that every
host has them already. The newest one seals; whichever sealed is found by its id.
"""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sequencer.mail.sign_in import SealError

FORM = b"\x01"
ID = 8  # octets
NONCE = 12
_HEAD = len(FORM) + ID + NONCE


class KeySealer:
    """Seals with the first of some keys, and unseals with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        derived = [_derive(key) for key in keys]
        self._newest = derived[0][0]
        self._ciphers = {name: AESGCM(key) for name, key in reversed(derived)}

    def seal(self, secret: str, about: str) -> bytes:
        """The secret, readable only with this key, and only as one about that."""
        nonce = secrets.token_bytes(NONCE)
        cipher = self._ciphers[self._newest]
        sealed = cipher.encrypt(nonce, secret.encode(), FORM + about.encode())
        return FORM + self._newest + nonce + sealed

    def unseal(self, sealed: bytes, about: str) -> str:
        """What was sealed.

        Raises:
            SealError: with another key, about something else, or damaged.
        """
        if len(sealed) < _HEAD or not sealed.startswith(FORM):
            raise SealError("It is damaged.")
        name, nonce = sealed[len(FORM) : len(FORM) + ID], sealed[len(FORM) + ID : _HEAD]
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SealError("It was sealed with a key that is not among `secret_keys` any more.")
        try:
            return cipher.decrypt(nonce, sealed[_HEAD:], FORM + about.encode()).decode()
        except (InvalidTag, UnicodeDecodeError):
            raise SealError("It is damaged, or belongs to another mailbox.") from None


def _derive(key: bytes) -> tuple[bytes, bytes]:
    """The id of a key, which tells nothing about it, and what it seals with."""
    found = HKDF(SHA256(), ID + 32, None, b"sequencer: sealed sign-ins").derive(key)
    return found[:ID], found[ID:]
