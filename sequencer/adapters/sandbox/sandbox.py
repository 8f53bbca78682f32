"""The sandbox as a whole: two reps' mail servers, and the people to whom they write."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Self

from sequencer.adapters.sandbox.crowd import Crowd
from sequencer.adapters.sandbox.field_reps import FieldReps
from sequencer.adapters.sandbox.mail_world import MailWorld
from sequencer.adapters.sandbox.outside import Outside
from sequencer.adapters.sandbox.people import CAST
from sequencer.adapters.sandbox.settings_text import (
    HOOK_KEY,
    PASSWORDS,
    PUBLIC_URL,
    environ,
    settings_text,
)
from sequencer.adapters.sandbox.smtp_server import AcceptedMail
from sequencer.adapters.sandbox.web_client import Proxy
from sequencer.domain.prospect import Prospect


class Sandbox:
    """Mail servers that run, and people who behave; `web_port` is where our own web server is."""

    def __init__(self, now: Callable[[], datetime], web_port: int) -> None:
        self._mail = MailWorld(PASSWORDS, now)
        self._web_port = web_port
        self._crowd: Crowd | None = None

    async def __aenter__(self) -> Self:
        await self._mail.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._mail.__aexit__(*error)

    def settings_text(self) -> str:
        """YAML for the settings of a workspace that works with these servers."""
        return settings_text(self._mail, self._web_port)

    def environ(self) -> Mapping[str, str]:
        """The passwords that go with these settings."""
        return environ()

    def invite(self, people: Sequence[Prospect], seed: int) -> None:
        """Let these people be there; the seed varies when they react."""
        proxy = Proxy(PUBLIC_URL, self._web_port)
        hook_url = f"{PUBLIC_URL}/hooks/calendly"
        outside = Outside(self._mail.deliver, proxy.post, hook_url, HOOK_KEY)
        self._crowd = Crowd(CAST, people, outside, seed)
        reps = FieldReps(outside, self._crowd.plan)
        self._mail.listeners.extend((self._crowd.hear, reps.hear))

    def accepted(self) -> Sequence[AcceptedMail]:
        """What the SMTP server has accepted, by its own record."""
        return self._mail.accepted

    def next_reaction_at(self) -> datetime | None:
        """When somebody reacts next, None while everybody is silent."""
        return self._crowd.next_reaction_at() if self._crowd else None

    async def react(self, now: datetime) -> int:
        """Let everybody act whose moment has come; how many did."""
        return await self._crowd.react(now) if self._crowd else 0
