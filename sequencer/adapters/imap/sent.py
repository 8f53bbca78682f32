"""Is a mail in Sent, and how does one get there?"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sequencer.adapters.imap.session import HEADER, Session
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Folder, NoSentFolderError

REF = "X-Sequencer-Ref"
_AT_ONCE = 50
_FOLD = re.compile(rb"\r?\n[ \t]+")
_FALLBACK = "Sent"


@dataclass(frozen=True, slots=True)
class _Marks:
    """By what a mail is known: its Message-ID without brackets, and the value of our own header."""

    bare: bytes
    ref: bytes

    def are_in(self, header: bytes) -> bool:
        for line in _FOLD.sub(b" ", header).splitlines():
            name, _, value = line.partition(b":")
            if self._is_in(name.strip().lower(), value.strip()):
                return True
        return False

    def _is_in(self, field: bytes, value: bytes) -> bool:
        if field == REF.lower().encode():
            return value == self.ref != b""
        if not self.bare:
            return False
        if field == b"message-id":
            return value.strip(b"<>") == self.bare
        return field.startswith(b"x-") and self.bare in value  # X-...-Original-Message-ID


def has_sent(wire: Wire, message_id: str, ref: str, since: datetime) -> bool:
    """Whether Sent has a mail of that Message-ID, or with that mark of ours.

    Some servers find no headers, or find them late; so where the searches find nothing, the headers
    of all mails since that day are read. Some providers replace the Message-ID: so a mail counts
    too if it has our X-Sequencer-Ref, or another header (`X-...`) that names the Message-ID.
    References do not count.

    Raises:
        NoSentFolderError: there is no Sent, or it is hidden from IMAP (Gmail offers that): absence
            from it would prove nothing.
    """
    session = wire.answering()
    if Folder.SENT not in wire.names():
        wire.forget_names()  # it may have been added since
    name = wire.names().get(Folder.SENT)
    if name is None:
        raise NoSentFolderError("no folder has the role of Sent, or its name")
    session.examine(name)
    marks = _Marks(message_id.strip().strip("<>").encode(), ref.strip().encode())
    # SINCE compares days in the server's zone, which may be a day behind.
    day = (since - timedelta(days=1)).date()
    searches: list[list[str | date]] = [["SINCE", day]]
    if marks.ref:
        searches.insert(0, ["HEADER", REF, ref])
    if marks.bare:
        searches.insert(0, ["HEADER", "Message-ID", message_id])
    return any(_any_has(session, session.search(each), marks) for each in searches)


def keep_copy(wire: Wire, data: bytes, at: datetime) -> None:
    """Add a mail to Sent as read, received at that instant."""
    session = wire.answering()
    name = wire.names().get(Folder.SENT)
    if name is None:
        name = _FALLBACK
        session.create(name)
        wire.forget_names()
    session.append(name, data, at)


def _any_has(session: Session, uids: list[int], marks: _Marks) -> bool:
    newest_first = uids[::-1]
    for start in range(0, len(newest_first), _AT_ONCE):
        headers = session.parts(newest_first[start : start + _AT_ONCE], HEADER)
        if any(marks.are_in(header) for header in headers.values()):
            return True
    return False
