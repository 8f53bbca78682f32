"""How are messages read so that none of them, however large or broken, keeps the others away?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sequencer.adapters.imap.account import ImapLimits
from sequencer.adapters.imap.extract import head_and_text
from sequencer.adapters.imap.session import BROKEN, HEADER, WHOLE, RefusedError, Session
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Fetched, InboxError

HEAD = f"{HEADER}<0.65536>"  # recipients and marks come before that, or never
_OTHERS = 3  # messages of which one has to be readable
_PARKED = "the server broke the connection, or refused, whenever it was to be read"

# A way to read one message, whose result is None where the message has gone meanwhile.
Way = Callable[[Session, int], bytes | None]


def _whole(session: Session, uid: int) -> bytes | None:
    return session.parts([uid], WHOLE).get(uid)


def _header(session: Session, uid: int) -> bytes | None:
    return session.parts([uid], HEADER).get(uid)


def _head(session: Session, uid: int) -> bytes | None:
    return session.parts([uid], HEAD).get(uid)


_TRIES: Sequence[Way] = (_whole, _header, _header)


def fetched(
    wire: Wire, name: str, uidvalidity: int, uids: Sequence[int]
) -> tuple[list[Fetched], bool]:
    """The first portion of these messages of the folder, which is open, and whether there are more.

    They come in order; those gone meanwhile are left out.

    A message at which the connection breaks, or that the server refuses to hand out, is tried
    alone, and twice with its header only. What cannot be read even so is reported with that
    problem, but only if another message can be read after that.

    Raises:
        InboxError: the connection breaks whatever is read: it is not the messages' fault.
        RefusedError: the server says no to everything, as servers do that throttle; what was
            reported unreadable then would never be read again.
    """
    reading = _Reading(wire, name, uidvalidity)
    limits = wire.limits
    every = wire.session().sizes(uids)
    sizes = _portion(every, limits)
    small = {uid: size for uid, size in sizes.items() if size <= limits.whole}
    messages = []
    for batch in _batches(small, limits.batch, limits.batch_octets):
        messages += reading.together(batch, WHOLE, _TRIES)
    large: Way = partial(_extracted, octets=limits.head)
    for uid in sizes.keys() - small.keys():
        messages += reading.alone(uid, (large, _header, _header))
    reading.check_others()
    return sorted(messages, key=lambda message: message.uid), len(sizes) < len(every)


def fetched_heads(wire: Wire, name: str, uidvalidity: int, uids: Sequence[int]) -> list[Fetched]:
    """The begin of the headers of these messages; one at which the connection breaks is left out.

    Raises:
        InboxError: the connection breaks whatever is read.
        RefusedError: the server says no to everything.
    """
    reading = _Reading(wire, name, uidvalidity)
    heads = []
    for start in range(0, len(uids), wire.limits.batch):
        batch = uids[start : start + wire.limits.batch]
        heads += reading.together(batch, HEAD, (_head,))
    reading.check_others()
    return sorted((each for each in heads if each.raw), key=lambda message: message.uid)


def fetched_by(
    wire: Wire, name: str, uidvalidity: int, uids: Sequence[int], way: Way
) -> list[Fetched]:
    """These messages one by one, each read in that way, else the begin of its headers.

    Raises:
        InboxError: the connection breaks whatever is read.
        RefusedError: the server says no to everything.
    """
    reading = _Reading(wire, name, uidvalidity)
    found = [each for uid in uids for each in reading.alone(uid, (way, _head))]
    reading.check_others()
    return [replace(each, truncated=False) for each in found if each.raw]


def _extracted(session: Session, uid: int, octets: int) -> bytes | None:
    return head_and_text(session, uid, octets)


def _portion(sizes: Mapping[int, int], limits: ImapLimits) -> dict[int, int]:
    """The first messages, as many as are held in memory at a time; one at least."""
    found: dict[int, int] = {}
    total = 0
    for uid in sorted(sizes):
        total += sizes[uid] if sizes[uid] <= limits.whole else limits.head
        if found and (len(found) == limits.portion or total > limits.portion_octets):
            break
        found[uid] = sizes[uid]
    return found


def _batches(sizes: Mapping[int, int], most: int, octets: int) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for uid in sorted(sizes):
        if batch and (len(batch) == most or total + sizes[uid] > octets):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += sizes[uid]
    if batch:
        yield batch


class _Reading:
    """Reads from one open folder, and opens it anew when the connection has broken."""

    def __init__(self, wire: Wire, name: str, uidvalidity: int) -> None:
        self._wire = wire
        self._name = name
        self._uidvalidity = uidvalidity
        self._read: set[int] = set()
        self._unreadable: set[int] = set()
        self._refused: RefusedError | None = None

    def together(self, uids: Sequence[int], part: str, tries: Sequence[Way]) -> list[Fetched]:
        try:
            parts = self._wire.session().parts(uids, part)
        except BROKEN:
            self._reopen()
            return [message for uid in uids for message in self.alone(uid, tries)]
        except RefusedError as error:
            # One of them may be at fault, or the server is: that is asked before all are tried.
            self._refused = error
            self._check_any(without=set(uids) if len(uids) == 1 else set())
            return [message for uid in uids for message in self.alone(uid, tries)]
        self._read |= parts.keys()
        return [Fetched(uid, raw) for uid, raw in parts.items()]

    def alone(self, uid: int, tries: Sequence[Way]) -> list[Fetched]:
        for way in tries:
            try:
                raw = way(self._wire.session(), uid)
            except BROKEN:
                self._reopen()
                continue
            except RefusedError as error:
                self._refused = error
                continue
            if raw is None:
                return []
            self._read.add(uid)
            return [Fetched(uid, raw, truncated=way is not _whole and way is not _head)]
        self._unreadable.add(uid)
        return [Fetched(uid, b"", truncated=True, problem=_PARKED)]

    def check_others(self) -> None:
        """See to it that some message can be read where others could not."""
        if self._unreadable:
            self._check_any(without=self._unreadable)

    def _check_any(self, without: set[int]) -> None:
        others = set(self._wire.session().search(["ALL"])) - without
        best_first = sorted(others, key=lambda uid: (uid in self._read, uid), reverse=True)
        for uid in best_first[:_OTHERS]:
            try:
                if _header(self._wire.session(), uid):
                    return
            except BROKEN:
                self._reopen()
            except RefusedError as error:
                self._refused = error
        if self._refused is not None:
            raise self._refused
        raise InboxError(f"the connection broke at whatever was read from {self._name}")

    def _reopen(self) -> None:
        self._wire.drop()
        if self._wire.session().examine(self._name).uidvalidity != self._uidvalidity:
            raise InboxError(f"{self._name} was numbered anew while it was read")
