"""What was posted to us, and what it takes to tell from whom it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Post:
    """What was posted, before anybody believes it.

    Attributes:
        headers: found by their names in lower case.
        body: as it came in, not parsed and written again.
        url: how the world wrote our address, with its path and query.
        secret: what stood in the path behind the name of the source; kept out of every `repr`.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a booking tool and we have agreed upon.

    Attributes:
        signing_keys: several while one is replaced; the first is the one in use.
        in_url: what stands at the end of our address, for tools that do not sign.
    """

    signing_keys: tuple[str, ...] = field(default=(), repr=False)
    in_url: tuple[str, ...] = field(default=(), repr=False)
