"""The sink's own durable log: what was accepted, and how each line ended. The judge reads it."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Seen(StrEnum):
    """What the sink writes down."""

    BODY = "body"  # 354 was said
    ACCEPT = "accept"  # after the final dot, before the answer
    ANSWER = "answer"  # 250 was written
    NEXT = "next"  # the client said something after that, so it has read the answer
    GONE = "gone"  # the line ended, and the client had said nothing after the answer
    REPLY = "reply"  # the recipient's own answer was put into the mailbox
    CUT = "cut"  # the sink ended the line on purpose
    SLEPT = "slept"  # written by the loop: a daemon was stopped, and goes on now


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log; `mail` numbers the transactions of all lines.

    Attributes:
        at_s: the machine's boot clock.
        since_s: when the 354 of that mail was said, or when the sleeper was stopped.
        token: the step, as it is written in the mail's own text.
        place: for a cut, where.
    """

    seen: Seen
    at_s: float
    mail: int = 0
    since_s: float = 0.0
    mailbox: str = ""
    recipient: str = ""
    token: str = ""
    place: str = ""


class Record:
    """Appends events to a file; what has to be durable is on the disk when `add` returns."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, event: Event) -> None:
        """Append one event."""
        os.write(self._descriptor, json.dumps(asdict(event)).encode() + b"\n")
        if event.seen is Seen.ACCEPT:
            os.fsync(self._descriptor)


def read_record(path: Path) -> Iterator[Event]:
    """All events, in their order."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            values = json.loads(line)
            yield Event(**{**values, "seen": Seen(values["seen"])})
