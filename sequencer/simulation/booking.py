"""What a booking service posts to us: Calendly's form of it, delivered twice and in any order."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sequencer.engine.hooks import store_delivery
from sequencer.simulation.cast import Person
from sequencer.simulation.due import due_in_s
from sequencer.simulation.play import DAY_S, Play
from sequencer.store import hooks

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "calendly"
AGAIN_S = 3_600.0  # until the service tries again what was not answered
NEARBY = 0.1  # of the mails make somebody book just when the next one is due
NEARBY_S = 120.0
UNDONE = 0.5  # of the no-shows are taken back
BACK = 0.3  # of those who cancel book another time


@dataclass
class BookingService:
    """Calendly, as far as we see it.

    Attributes:
        waiting: whose booking each stored delivery is, until a daemon has worked it through.
        starts: when each meeting is.
    """

    play: Play
    made: int = 0
    waiting: dict[int, Person] = field(default_factory=dict)
    starts: dict[str, datetime] = field(default_factory=dict)

    def book(self, person: Person, token: str) -> None:
        """A meeting is booked; what becomes of it is seen within days."""
        uri = self._new_uri()
        self._post("invitee.created", person, uri, token)
        self.play.tally.sometimes("booked")
        fates = (None, self._cancel, self._cancel, self._move, self._no_show, self._no_show)
        fate = self.play.chance.choice(fates)
        if fate is not None:
            self.play.later(
                self.play.chance.choice((60.0, DAY_S, 6 * DAY_S)), lambda: fate(person, uri, token)
            )

    def watch(self, person: Person) -> None:
        """After a mail, perhaps book just when the next one leaves."""
        if self.play.happens(NEARBY):
            self.play.later(60.0, lambda: self._book_nearby(person))

    def _book_nearby(self, person: Person) -> None:
        wait_s = due_in_s(self.play, person)
        if wait_s is not None:
            around = self.play.chance.choice((-NEARBY_S, -5.0, -1.0, 0.0, 1.0, 5.0, NEARBY_S))
            self.play.later(max(0.0, wait_s + around), lambda: self.book_now(person))

    def book_now(self, person: Person) -> None:
        """A meeting that is booked on a page of ours, without a link from a mail."""
        if not self.play.calm and self.play.is_known(person):
            self.play.tally.sometimes("booked close to a mail")
            self.book(person, "")

    def applied(self, delivery_id: int) -> Person | None:
        """Whose booking was worked through, None where that delivery is no booking."""
        return self.waiting.pop(delivery_id, None)

    def _cancel(self, person: Person, uri: str, token: str) -> None:
        by = self.play.chance.choice(("invitee", "invitee", "host"))
        self._post("invitee.canceled", person, uri, token, cancellation={"canceler_type": by})
        self.play.tally.sometimes("meeting cancelled")
        if self.play.chance.random() < BACK:
            after_s = self.play.chance.choice((30.0, 3_600.0, 2 * DAY_S))
            self.play.later(after_s, lambda: self._book_again(person, token))

    def _book_again(self, person: Person, token: str) -> None:
        if not self.play.calm:
            self.play.tally.sometimes("booked again")
            self.book(person, token)

    def _no_show(self, person: Person, uri: str, token: str) -> None:
        self._post("invitee_no_show.created", person, uri, token)
        self.play.tally.sometimes("meeting missed")
        if self.play.chance.random() < UNDONE:
            after_s = self.play.chance.choice((600.0, 7_200.0, DAY_S, 4 * DAY_S))
            self.play.later(after_s, lambda: self._come_after_all(person, uri, token))

    def _come_after_all(self, person: Person, uri: str, token: str) -> None:
        self._post("invitee_no_show.deleted", person, uri, token)
        self.play.tally.sometimes("no-show taken back")

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
        days = self.play.chance.choice((0.2, 1, 7))
        starts_at = self.starts.setdefault(uri, self.play.now + timedelta(days=days))
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
