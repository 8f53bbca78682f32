"""Which instant does a foreign Date header (RFC 5322 section 3.3) name?"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_LENGTH = 200
# What the parser of the standard library has been seen to raise besides the ValueError it promises
_RAISES = (ValueError, TypeError, IndexError, OverflowError, AttributeError)


def read_date(value: str) -> datetime | None:
    """Aware instant in the zone it was written in, or None; without a zone it is taken for UTC."""
    try:
        at = parsedate_to_datetime(value[:MAX_LENGTH])
        at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        at.astimezone(UTC)
    except _RAISES:
        return None
    return at


def first_date(dates: tuple[str, ...], received: tuple[str, ...]) -> datetime | None:
    """The first Date that can be read, otherwise the instant of the newest Received that can."""
    trace = (value.rpartition(";")[2] for value in received)
    return next(filter(None, map(read_date, [*dates, *trace])), None)
