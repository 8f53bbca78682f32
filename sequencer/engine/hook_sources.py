"""Which booking tools do the settings name, and what is agreed upon with each?"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting_filter import EVERY_MEETING, MeetingFilter
from sequencer.domain.post import Post, Secrets
from sequencer.engine.hooks import LookUp, Source
from sequencer.files.hook_settings import HookSettings

Verify = Callable[[Secrets, Post, datetime], bool]
Read = Callable[[bytes], Sequence[BookingEvent]]
Answer = Callable[[Secrets, Post], Mapping[str, str] | None]


class BookingTool(Protocol):
    """How a tool signs and what its deliveries look like, whoever uses it."""

    @property
    def name(self) -> str:
        """As in the settings and in our address."""
        ...

    @property
    def verify(self) -> Verify:
        """Whether what was posted is from the tool."""
        ...

    @property
    def read(self) -> Read:
        """The events in a body."""
        ...

    @property
    def answer(self) -> Answer:
        """What a post wants to hear that was verified, and only asks whether we are there."""
        ...


def new_source(
    tool: BookingTool,
    secrets: Secrets,
    look_up: LookUp | None = None,
    counts: MeetingFilter = EVERY_MEETING,
) -> Source:
    """A booking tool with what it and we have agreed upon."""
    verify, answer = partial(tool.verify, secrets), partial(tool.answer, secrets)
    return Source(tool.name, verify, tool.read, answer, look_up, counts)


def configured(
    settings: HookSettings, tools: Mapping[str, BookingTool], look_ups: Mapping[str, LookUp]
) -> dict[str, Source]:
    """The booking tools of whose deliveries the settings tell how to check them."""
    found = {}
    for name, tool in tools.items():
        section = settings.of(name)
        secrets = Secrets(section.secrets("signing_keys"), section.secrets("url_secrets"))
        if secrets.signing_keys or secrets.in_url:
            found[name] = new_source(tool, secrets, look_ups.get(name), section.counts())
    return found
