"""Who may ask us over the web, by a key that a person gave them?"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

MIN_ACCESS_KEY = 24  # characters: too many to be guessed, so failures need not be counted


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody with a key may do. The key itself is not kept, only what tells it.

    Attributes:
        name: of the key, for the log.
        rep: who acts, as the ledger tells it.
        digest: of the key.
        client: whose meetings alone may be seen; empty for all.
        may_write: whether anything may be changed.
    """

    name: str
    rep: str
    digest: bytes = field(repr=False)
    client: str = ""
    may_write: bool = True

    @property
    def by(self) -> str:
        """Who acts, for the ledger, and by which key."""
        return f"{self.rep} (key {self.name})"


def digest_of(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()


def access_by(known: Iterable[Access], key: str) -> Access | None:
    """Whose key it is, None where it is nobody's; as long for every key."""
    digest, found = digest_of(key), None
    for each in known:
        if hmac.compare_digest(each.digest, digest):
            found = each
    return found
