"""What do people do with the mails of a forecast? A throw of the dice for each mail, by its rates.

What somebody does follows from the seed, the address and the number of the mail alone: whoever is
added to the list changes nothing for anybody else.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from sequencer.engine.hooks import Source, store_delivery
from sequencer.mail.transaction import Outcome
from sequencer.simulation import letters
from sequencer.simulation.foresight import ACCEPTED, Foresight, Left
from sequencer.simulation.letters import Quoted, Writer, quoted_from

TOOL = "calendly"  # that meetings are booked with
_PART = re.compile(r"\s*([a-z-]+)\s*=\s*(\d{1,3}(?:\.\d{1,4})?)\s*%\s*", re.ASCII)
_MOST_PERCENT = 100.0
_REPLY = "Thanks for your mail. Could you tell me a little more about it?"
_REMOVAL = "Please remove me from your list."


@dataclass(frozen=True, slots=True)
class Rates:
    """Which share of the mails is answered how, from 0 to 1.

    Attributes:
        bounces: of the first mails alone: who got one gets the next one too.
    """

    replies: float = 0.0
    ooo: float = 0.0
    bounces: float = 0.0
    meetings: float = 0.0
    opt_outs: float = 0.0


SILENT = Rates()
NAMES = {each.name.replace("_", "-"): each.name for each in fields(Rates)}


def rates_from_text(text: str) -> Rates:
    """Rates written as `replies=4%,ooo=2%`; what is not named never happens.

    Raises:
        ValueError: the text is none of these, or they are more than all mails.
    """
    given: dict[str, float] = {}
    for part in text.split(",") if text.strip() else ():
        match = _PART.fullmatch(part)
        if match is None or match[1] not in NAMES:
            raise ValueError(f"`{part.strip()}` is none of {', '.join(f'{n}=4%' for n in NAMES)}")
        if NAMES[match[1]] in given:
            raise ValueError(f"`{match[1]}` stands there twice")
        given[NAMES[match[1]]] = float(match[2]) / _MOST_PERCENT
    if sum(given.values()) > 1:
        raise ValueError("together they are more than 100% of the mails")
    return Rates(**given)


def chance(*what: object) -> float:
    """A number from 0 to 1 that is the same for the same things."""
    digest = sha256("\n".join(map(str, what)).encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56


@dataclass
class Fates:
    """Everybody who gets mail in a forecast.

    Attributes:
        sources: the booking tools; without one nobody books.
        happened: how often each thing was done.
    """

    world: Foresight
    rates: Rates
    seed: int
    sources: Mapping[str, Source]
    happened: dict[str, int] = field(default_factory=dict)
    _mails: dict[str, int] = field(default_factory=dict)
    _letters: int = 0

    def answer(self, left: Left) -> Outcome:
        """Take a mail, and let something follow from it."""
        address = left.envelope.recipient
        number = self._mails[address] = self._mails.get(address, 0) + 1
        deed = self._deed(address, number)
        if deed is not None:
            name, hours = deed
            draw = chance(self.seed, address, number, "when")
            at = left.at + timedelta(seconds=int(3600 * (hours[0] + draw * (hours[1] - hours[0]))))
            self.world.at(at, partial(self._do, name, left, quoted_from(left.envelope)))
        return ACCEPTED

    def _deed(self, address: str, number: int) -> tuple[str, tuple[float, float]] | None:
        draw = chance(self.seed, address, number, "what")
        for name, hours in _WHEN_H.items():
            rate = getattr(self.rates, name) if name != "bounces" or number == 1 else 0.0
            if draw < rate:
                return name, hours
            draw -= rate
        return None

    def _do(self, name: str, left: Left, ours: Quoted) -> None:
        self.happened[name] = self.happened.get(name, 0) + 1
        _DEEDS[name](self, left, ours)

    def _writer(self, address: str) -> Writer:
        self._letters += 1
        return Writer(address, self._now, self._letters)

    @property
    def _now(self) -> datetime:
        return self.world.clock.now()

    def reply(self, left: Left, ours: Quoted) -> None:
        """Answer."""
        raw = letters.reply(self._writer(ours.recipient), ours, _REPLY)
        self.world.deliver(left.mailbox, raw)

    def opt_out(self, left: Left, ours: Quoted) -> None:
        """Ask in words to be left alone."""
        raw = letters.reply(self._writer(ours.recipient), ours, _REMOVAL)
        self.world.deliver(left.mailbox, raw)

    def be_away(self, left: Left, ours: Quoted) -> None:
        """A notice of absence, for three days to two weeks."""
        days = 3 + int(12 * chance(self.seed, ours.recipient, ours.subject, "days"))
        raw = letters.absence(self._writer(ours.recipient), ours, self._now + timedelta(days=days))
        self.world.deliver(left.mailbox, raw)

    def bounce(self, left: Left, ours: Quoted) -> None:
        """A report that the address does not exist."""
        writer = self._writer(ours.recipient)
        raw = letters.bounce(writer, ours, "5.1.1", "550 5.1.1 no such user")
        self.world.deliver(left.mailbox, raw)

    def book(self, _left: Left, ours: Quoted) -> None:
        """A meeting in the next days, as the booking tool reports it."""
        source = self.sources.get(TOOL)
        if source is None:
            return
        self._letters += 1
        starts_at = self._now + timedelta(days=1 + int(5 * chance(self.seed, ours.recipient)))
        payload = {
            "uri": f"https://api.calendly.example/invitees/{self._letters}",
            "email": ours.recipient,
            "tracking": {"utm_content": ""},
            "scheduled_event": {"start_time": starts_at.isoformat()},
        }
        told = {"event": "invitee.created", "created_at": self._now.isoformat(), "payload": payload}
        body, now = json.dumps(told).encode(), self._now
        self.world.database.transact(
            lambda connection: store_delivery(connection, source, body, now)
        )


# After how many hours, from the soonest to the latest; evenly between the two.
_WHEN_H: Mapping[str, tuple[float, float]] = {
    "bounces": (0.01, 0.2),
    "ooo": (0.01, 0.1),
    "replies": (0.2, 72.0),
    "meetings": (0.5, 72.0),
    "opt_outs": (0.2, 48.0),
}
_DEEDS: Mapping[str, Callable[[Fates, Left, Quoted], None]] = {
    "bounces": Fates.bounce,
    "ooo": Fates.be_away,
    "replies": Fates.reply,
    "meetings": Fates.book,
    "opt_outs": Fates.opt_out,
}
