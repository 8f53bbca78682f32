"""In which order did happen what several sources tell of one meeting, whenever it came here?"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from operator import attrgetter

from sequencer.domain.booking import BookingEvent, BookingKind

_RANK = {kind: number for number, kind in enumerate(BookingKind)}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Stream = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was told, in its place.

    Attributes:
        stream: its source, and the first of the keys that the meeting has had there one by one.
        when: its place among what other streams tell.
    """

    event: BookingEvent
    stream: Stream
    when: tuple[datetime, int, Stream]


def in_order(told: Collection[BookingEvent]) -> list[Told]:
    """What was told, as it happened.

    In one stream, what was told of a later key is later, then what was told of a later revision;
    then time decides, and where there is none, the kind. Among streams time decides, but none is
    taken out of its own order for that.
    """
    before = _links(told)
    streams: defaultdict[Stream, list[BookingEvent]] = defaultdict(list)
    for each in told:
        streams[each.source, _keys_before(each, before)[-1]].append(each)
    placed = []
    for stream in sorted(streams):
        others = [event for name, events in streams.items() if name != stream for event in events]
        placed.append(_placed(stream, _own_order(streams[stream], before), others))
    return list(merge(*placed, key=attrgetter("when")))


def _links(told: Collection[BookingEvent]) -> Mapping[tuple[str, str], str]:
    """The key that each key has taken the place of; of several always the same."""
    links = sorted((each.source, each.meeting_key, each.previous_key) for each in told)
    return {(source, key): previous for source, key, previous in links if previous}


def _keys_before(event: BookingEvent, before: Mapping[tuple[str, str], str]) -> list[str]:
    """The key of the event and those that it took the place of; the first of a ring ends it."""
    keys = [event.meeting_key]
    while key := before.get((event.source, keys[-1])):
        if key in keys:
            return [*keys, min(keys[keys.index(key) :])]
        keys.append(key)
    return keys


def _own_order(
    told: Sequence[BookingEvent], before: Mapping[tuple[str, str], str]
) -> list[BookingEvent]:
    def when(each: BookingEvent) -> tuple[int, str, int, datetime, int, str, str, str]:
        depth, at = len(set(_keys_before(each, before))), each.occurred_at or _LONG_AGO
        told = each.delivery_key, each.email, str(each.starts_at)
        return depth, each.meeting_key, each.revision, at, _RANK[each.kind], *told

    return sorted(told, key=when)


def _placed(
    stream: Stream, own: Sequence[BookingEvent], others: Sequence[BookingEvent]
) -> Iterator[Told]:
    """The events of a stream, none before the one that it follows there.

    One without a time comes after everything of others that usually comes before its kind.
    """
    latest = _LONG_AGO
    for each in own:
        latest = max(latest, each.occurred_at or _usual(each, others))
        yield Told(each, stream, (latest, _RANK[each.kind], stream))


def _usual(event: BookingEvent, others: Sequence[BookingEvent]) -> datetime:
    rank = _RANK[event.kind]
    before = (each.occurred_at for each in others if each.occurred_at and _RANK[each.kind] <= rank)
    return max(before, default=_LONG_AGO)
