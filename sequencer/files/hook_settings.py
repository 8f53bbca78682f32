"""The settings of the booking tools that report to us, a section for each."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from sequencer.domain.meeting_filter import MeetingFilter
from sequencer.files.section import Section
from sequencer.files.settings_form import web_address
from sequencer.mail.server import is_loopback

MIN_SECRET = 20  # characters of a secret in our address: nobody may guess it
_IN_URL = re.compile(r"[A-Za-z0-9._~-]{20,200}")


def _in_url(secret: SecretStr) -> SecretStr:
    if not _IN_URL.fullmatch(secret.get_secret_value()):
        raise ValueError(f"a secret for an address has {MIN_SECRET} to 200 of A-Z a-z 0-9 . _ ~ -")
    return secret


WebAddress = Annotated[str, AfterValidator(web_address)]
UrlSecret = Annotated[SecretStr, AfterValidator(_in_url)]


class HookSourceSettings(Section):
    """What can be said of every booking tool."""

    event_types: tuple[str, ...] = Field(
        default=(),
        max_length=200,
        description="Meetings of these kinds count, by the names they have there; by default all.",
    )
    most_days_ahead: int | None = Field(
        default=None,
        ge=1,
        le=1_000,
        description="A meeting that is booked longer ahead than that does not count.",
    )

    def counts(self) -> MeetingFilter:
        """Which of its meetings count."""
        return MeetingFilter(frozenset(self.event_types), self.most_days_ahead)

    def secrets(self, name: str) -> tuple[str, ...]:
        """The secrets of that name in the clear; none where the tool has no such."""
        kept: tuple[SecretStr, ...] = getattr(self, name, ())
        return tuple(text for each in kept if (text := each.get_secret_value()))

    def token(self) -> str:
        """The token of its API in the clear, empty where there is none."""
        kept: SecretStr | None = getattr(self, "api_token", None)
        return kept.get_secret_value() if kept else ""


class SignedHookSettings(HookSourceSettings):
    """A booking tool that signs what it posts."""

    signing_keys: tuple[SecretStr, ...] = Field(
        default=(),
        max_length=20,
        description="Keys that the tool signs with; several while one is replaced, the new first.",
    )


class UrlHookSettings(HookSourceSettings):
    """A booking tool that signs nothing."""

    url_secrets: tuple[UrlSecret, ...] = Field(
        default=(),
        max_length=20,
        description="What stands at the end of our address: `/hooks/<source>/<secret>`.",
    )


class EitherHookSettings(SignedHookSettings, UrlHookSettings):
    """A booking tool that signs where it is told to; `url_secrets` count without signing keys."""


class PolledHookSettings(HookSourceSettings):
    """A booking tool that is also asked for what its webhooks may have failed to tell."""

    api_token: SecretStr | None = Field(
        default=None, description="What we sign in with to ask the tool; by default it is not."
    )
    poll_minutes: int = Field(
        default=10,
        ge=0,
        le=1_440,
        description="How often it is asked for meetings, where there is a token; 0 for never.",
    )


class CalendlySettings(SignedHookSettings, PolledHookSettings):
    """Calendly signs what it posts, and can be asked."""


class CalcomSettings(EitherHookSettings, PolledHookSettings):
    """Cal.com signs where it is told to, and can be asked; some run it themselves."""

    api_url: WebAddress = Field(
        default="https://api.cal.com",
        description="Where it is asked: another address where you run Cal.com yourself.",
    )

    @model_validator(mode="after")
    def _only_in_secret(self) -> "CalcomSettings":
        parts = urlsplit(self.api_url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("`api_url` begins with https://: the token goes there")
        return self


class AskedHookSettings(SignedHookSettings):
    """A booking tool that is asked for what its deliveries leave out."""

    api_token: SecretStr | None = Field(
        default=None, description="What we sign in with to ask the tool; by default it is not."
    )


class HookSettings(Section):
    """Booking tools that report to us."""

    calendly: CalendlySettings = Field(
        default_factory=CalendlySettings, description="Meetings booked at Calendly."
    )
    calcom: CalcomSettings = Field(
        default_factory=CalcomSettings, description="Meetings booked at Cal.com."
    )
    savvycal: EitherHookSettings = Field(
        default_factory=EitherHookSettings, description="Meetings booked at SavvyCal."
    )
    zcal: EitherHookSettings = Field(
        default_factory=EitherHookSettings, description="Meetings booked at Zcal."
    )
    chilipiper: UrlHookSettings = Field(
        default_factory=UrlHookSettings, description="Meetings booked at Chili Piper."
    )
    hubspot: AskedHookSettings = Field(
        default_factory=AskedHookSettings, description="Meetings that HubSpot tells of."
    )
    zoom: SignedHookSettings = Field(
        default_factory=SignedHookSettings, description="Meetings booked at Zoom Scheduler."
    )
    generic: SignedHookSettings = Field(
        default_factory=SignedHookSettings,
        description="Meetings that anything else posts in our own form.",
    )

    def of(self, name: str) -> HookSourceSettings:
        """The section of a tool."""
        section: HookSourceSettings = getattr(self, name)
        return section
