"""Is a mail in a folder, and how does one get into Sent?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sequencer.adapters.imap.fetch import HEAD
from sequencer.adapters.imap.folders import INBOX
from sequencer.adapters.imap.session import Session
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Folder, Found, InboxError, NoSentFolderError

REF = "X-Sequencer-Ref"
MOST = 20_000  # mails whose headers are read for one question; nobody files that many in some days
_AT_ONCE = 50
_FOLD = re.compile(rb"\r?\n[ \t]+")
_FALLBACK = "Sent"


@dataclass(frozen=True, slots=True)
class Marks:
    """By what a mail is known: its Message-ID, bare without brackets, and our own header."""

    message_id: str
    ref: str
    bare: bytes

    @classmethod
    def of(cls, message_id: str, ref: str) -> "Marks":
        """The marks of a mail; an empty one is none."""
        return cls(message_id, ref.strip(), message_id.strip().strip("<>").encode())

    def found_in(self, header: bytes) -> Found:
        """Which of them a header has."""
        by_id = by_ref = False
        for line in _FOLD.sub(b" ", header).splitlines():
            name, _, value = line.partition(b":")
            field, text = name.strip().lower(), value.strip()
            by_ref = by_ref or (field == REF.lower().encode() and self._is_ref(text))
            by_id = by_id or self._is_id(field, text)
        return Found(by_message_id=by_id, by_ref=by_ref)

    def _is_ref(self, value: bytes) -> bool:
        return value == self.ref.encode() != b""

    def _is_id(self, field: bytes, value: bytes) -> bool:
        if not self.bare:
            return False
        if field == b"message-id":
            return value.strip(b"<>") == self.bare
        return field.startswith(b"x-") and self.bare in value  # X-...-Original-Message-ID


def find(wire: Wire, folder: Folder, marks: Marks, since: datetime) -> Found:
    """Which of its marks the mail has that is found in a folder by one of them.

    Some servers find no headers, or find them late; so where the searches find nothing, the headers
    of all mails since that day are read. Some providers replace the Message-ID: so a mail counts
    too if it has our X-Sequencer-Ref, or another header (`X-...`) that names the Message-ID.
    References do not count.

    Raises:
        NoSentFolderError: there is no Sent, or it is hidden from IMAP (Gmail offers that): absence
            from it would prove nothing.
        InboxError: more mails have come since than can be looked at.
    """
    session = wire.answering()
    session.examine(_name_of(wire, folder))
    # SINCE compares days in the server's zone, which may be a day behind.
    day = (since - timedelta(days=1)).date()
    searches: list[list[str | date]] = [["SINCE", day]]
    if marks.ref:
        searches.insert(0, ["HEADER", REF, marks.ref])
    if marks.bare:
        searches.insert(0, ["HEADER", "Message-ID", marks.message_id])
    found = (_first(session, session.search(each), marks) for each in searches)
    return next((each for each in found if each), Found())


def keep_copy(wire: Wire, data: bytes, at: datetime) -> None:
    """Add a mail to Sent as read, received at that instant."""
    session = wire.answering()
    name = wire.names().get(Folder.SENT)
    if name is None:
        name = _FALLBACK
        session.create(name)
        wire.forget_names()
    session.append(name, data, at)


def _name_of(wire: Wire, folder: Folder) -> str:
    if folder is Folder.INBOX:
        return INBOX
    if folder not in wire.names():
        wire.forget_names()  # it may have been added since
    name = wire.names().get(folder)
    if name is None:
        raise NoSentFolderError(f"no folder has the role of {folder.title()}, or its name")
    return name


def _first(session: Session, uids: Sequence[int], marks: Marks) -> Found:
    newest_first = uids[::-1]
    for start in range(0, len(newest_first), _AT_ONCE):
        if start >= MOST:
            raise InboxError(f"more than {MOST} mails to look at")
        headers = session.parts(newest_first[start : start + _AT_ONCE], HEAD)
        found = (marks.found_in(header) for header in headers.values())
        if first := next((each for each in found if each), None):
            return first
    return Found()
