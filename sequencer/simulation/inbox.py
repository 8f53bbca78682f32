"""An inbox without a server: folders in memory, numbered as a server would number them."""

import asyncio
import email
import email.policy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sequencer.mail.folder import (
    READ_AGAIN,
    Cursor,
    Fetched,
    Folder,
    Found,
    InboxError,
    NoSentFolderError,
    Scan,
)
from sequencer.mail.greeting import Greeting

OVERLAP = 500
PORTION = 10  # mails of Sent that are read at once: few, so that tests meet the seams


@dataclass(frozen=True, slots=True)
class Stored:
    """A message in a folder."""

    uid: int
    raw: bytes
    at: datetime


@dataclass(slots=True)
class Box:
    """A folder and its numbering."""

    uidvalidity: int = 1
    uidnext: int = 1
    stored: list[Stored] = field(default_factory=list)


@dataclass(slots=True)
class FakeInbox:
    """A mailbox to which tests deliver, and which they may renumber or break.

    Attributes:
        drops: headers that the provider drops from what it files in Sent; it puts in a Message-ID
            of its own where that is one of them.
        unreadable: UIDs that are never handed out.
        portion: messages that a scan of a folder brings at most.
        boxes: folders; one that is taken away is missing, as some servers have no Junk.
        trouble: what every call raises as long as it is set.
    """

    now: Callable[[], datetime]
    boxes: dict[Folder, Box] = field(default_factory=lambda: {role: Box() for role in Folder})
    trouble: InboxError | None = None
    drops: frozenset[str] = frozenset()
    unreadable: set[int] = field(default_factory=set)
    portion: int = 1_000
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: bool = False

    def deliver(self, raw: bytes, folder: Folder = Folder.INBOX, at: datetime | None = None) -> int:
        """Put a message into a folder; its UID."""
        if folder is Folder.SENT:
            raw = self._as_filed(raw)
        box = self.boxes[folder]
        uid, box.uidnext = box.uidnext, box.uidnext + 1
        box.stored.append(Stored(uid, raw, at or self.now()))
        if folder is Folder.INBOX:
            self._news.set()
        return uid

    def renumber(self, folder: Folder) -> None:
        """Give the folder a new UIDVALIDITY and its messages new UIDs."""
        old = self.boxes[folder]
        self.boxes[folder] = Box(old.uidvalidity + 1)
        for stored in old.stored:
            self.deliver(stored.raw, folder, stored.at)

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """New messages of INBOX, Junk and the archive, and the headers of those in Sent."""
        self._check()
        roles = [role for role in Folder if role in self.boxes]
        begin = min(self.now() - READ_AGAIN, (since or self.now()) - timedelta(days=1))
        day = begin.date() if cursors else None
        return [self._scanned(role, cursors.get(role), day) for role in roles]

    async def wait(self, seconds: float) -> bool:
        """Whether something was delivered to INBOX since the last wait, or is within that time."""
        self._check()
        if self._closed:
            raise InboxError("The inbox was closed.")
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return not self._closed

    async def find(self, folder: Folder, message_id: str, ref: str, since: datetime) -> Found:
        """By which of these marks, or by an X- header that names the Message-ID, one is found."""
        self._check()
        if folder not in self.boxes:
            raise NoSentFolderError(f"there is no {folder.title()}")
        del since
        found = (_found(each.raw, message_id, ref) for each in self.boxes[folder].stored)
        return next((each for each in found if each), Found())

    async def read_sent(self, since: datetime, after: Cursor | None = None) -> Scan:
        """The headers of some mails in Sent from the day before `since` on, the oldest first."""
        self._check()
        if Folder.SENT not in self.boxes:
            raise NoSentFolderError("there is no Sent")
        box, day = self.boxes[Folder.SENT], (since - timedelta(days=1)).date()
        begin = after.last_uid if after is not None else 0
        since_day = [each for each in box.stored if each.at.astimezone(UTC).date() >= day]
        some = [each for each in since_day if each.uid > begin][:PORTION]
        heads = tuple(Fetched(each.uid, _head(each.raw)) for each in some)
        last_uid = max((each.uid for each in some), default=begin)
        return Scan(Folder.SENT, box.uidvalidity, last_uid, heads)

    async def keep_copy(self, data: bytes, at: datetime) -> None:
        """Add a message to Sent."""
        self._check()
        self.boxes.setdefault(Folder.SENT, Box())
        self.deliver(data, Folder.SENT, at)

    async def greet(self) -> Greeting:
        """A warm welcome, unless there is trouble."""
        if self.trouble is not None:
            return Greeting(str(self.trouble), self.trouble.permanent)
        return Greeting(tls="TLSv1.3", folders={role: role.title() for role in self.boxes})

    async def close(self) -> None:
        """End a wait."""
        self._closed = True
        self._news.set()

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    def _as_filed(self, raw: bytes) -> bytes:
        if not self.drops:
            return raw
        mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
        for name in self.drops:
            del mail[name]
        if "Message-ID" in self.drops:
            mail["Message-ID"] = f"<{self.boxes[Folder.SENT].uidnext}@provider.example>"
        return mail.as_bytes()

    def _scanned(self, role: Folder, cursor: Cursor | None, day: date | None) -> Scan:
        box = self.boxes[role]
        newest = box.uidnext - 1
        if day is None:
            return Scan(role, box.uidvalidity, newest, ())
        if role is Folder.SENT:
            return _of_sent(box, cursor, day)
        if cursor is None or cursor.uidvalidity != box.uidvalidity:
            fresh = [each for each in box.stored if each.at.astimezone(UTC).date() >= day]
            last_uid = newest
        else:
            begin = cursor.late_from
            fresh = [
                each
                for each in box.stored
                if each.uid not in cursor.seen
                and (each.uid > cursor.last_uid or (begin is not None and each.at >= begin))
            ]
            last_uid = max(cursor.last_uid, newest - OVERLAP)
        messages = tuple(self._fetched(each) for each in fresh[: self.portion])
        return Scan(role, box.uidvalidity, last_uid, messages, len(fresh) > self.portion)

    def _fetched(self, stored: Stored) -> Fetched:
        if stored.uid in self.unreadable:
            return Fetched(stored.uid, b"", truncated=True, problem="the server never hands it out")
        return Fetched(stored.uid, stored.raw)


def _of_sent(box: Box, cursor: Cursor | None, day: date) -> Scan:
    if cursor is None or cursor.uidvalidity != box.uidvalidity:
        fresh = [each for each in box.stored if each.at.astimezone(UTC).date() >= day]
    else:
        fresh = [each for each in box.stored if each.uid > cursor.last_uid]
    found = tuple(
        Fetched(each.uid, each.raw if _is_calendar(each.raw) else _head(each.raw)) for each in fresh
    )
    return Scan(Folder.SENT, box.uidvalidity, box.uidnext - 1, found)


def _is_calendar(raw: bytes) -> bool:
    """Whether a part of a mail that is not ours says that it is an invitation."""
    return b"content-type: text/calendar" in raw.lower() and b"X-Sequencer-Ref" not in raw


def _head(raw: bytes) -> bytes:
    head, end, _ = raw.partition(b"\r\n\r\n")
    return head + end


def _found(raw: bytes, message_id: str, ref: str) -> Found:
    mail = email.message_from_bytes(raw)
    others = [value for name, value in mail.items() if name.lower().startswith("x-")]
    named = any(message_id.strip("<>") in each for each in others)
    by_ref = ref != "" and ref in mail.get_all("X-Sequencer-Ref", [])
    return Found(by_message_id=named or mail["Message-ID"] == message_id, by_ref=by_ref)
