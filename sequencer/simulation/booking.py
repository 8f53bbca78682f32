"""What a booking service posts to us: Calendly's form of it, delivered twice and in any order."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sequencer.engine.hooks import store_delivery
from sequencer.simulation.cast import Person
from sequencer.simulation.play import DAY_S, Play
from sequencer.store import hooks

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "calendly"
AGAIN_S = 3_600.0  # until the service tries again what was not answered


@dataclass
class BookingService:
    """Calendly, as far as we see it.

    Attributes:
        waiting: whose booking each stored delivery is, until a daemon has worked it through.
    """

    play: Play
    made: int = 0
    waiting: dict[int, Person] = field(default_factory=dict)

    def book(self, person: Person, token: str) -> None:
        """A meeting is booked; what becomes of it is seen within days."""
        uri = self._new_uri()
        self._post("invitee.created", person, uri, token)
        self.play.tally.sometimes("booked")
        fate = self.play.chance.choice((None, self._cancel, self._move, self._no_show))
        if fate is not None:
            self.play.later(
                self.play.chance.choice((60.0, DAY_S, 6 * DAY_S)), lambda: fate(person, uri, token)
            )

    def applied(self, delivery_id: int) -> Person | None:
        """Whose booking was worked through, None where that delivery is no booking."""
        return self.waiting.pop(delivery_id, None)

    def _cancel(self, person: Person, uri: str, token: str) -> None:
        self._post("invitee.canceled", person, uri, token)
        self.play.tally.sometimes("meeting cancelled")

    def _no_show(self, person: Person, uri: str, token: str) -> None:
        self._post("invitee_no_show.created", person, uri, token)
        self.play.tally.sometimes("meeting missed")

    def _move(self, person: Person, uri: str, token: str) -> None:
        """Two deliveries, in any order."""
        new = self._new_uri()
        halves: tuple[Callable[[], None], ...] = (
            lambda: self._post("invitee.canceled", person, uri, token, rescheduled=True),
            lambda: self._post("invitee.created", person, new, token, old_invitee=uri),
        )
        for half in self.play.chance.sample(halves, len(halves)):
            half()
        self.play.tally.sometimes("meeting moved")

    def _new_uri(self) -> str:
        self.made += 1
        return f"https://api.calendly.example/invitees/{self.made}"

    def _post(self, event: str, person: Person, uri: str, token: str, **more: object) -> None:
        starts_at = self.play.now + timedelta(days=7)
        payload = {
            "uri": uri,
            "email": person.address,
            "tracking": {"utm_content": token},
            "scheduled_event": {"start_time": starts_at.isoformat()},
            **more,
        }
        told = {"event": event, "created_at": self.play.now.isoformat(), "payload": payload}
        body = json.dumps(told).encode()
        books = event == "invitee.created"
        for _ in range(self.play.chance.choice((1, 1, 2))):
            delay = self.play.chance.choice((0.0, 2.0, 90.0))
            self.play.later(delay, lambda: self._deliver(body, person, books=books))

    def _deliver(self, body: bytes, person: Person, *, books: bool) -> None:
        source = self.play.sources[SOURCE]
        done = self.play.commit(store_delivery, source, body, self.play.now)
        if done is None:
            self.play.later(AGAIN_S, lambda: self._deliver(body, person, books=books))
            return
        self.play.wake()
        _, is_new = done
        if not is_new:
            self.play.tally.sometimes("webhook delivered twice")
        elif books:
            self.waiting[self.play.read(hooks.waiting)[-1]] = person
