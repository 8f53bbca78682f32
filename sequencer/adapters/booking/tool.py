"""What is there to know about a booking tool? The form of each entry of the registry."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.adapters.booking.signature import is_secret
from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.booking_link import is_token
from sequencer.domain.post import Post, Secrets

Verify = Callable[[Secrets, Post, datetime], bool]
Read = Callable[[bytes], Sequence[BookingEvent]]
Answer = Callable[[Secrets, Post], Mapping[str, str] | None]


def _nothing(_secrets: Secrets, _post: Post) -> None:
    """What most tools want to hear."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A booking tool.

    Attributes:
        verify: whether what was posted is from the tool.
        read: the events in a body; DeliveryError where it is not what the tool sends.
        answer: what a post wants to hear that was verified, and only asks whether we are there.
    """

    name: str
    verify: Verify
    read: Read
    answer: Answer = _nothing


def signed_or_secret(is_signed: Callable[[Post, Sequence[str]], bool]) -> Verify:
    """Check the signature where there is a signing key, else the secret in our address."""

    def verify(secrets: Secrets, post: Post, _now: datetime) -> bool:
        if any(secrets.signing_keys):
            return is_signed(post, secrets.signing_keys)
        return is_secret(post.secret, secrets.in_url)

    return verify


def key_of(*said: str) -> str:
    """What is the same for a delivery that is repeated, as long as a column of keys bears."""
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()


def unused(source: str, delivery_key: str, note: str) -> BookingEvent:
    """An event that we make nothing of, and why."""
    return BookingEvent(BookingKind.OTHER, source, delivery_key, note=note[:200])


def token_among(*carried: str) -> str:
    """Our token among what a link carried, known by its form; else the first of it.

    A link may carry marks of others as well: what is no enrollment's finds nobody.
    """
    ours = (text.casefold() for text in carried if is_token(text.casefold()))
    return next(ours, None) or next(filter(None, carried), "")


def others(*addresses: str, but: Sequence[str]) -> tuple[str, ...]:
    """Addresses, each once and without those."""
    left_out = {each.casefold() for each in but} | {""}
    found = {each.casefold(): each for each in reversed(addresses)}
    return tuple(found[key] for key in reversed(found) if key not in left_out)
