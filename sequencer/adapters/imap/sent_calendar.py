"""Which mails in Sent are invitations that a rep has sent by hand? Those are read whole.

The server is asked of what parts a mail consists; what is too large, or cannot be told, stays as
its headers are.
"""

from collections.abc import Sequence
from typing import Any, Final

from sequencer.adapters.imap.fetch import HEAD, fetched_by
from sequencer.adapters.imap.session import WHOLE, Session
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import Fetched
from sequencer.mail.sent_mail import may_hold_calendar

MOST: Final = 100  # the newest of one scan that are asked about
MOST_OCTETS: Final = 1_000_000
_DEEPEST: Final = 10
_KINDS: Final = frozenset({(b"text", b"calendar"), (b"application", b"ics")})


def with_calendars(
    wire: Wire, name: str, uidvalidity: int, heads: Sequence[Fetched]
) -> list[Fetched]:
    """The same, with the whole of those that hold a calendar's object.

    Raises:
        InboxError: the connection breaks whatever is read.
        RefusedError: the server says no to everything.
    """
    asked = [each.uid for each in heads if may_hold_calendar(each.raw)][-MOST:]
    if not asked:
        return list(heads)
    found = fetched_by(wire, name, uidvalidity, asked, _read)
    whole = {each.uid: each for each in found}
    return [whole.get(each.uid, each) for each in heads]


def _read(session: Session, uid: int) -> bytes | None:
    is_small = session.sizes([uid]).get(uid, 0) <= MOST_OCTETS
    is_wanted = is_small and has_calendar(session.structure(uid))
    return session.parts([uid], WHOLE if is_wanted else HEAD).get(uid)


def has_calendar(part: Any, depth: int = 0) -> bool:
    """Whether a calendar's object is in what the library made of the server's answer."""
    try:
        if part.is_multipart:
            return depth < _DEEPEST and any(has_calendar(each, depth + 1) for each in part[0])
        kind = part[0], part[1]
        return all(isinstance(each, bytes) for each in kind) and _lowered(kind) in _KINDS
    except (AttributeError, IndexError, TypeError, ValueError):
        return False


def _lowered(kind: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    return kind[0].lower(), kind[1].lower()
