"""Who is signed in to the pages, by a signed cookie; nothing is stored.

It ends by itself, and with the key that it was signed in with. The forms of a session carry a word
that no other page knows.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sequencer.domain.access import Access

LASTS: Final = timedelta(hours=8)
_COOKIE: Final = re.compile(r"([a-z0-9_]{1,80})\.([0-9]{1,11})\.([A-Za-z0-9_-]{43})")
_SESSION: Final = b"sequencer session 1\0"
_FORM: Final = b"sequencer form 1\0"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in, with what the cookie and the forms carry."""

    access: Access
    cookie: str
    word: str


def new_session(access: Access, keys: Sequence[bytes], now: datetime) -> Session:
    """A session from now on; the first of the keys signs."""
    until = int((now + LASTS).timestamp())
    said = f"{access.name}.{until}"
    cookie = f"{said}.{_mac(_SESSION, said, access, keys[0])}"
    return Session(access, cookie, _mac(_FORM, cookie, access, keys[0]))


def read_session(
    cookie: str, known: Sequence[Access], keys: Sequence[bytes], now: datetime
) -> Session | None:
    """The session that a cookie tells of; None for one that is over, or not signed by us."""
    found = _COOKIE.fullmatch(cookie)
    if found is None:
        return None
    name, until, mac = found.groups()
    access = next((each for each in known if each.name == name), None)
    if access is None or int(until) <= now.astimezone(UTC).timestamp():
        return None
    for key in keys:
        if hmac.compare_digest(_mac(_SESSION, f"{name}.{until}", access, key), mac):
            return Session(access, cookie, _mac(_FORM, cookie, access, key))
    return None


def is_word_of(session: Session, word: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(session.word.encode(), word.encode(errors="replace"))


def _mac(purpose: bytes, said: str, access: Access, key: bytes) -> str:
    found = hmac.digest(key, purpose + access.digest + said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()
