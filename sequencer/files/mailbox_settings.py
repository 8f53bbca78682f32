"""Settings of one mailbox; what its provider makes known need not be written."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sequencer.files.away_settings import AwaySettings
from sequencer.files.calendar_settings import CalendarSettings
from sequencer.files.holiday_book import subdivision_of
from sequencer.files.oauth_settings import OauthSettings, completed_oauth
from sequencer.files.provider import IMAP_PORTS, PRESETS, SMTP_PORTS, Address, Preset, Provider
from sequencer.files.region_cell import country_of
from sequencer.files.section import HintedError, Section
from sequencer.files.settings_form import (
    booking_address,
    email_address,
    one_line,
    web_address,
    zone,
)
from sequencer.files.value_settings import SenderValues
from sequencer.mail.server import Security, is_loopback

SECONDS_PER_MINUTE = 60
_LIFTED = "`above_ceiling: true` lifts this, for a plan that allows more"
MAX_PER_DAY = 100_000  # more is a slip of the finger, whatever the provider

MAX_ABSENCES = 100


def _country(code: str) -> str:
    return country_of(code) if code else code


def _part_of_the_country(subdivision: str, known: ValidationInfo) -> str:
    country = known.data.get("country")
    if not subdivision or country is None:  # a country that is a mistake is told as such
        return subdivision
    if not country:
        raise ValueError("a `subdivision` needs its `country`")
    return subdivision_of(country, subdivision)


Line = Annotated[str, AfterValidator(one_line)]
Subdivision = Annotated[str, AfterValidator(one_line), AfterValidator(_part_of_the_country)]
Country = Annotated[str, AfterValidator(_country)]
Zone = Annotated[str, AfterValidator(zone)]
Email = Annotated[str, AfterValidator(email_address)]
Auth = Literal["password", "xoauth2"]
BookingAddress = Annotated[str, AfterValidator(booking_address)]
WebAddress = Annotated[str, AfterValidator(web_address)]


class ServerSettings(Section):
    """Where a mail server is."""

    host: Line = Field(default="", description="Name of the server.")
    port: int = Field(
        default=0, ge=0, le=65_535, description="Its port; the usual one where it is left out."
    )
    tls: Security = Field(
        default=Security.TLS,
        description="`tls` from the first byte, `starttls`, or `plain` for a server on this "
        "machine.",
    )

    @model_validator(mode="after")
    def _only_here(self) -> "ServerSettings":
        if self.tls is Security.PLAIN and not is_loopback(self.host):
            raise ValueError("`plain` is only for a server on this machine: use tls or starttls")
        return self


class RampSettings(Section):
    """How a new mailbox grows."""

    begin: int = Field(default=10, ge=1, le=MAX_PER_DAY, description="Mails in 24 hours at first.")
    step: int = Field(
        default=2,
        ge=1,
        le=MAX_PER_DAY,
        description="How many more after each day, from midnight to midnight UTC, on which a mail "
        "left.",
    )


class MailboxSettings(Section):
    """An account that is sent from and read."""

    address: Email = Field(description="Address that the mails come from.")
    name: Line = Field(
        min_length=1, max_length=100, description="Who writes; `{{ sender.name }}` in templates."
    )
    username: Line = Field(
        default="", description="What to sign in as; the address where it is left out."
    )
    rep: Line = Field(
        default="",
        max_length=100,
        description="Whose mailbox it is, as in the column `owner` of the prospects; by default "
        "the name that it has here.",
    )
    booking_url: BookingAddress = Field(
        default="",
        description="Where a meeting with the rep is booked: `{{ booking_link }}` in templates, "
        "which carries a token by which the booking is known. By default that of the rep.",
    )
    values: SenderValues = Field(
        default_factory=dict,
        description="Further values of who writes: `phone` is `{{ sender.phone }}` in templates. "
        "What is not here is looked for at the rep whose mailbox it is.",
    )
    timezone: Zone = Field(default="", description="Zone of the rep, such as `Europe/Madrid`.")
    country: Country = Field(
        default="",
        description="Country of the rep, two letters: its public holidays are days off.",
    )
    subdivision: Subdivision = Field(
        default="",
        validate_default=False,
        description="Part of the country, for the holidays of that part: `MD` for Madrid.",
    )
    away: tuple[AwaySettings, ...] = Field(
        default=(),
        max_length=MAX_ABSENCES,
        description="When the rep is away, on the dates of the mailbox's zone. All that the "
        "mailbox runs waits, and goes on after it.",
    )
    calendar: CalendarSettings | None = Field(
        default=None,
        description="Calendar of the rep, read to hear of meetings and of when they have no time.",
    )
    provider: Provider = Field(
        default=Provider.OTHER,
        description="Who runs the mailbox: that tells the servers, what is a good pace, and what "
        "would get it blocked. `other` needs smtp and imap.",
    )
    smtp: ServerSettings = Field(
        default_factory=ServerSettings, description="Where mails are handed in."
    )
    imap: ServerSettings = Field(
        default_factory=ServerSettings, description="Where the mailbox is read."
    )
    auth: Auth = Field(
        default="password",
        description="`xoauth2` needs oauth or token_command, and follows from them.",
    )
    password: SecretStr | None = Field(default=None, description="Password or app password.")
    oauth: OauthSettings | None = Field(default=None, description="Sign-in by OAuth.")
    token_command: tuple[str, ...] = Field(
        default=(), description="Command and arguments that print an access token."
    )
    ca_file: str | None = Field(
        default=None,
        description="Certificates to trust instead of the system's; relative to the workspace.",
    )
    above_ceiling: bool = Field(
        default=False,
        description="Let `per_day` and `gap_s` exceed what the provider is known to take: for a "
        "plan that allows more.",
    )
    per_day: int = Field(
        default=50,
        ge=0,
        le=MAX_PER_DAY,
        description="Mails in any 24 hours, those sent by hand among them; 0 holds the mailbox "
        "back. 20 where the provider is for private letters.",
    )
    per_hour: int | None = Field(
        default=None,
        ge=1,
        le=MAX_PER_DAY,
        description="Mails in any hour; by default a fifth of what a day allows.",
    )
    per_week: int | None = Field(
        default=None, ge=1, le=7 * MAX_PER_DAY, description="Mails in any seven days."
    )
    ramp: RampSettings | None = Field(
        default=None, description="How a new mailbox grows up to `per_day`."
    )
    first_share: float = Field(
        default=0.2,
        ge=0,
        le=0.5,
        description="Least share of first touches among the mails while follow-ups are due; 0.2 "
        "lets one go after four follow-ups.",
    )
    gap_s: int = Field(
        default=90, ge=0, le=86_400, description="Seconds between two mails, at least."
    )
    keeps_sent_copy: bool | None = Field(
        default=None,
        description="Whether the provider puts a copy into Sent by itself. By default that is "
        "learned from a mail to itself; what is written here decides only who files the copy.",
    )

    @model_validator(mode="before")
    @classmethod
    def _presets(cls, written: Any) -> Any:
        """What was written, completed by what follows from it."""
        return completed(written) if isinstance(written, dict) else written

    @field_validator("per_day")
    @classmethod
    def _under_the_day(cls, per_day: int, known: ValidationInfo) -> int:
        preset = _bounding(known)
        most = preset.ceiling.per_day if preset else None
        if preset is not None and most is not None and per_day > most:
            raise HintedError(f"{preset.title} takes {most} in 24 hours", _LIFTED)
        return per_day

    @field_validator("gap_s")
    @classmethod
    def _under_the_minute(cls, gap_s: int, known: ValidationInfo) -> int:
        preset = _bounding(known)
        most = preset.ceiling.per_minute if preset else None
        if preset is not None and most is not None and gap_s * most < SECONDS_PER_MINUTE:
            raise HintedError(f"{preset.title} takes {most} mails in a minute", _LIFTED)
        return gap_s

    @model_validator(mode="after")
    def _together(self) -> "MailboxSettings":
        for name, server in (("smtp", self.smtp), ("imap", self.imap)):
            if not server.host:
                raise ValueError(f"a mailbox of provider `{self.provider}` needs `{name}.host`")
        if self.auth == "xoauth2" and not (self.oauth or self.token_command):
            raise ValueError("`auth: xoauth2` needs `oauth` or `token_command`")
        if self.oauth is not None and not self.oauth.token_url:
            raise ValueError(f"a mailbox of provider `{self.provider}` needs `oauth.token_url`")
        return self


def completed(written: dict[str, Any]) -> dict[str, Any]:
    """The settings of a mailbox with everything that its provider and its other settings say."""
    full = dict(written)
    provider = full.get("provider", Provider.OTHER)
    known = provider if provider in list(Provider) else Provider.OTHER
    preset = PRESETS[Provider(known)]
    full["smtp"] = _server(full.get("smtp"), preset.smtp, SMTP_PORTS)
    full["imap"] = _server(full.get("imap"), preset.imap, IMAP_PORTS)
    full.setdefault("per_day", preset.per_day)
    if preset.oauth is not None and isinstance(full.get("oauth"), dict):
        full["oauth"] = completed_oauth(full["oauth"], preset.oauth)
    if isinstance(full.get("address"), str):
        full["username"] = full.get("username") or full["address"]
    if full.get("oauth") or full.get("token_command"):
        full.setdefault("auth", "xoauth2")
    return full


def _bounding(known: ValidationInfo) -> Preset | None:
    """The preset whose ceiling counts; None where it is lifted, or the provider is a mistake."""
    provider = known.data.get("provider")
    return None if provider is None or known.data.get("above_ceiling") else PRESETS[provider]


def _server(written: Any, preset: Address | None, ports: dict[Security, int]) -> Any:
    """A server with its preset, and with the usual port for its kind of TLS."""
    if written is not None and not isinstance(written, dict):
        return written
    full = dict(written or {})
    if preset is not None:
        full = {"host": preset.host, **({} if "host" in full else _way(preset, full)), **full}
    tls = full.get("tls", Security.TLS)
    if not full.get("port") and tls in list(Security):
        full["port"] = ports[Security(tls)]
    return full


def _way(preset: Address, written: dict[str, Any]) -> dict[str, Any]:
    """Port and TLS of the preset; who writes one of them must know the other."""
    return {} if {"port", "tls"} & set(written) else {"port": preset.port, "tls": preset.tls}
