"""What is new in a folder since a cursor?

The cursor's `last_uid` trails the newest message by an overlap, because Exchange hands out UIDs
late: a message may turn up below others that were read already. What was read within the overlap
comes back as `seen`, so everything above `last_uid` that was not seen is new. Now and then a wide
look is asked for, which finds by its date what has turned up further below.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sequencer.adapters.imap.fetch import fetched
from sequencer.adapters.imap.session import Selected, Session
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Cursor, Folder, Scan

# All Mail of Gmail holds what is in INBOX and in Sent too: to read that twice would use up the
# account's quota. What is filed away from INBOX later is new there, by its label.
_ELSEWHERE = "-in:inbox -in:sent -in:drafts -in:chats"
A_DAY = timedelta(days=1)  # SINCE compares days in the server's zone, which may be a day behind

Criteria = list[str | date]


def scanned(
    wire: Wire, folder: Folder, selected: Selected, cursor: Cursor | None, since: date | None
) -> Scan:
    """The new messages of a folder, which is open, and how far it has been read with them.

    Args:
        wire: the connection.
        folder: which one is open.
        selected: what the server said about it.
        cursor: how far it was read; None if it never was.
        since: day from which on it is read if that is not known, because it was numbered anew or
            has come up since the mailbox was read first, perhaps with the mail that made the
            server create it. None if this is the first contact: mail of the past is left alone.
    """
    validity, last_uid = selected.uidvalidity, selected.uidnext - 1
    if since is None:
        return Scan(folder, validity, last_uid, ())
    session = wire.session()
    only = _only(session, folder)
    if cursor is not None and cursor.uidvalidity == validity:
        # A range whose begin lies behind the newest message yields that message: filter.
        present = session.search(["UID", f"{cursor.last_uid + 1}:*", *only])
        uids = [uid for uid in present if uid > cursor.last_uid and uid not in cursor.seen]
        newest = max(last_uid, *present, 0)
        last_uid = max(cursor.last_uid, newest - wire.limits.overlap)
        if cursor.late_from is not None:
            uids = [*_late(session, cursor, cursor.late_from, only), *uids]
    else:
        uids = session.search(["SINCE", since, *only])
    messages, more = fetched(wire, wire.names()[folder], validity, uids)
    return Scan(folder, validity, last_uid, tuple(messages), more)


def _only(session: Session, folder: Folder) -> Criteria:
    is_all_mail = folder is Folder.ARCHIVE and session.searches_labels()
    return ["X-GM-RAW", _ELSEWHERE] if is_all_mail else []


def _late(session: Session, cursor: Cursor, begin: datetime, only: Criteria) -> Iterable[int]:
    """What has come in since an instant, under a UID that the folder was read up to."""
    found = session.search(["SINCE", (begin - A_DAY).date(), *only])
    low = [uid for uid in found if uid <= cursor.last_uid and uid not in cursor.seen]
    if not low:
        return ()
    received = session.received(low)
    return [uid for uid in low if received.get(uid, begin) >= begin]
