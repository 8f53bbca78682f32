"""Settings of one mailbox; what its provider makes known need not be written."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from sequencer.files.provider import IMAP_PORTS, PRESETS, SMTP_PORTS, Address, Provider
from sequencer.files.section import Section
from sequencer.files.settings_form import email_address, one_line, web_address, zone
from sequencer.mail.server import Security, is_loopback

MAX_PER_DAY = 2_000  # what Google allows an ordinary user

Line = Annotated[str, AfterValidator(one_line)]
Zone = Annotated[str, AfterValidator(zone)]
Email = Annotated[str, AfterValidator(email_address)]
Auth = Literal["password", "xoauth2"]
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


class OauthSettings(Section):
    """How access tokens are refreshed."""

    token_url: WebAddress = Field(
        default="", description="Where tokens are refreshed. Known for gmail and microsoft."
    )
    client_id: Line = Field(min_length=1, description="The client that was registered.")
    scope: Line = Field(default="", description="Known for gmail and microsoft.")
    client_secret: SecretStr | None = Field(
        default=None, description="Secret of the client, where it has one."
    )
    refresh_token: SecretStr | None = Field(
        default=None, description="The first one; those that follow are kept by the daemon."
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
    timezone: Zone = Field(default="", description="Zone of the rep, such as `Europe/Madrid`.")
    provider: Provider = Field(
        default=Provider.CUSTOM,
        description="`gmail` and `microsoft` know their servers; `custom` needs smtp and imap.",
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
    per_day: int = Field(
        default=50,
        ge=0,
        le=MAX_PER_DAY,
        description="Mails in any 24 hours; 0 holds the mailbox back.",
    )
    gap_s: int = Field(
        default=90, ge=0, le=86_400, description="Seconds between two mails, at least."
    )
    keeps_sent_copy: bool = Field(
        default=False,
        description="The provider puts a copy into Sent by itself. Known for gmail and microsoft.",
    )

    @model_validator(mode="before")
    @classmethod
    def _presets(cls, written: Any) -> Any:
        """What was written, completed by what follows from it."""
        return completed(written) if isinstance(written, dict) else written

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
    provider = full.get("provider")
    preset = PRESETS.get(Provider(provider)) if provider in list(Provider) else None
    full["smtp"] = _server(full.get("smtp"), preset.smtp if preset else None, SMTP_PORTS)
    full["imap"] = _server(full.get("imap"), preset.imap if preset else None, IMAP_PORTS)
    if preset is not None:
        full.setdefault("keeps_sent_copy", preset.keeps_sent_copy)
        if isinstance(full.get("oauth"), dict):
            known = {"token_url": preset.oauth.url, "scope": preset.oauth.scope}
            full["oauth"] = {**known, **full["oauth"]}
    if isinstance(full.get("address"), str):
        full["username"] = full.get("username") or full["address"]
    if full.get("oauth") or full.get("token_command"):
        full.setdefault("auth", "xoauth2")
    return full


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
