"""All of Sent since an instant, in portions: what a restored database has to be compared with."""

from datetime import date, datetime, timedelta

from sequencer.adapters.imap.fetch import fetched_heads
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Cursor, Fetched, Folder, InboxError, NoSentFolderError, Scan

MOST = 200  # mails of a portion, each with up to 64 kB of headers


def portion_of_sent(wire: Wire, since: datetime, after: Cursor | None) -> Scan:
    """The headers of the next mails in Sent, and how far it has been read with them.

    A mail that cannot be read, or is gone by now, is empty.

    Raises:
        NoSentFolderError: there is no Sent, or it is hidden from IMAP.
        InboxError: the folder was numbered anew since the last portion.
    """
    wire.answering()
    if Folder.SENT not in wire.names():
        wire.forget_names()  # it may have been added since
    name = wire.names().get(Folder.SENT)
    if name is None:
        raise NoSentFolderError("no folder has the role of Sent, or its name")
    validity = wire.session().examine(name).uidvalidity
    if after is not None and after.uidvalidity != validity:
        raise InboxError(f"{name} was numbered anew while it was read")
    begin = after.last_uid if after is not None else 0
    # SINCE compares days in the server's zone, which may be a day behind.
    criteria: list[str | date] = ["SINCE", (since - timedelta(days=1)).date()]
    if begin:
        criteria += ["UID", f"{begin + 1}:*"]  # yields the newest one even if it is no later
    uids = [uid for uid in wire.session().search(criteria) if uid > begin][:MOST]
    heads = {head.uid: head for head in fetched_heads(wire, name, validity, uids)}
    every = tuple(heads.get(uid) or Fetched(uid, b"", truncated=True) for uid in uids)
    return Scan(Folder.SENT, validity, max(uids, default=begin), every)
