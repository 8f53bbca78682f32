"""What is new in Sent? Headers, which are cheap to read, and the whole of calendar mails."""

from datetime import date

from sequencer.adapters.imap.fetch import fetched_heads
from sequencer.adapters.imap.sent_calendar import with_calendars
from sequencer.adapters.imap.session import Selected
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Cursor, Folder, Scan

MOST = 500  # the newest of one scan; where more have come, somebody has moved an archive


def scanned_sent(wire: Wire, selected: Selected, cursor: Cursor | None, since: date | None) -> Scan:
    """What is new in Sent, which is open, and how far it has been read with that.

    No overlap: a copy that turns up late and below others is missed, which only costs exactness.

    Args:
        wire: the connection.
        selected: what the server said about the folder.
        cursor: how far it was read; None if it never was.
        since: day from which on it is read if that is not known; None if this is the first contact.
    """
    validity, last_uid = selected.uidvalidity, selected.uidnext - 1
    if since is None:
        return Scan(Folder.SENT, validity, last_uid, ())
    if cursor is not None and cursor.uidvalidity == validity:
        # A range whose begin lies behind the newest message yields that message: filter.
        present = wire.session().search(["UID", f"{cursor.last_uid + 1}:*"])
        uids = [uid for uid in present if uid > cursor.last_uid]
        last_uid = max(last_uid, cursor.last_uid)
    else:
        uids = wire.session().search(["SINCE", since])
    name = wire.names()[Folder.SENT]
    heads = fetched_heads(wire, name, validity, uids[-MOST:])
    found = with_calendars(wire, name, validity, heads)
    return Scan(Folder.SENT, validity, max(last_uid, *uids, 0), tuple(found))
