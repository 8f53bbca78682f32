"""What is new in a folder since a cursor?

The cursor's `last_uid` trails the newest message by an overlap, because Exchange hands out UIDs
late: a message may turn up below others that were read already. What was read within the overlap
comes back as `seen`, so everything above `last_uid` that was not seen is new.
"""

from datetime import date

from sequencer.adapters.imap.fetch import fetched
from sequencer.adapters.imap.session import Selected
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Cursor, Folder, Scan


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
    if cursor is not None and cursor.uidvalidity == validity:
        # A range whose begin lies behind the newest message yields that message: filter.
        present = session.search(["UID", f"{cursor.last_uid + 1}:*"])
        uids = [uid for uid in present if uid > cursor.last_uid and uid not in cursor.seen]
        newest = max(last_uid, *present, 0)
        last_uid = max(cursor.last_uid, newest - wire.limits.overlap)
    else:
        uids = session.search(["SINCE", since])
    name = wire.names()[folder]
    return Scan(folder, validity, last_uid, tuple(fetched(wire, name, validity, uids)))
