"""Outside reps of the sandbox: they get a meeting by mail, and take it or give it back."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from sequencer.adapters.sandbox.letters import hear
from sequencer.adapters.sandbox.outside import Deed, Outside
from sequencer.adapters.sandbox.smtp_server import AcceptedMail
from sequencer.domain.due import due_from
from sequencer.domain.timing import plain_timing
from sequencer.domain.window import Block, Window

_HOURS = Window(days=((Block(8 * 60, 19 * 60),),) * 5 + ((),) * 2)
_ANSWERS = timedelta(minutes=90)
_LINK = re.compile(r"https://\S+/h/[\w-]+")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_REASON = "I am at a trade fair that day."


@dataclass(frozen=True, slots=True)
class FieldRep:
    """Somebody who takes meetings.

    Attributes:
        countries: where their meetings are; none for anywhere.
        refuses: which of the meetings they are offered they give back, counted from 1; 0 for none.
    """

    key: str
    name: str
    address: str
    tz: str
    countries: tuple[str, ...] = ()
    refuses: int = 0


FIELD_REPS = (
    FieldRep(
        "marta",
        "Marta Gil",
        "marta.gil@closing-days.example",
        "Europe/Madrid",
        ("AT", "DE", "ES", "FR", "GB", "IE", "NL", "PT"),
        refuses=2,
    ),
    FieldRep(
        "diego",
        "Diego Luna",
        "diego.luna@closing-days.example",
        "America/Mexico_City",
        ("BR", "MX", "US"),
    ),
    FieldRep("nadia", "Nadia Haddad", "nadia.haddad@closing-days.example", "Europe/London"),
)


@dataclass
class FieldReps:
    """All of them: each answers on the page behind the link that the mail has.

    Attributes:
        offers: how many meetings each was offered, by address.
    """

    outside: Outside
    plan: Callable[[datetime, Deed], None]
    offers: Counter[str] = field(default_factory=Counter)
    _known: set[str] = field(default_factory=set)

    async def hear(self, mail: AcceptedMail, at: datetime) -> None:
        """A mail was accepted; where it offers one of them a meeting, they answer soon."""
        rep = next((each for each in FIELD_REPS if each.address == mail.recipient), None)
        link = _LINK.search(hear(mail.data).text)
        if rep is None or link is None:
            return
        url = link[0]
        self.offers[rep.address] += url not in self._known
        self._known.add(url)
        refuses = self.offers[rep.address] == rep.refuses
        body = f"do=refuse&because={quote_plus(_REASON)}" if refuses else "do=accept"

        async def answer(_now: datetime) -> None:
            await self.outside.knock(url, body.encode(), _FORM)

        hours = plain_timing(_HOURS, ZoneInfo(rep.tz), timedelta(minutes=30))
        self.plan(due_from(at + _ANSWERS, hours, mail.message_id).at, answer)
