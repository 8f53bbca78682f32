"""Is a mail in Sent, and how does one get there?"""

import re
from datetime import datetime, timedelta

from sequencer.adapters.imap.session import HEADER, Session
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Folder, InboxError

_AT_ONCE = 50
_FOLD = re.compile(rb"\r?\n[ \t]+")
_FALLBACK = "Sent"


def has_sent(wire: Wire, message_id: str, since: datetime) -> bool:
    """Whether Sent has a mail of that Message-ID.

    Some servers find no headers, or find them late; so where the search finds nothing, the headers
    of all mails since that day are read. A mail counts if its Message-ID is the one, or if a header
    of ours (`X-...`) names it, for some providers replace the Message-ID. References do not count.

    Raises:
        InboxError: there is no Sent, or it is hidden from IMAP (Gmail offers that): absence from
            it would prove nothing.
    """
    session = wire.answering()
    name = wire.names().get(Folder.SENT)
    if name is None:
        raise InboxError("no folder has the role of Sent, or its name", permanent=True)
    session.examine(name)
    bare = message_id.strip().strip("<>").encode()
    found = session.search(["HEADER", "Message-ID", message_id])
    # SINCE compares days in the server's zone, which may be a day behind.
    day = (since - timedelta(days=1)).date()
    return _any_names(session, found, bare) or _any_names(
        session, session.search(["SINCE", day]), bare
    )


def keep_copy(wire: Wire, data: bytes, at: datetime) -> None:
    """Add a mail to Sent as read, received at that instant."""
    session = wire.answering()
    name = wire.names().get(Folder.SENT)
    if name is None:
        name = _FALLBACK
        session.create(name)
        wire.forget_names()
    session.append(name, data, at)


def _any_names(session: Session, uids: list[int], bare: bytes) -> bool:
    newest_first = uids[::-1]
    for start in range(0, len(newest_first), _AT_ONCE):
        headers = session.parts(newest_first[start : start + _AT_ONCE], HEADER)
        if any(_names(header, bare) for header in headers.values()):
            return True
    return False


def _names(header: bytes, bare: bytes) -> bool:
    for line in _FOLD.sub(b" ", header).splitlines():
        name, _, value = line.partition(b":")
        field = name.strip().lower()
        if field == b"message-id" and value.strip().strip(b"<>") == bare:
            return True
        if field.startswith(b"x-") and bare in value:
            return True
    return False
