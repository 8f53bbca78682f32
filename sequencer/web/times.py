"""Instants as people read them: in their own zone first, then in the other's, each by its name."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from sequencer.domain.spoken_time import full_time


def zone_or(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of that name; the other one where there is none."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return otherwise


def moment(at: datetime, tz: ZoneInfo, now: datetime) -> Markup:
    """An instant in one zone, for programs too."""
    shown = full_time(at, tz, now)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), shown)


def in_both(at: datetime, own: ZoneInfo, other: ZoneInfo, now: datetime) -> Markup:
    """An instant in two zones, a line each; one line where they are the same."""
    lines = [moment(at, own, now)]
    if at.astimezone(own).utcoffset() != at.astimezone(other).utcoffset():
        lines.append(moment(at, other, now))
    return Markup("<br>").join(lines)


def length(starts_at: datetime, ends_at: datetime | None) -> str:
    """How long something takes: `45 minutes`, `1 h 30 min`; nothing where that is not known."""
    if ends_at is None or ends_at <= starts_at:
        return ""
    minutes = int((ends_at - starts_at).total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} minutes"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
