"""How are messages read so that none of them, however large or broken, keeps the others away?"""

from collections.abc import Iterator, Mapping, Sequence

from sequencer.adapters.imap.session import BROKEN, HEADER, WHOLE
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Fetched, InboxError

_TRIES = (WHOLE, HEADER, HEADER)
HEAD = f"{HEADER}<0.65536>"  # recipients and marks come before that, or never
_OTHERS = 3  # messages of which one has to be readable


def fetched(wire: Wire, name: str, uidvalidity: int, uids: Sequence[int]) -> list[Fetched]:
    """These messages of the folder, which is open, in order; those gone meanwhile are left out.

    A message at which the connection breaks is tried alone, and twice with its header only. What
    cannot be read even so is reported empty, but only if another message can be read after that.

    Raises:
        InboxError: the connection breaks whatever is read: it is not the messages' fault.
        RefusedError: the server said no. That is no message's fault either: servers that throttle
            say it to everything, and what was reported empty would never be read again.
    """
    reading = _Reading(wire, name, uidvalidity)
    limits = wire.limits
    sizes = wire.session().sizes(uids)
    small = {uid: size for uid, size in sizes.items() if size <= limits.whole}
    messages = []
    for batch in _batches(small, limits.batch, limits.batch_octets):
        messages += reading.together(batch)
    for uid in sizes.keys() - small.keys():
        messages += reading.alone(uid, (f"{WHOLE}<0.{limits.head}>", HEADER, HEADER))
    reading.check_others()
    return sorted(messages, key=lambda message: message.uid)


def fetched_heads(wire: Wire, name: str, uidvalidity: int, uids: Sequence[int]) -> list[Fetched]:
    """The begin of the headers of these messages; one at which the connection breaks is left out.

    Raises:
        InboxError: the connection breaks whatever is read.
        RefusedError: the server said no.
    """
    reading = _Reading(wire, name, uidvalidity)
    heads = []
    for start in range(0, len(uids), wire.limits.batch):
        batch = uids[start : start + wire.limits.batch]
        heads += reading.together(batch, HEAD, (HEAD,))
    reading.check_others()
    return sorted((each for each in heads if each.raw), key=lambda message: message.uid)


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
        self._deadly: set[int] = set()

    def together(
        self, uids: Sequence[int], part: str = WHOLE, tries: Sequence[str] = _TRIES
    ) -> list[Fetched]:
        try:
            parts = self._wire.session().parts(uids, part)
        except BROKEN:
            self._reopen()
            return [message for uid in uids for message in self.alone(uid, tries)]
        self._read |= parts.keys()
        return [Fetched(uid, raw) for uid, raw in parts.items()]

    def alone(self, uid: int, tries: Sequence[str]) -> list[Fetched]:
        for part in tries:
            try:
                raw = self._wire.session().parts([uid], part).get(uid)
            except BROKEN:
                self._reopen()
                continue
            if raw is None:
                return []
            self._read.add(uid)
            return [Fetched(uid, raw, truncated=part != WHOLE)]
        self._deadly.add(uid)
        return [Fetched(uid, b"", truncated=True)]

    def check_others(self) -> None:
        """See to it that some message can be read where the connection broke at others."""
        if not self._deadly:
            return
        others = set(self._wire.session().search(["ALL"])) - self._deadly
        best_first = sorted(others, key=lambda uid: (uid in self._read, uid), reverse=True)
        for uid in best_first[:_OTHERS]:
            try:
                if self._wire.session().parts([uid], HEADER):
                    return
            except BROKEN:
                self._reopen()
        raise InboxError(f"the connection broke at whatever was read from {self._name}")

    def _reopen(self) -> None:
        self._wire.drop()
        if self._wire.session().examine(self._name).uidvalidity != self._uidvalidity:
            raise InboxError(f"{self._name} was numbered anew while it was read")
