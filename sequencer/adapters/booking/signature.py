"""Was the raw body signed with one of the keys? Compared in constant time, whatever is given."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

_STAMP = re.compile(r"[0-9]{1,15}")


def hex_is_good(given: Iterable[str], message: bytes, keys: Sequence[str]) -> bool:
    """Whether one of the hexadecimal digests is that of the message under one of the keys.

    An empty key would be known to everybody and counts for nothing.
    """
    wanted = [_digest(message, key).hex() for key in keys if key]
    return _meet(wanted, given)


def base64_is_good(given: str, message: bytes, keys: Sequence[str]) -> bool:
    """The same for a digest in Base64."""
    wanted = [base64.b64encode(_digest(message, key)).decode() for key in keys if key]
    return _meet(wanted, [given])


def hex_of(message: bytes, key: str) -> str:
    """The digest of a message under a key."""
    return _digest(message, key).hex()


def is_secret(given: str, secrets: Sequence[str]) -> bool:
    """Whether what stood in the address is one of the secrets."""
    wanted = [_length_hidden(each) for each in secrets if each]
    return _meet(wanted, [_length_hidden(given)])


def in_time(stamp: str, now: datetime, tolerance_s: int, unit_s: float = 1.0) -> bool:
    """Whether a time stamp is not further away than that, to either side."""
    if not _STAMP.fullmatch(stamp):
        return False
    return abs(now.timestamp() - int(stamp) * unit_s) <= tolerance_s


def stamped_is_good(
    header: str, body: bytes, keys: Sequence[str], now: datetime, tolerance_s: int
) -> bool:
    """Whether a header `t=<unix seconds>,v1=<hex>` signs `<t>.<body>` and is not stale.

    There may be several `v1` while keys change.
    """
    parts = [part.strip().partition("=") for part in header.split(",")[:20]]
    stamps = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not in_time(stamps[0], now, tolerance_s):
        return False
    return hex_is_good(given, stamps[0].encode() + b"." + body, keys)


def _length_hidden(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _digest(message: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), message, hashlib.sha256).digest()


def _meet(wanted: Iterable[str], given: Iterable[str]) -> bool:
    """Whether the two have one in common; how far others agree cannot be seen from the time."""
    ours = [each.encode() for each in wanted]
    theirs = [each.encode("utf-8", "replace") for each in given]
    return any(hmac.compare_digest(one, other) for one in ours for other in theirs)
