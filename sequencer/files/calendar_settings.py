"""The calendar of a rep, as written under `calendar:` of a rep or of a mailbox."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from sequencer.domain.feed import CalendarAddress
from sequencer.files.section import Section
from sequencer.mail.server import is_loopback

MAX_URL = 2_000
_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def _address(url: str) -> str:
    """The address of a calendar, which nobody on the way can read."""
    url = re.sub(r"(?i)^webcals?://", "https://", url.strip())
    if not url:
        return url
    if len(url) > MAX_URL or not _URL.fullmatch(url):
        raise ValueError("an address that begins with https:// is expected")
    try:
        parts = urlsplit(url)
        host, has_port = parts.hostname or "", parts.port != 0
    except ValueError:
        raise ValueError("this is no address of a calendar") from None
    if not host or not has_port:
        raise ValueError("an address that begins with https:// is expected")
    if "@" in parts.netloc:
        raise ValueError("name and password do not belong into an address")
    if parts.scheme != "https" and not is_loopback(host):
        raise ValueError("the address of a calendar begins with https://")
    return url


def _secret_address(url: SecretStr) -> SecretStr:
    return SecretStr(_address(url.get_secret_value()))


class CalendarSettings(Section):
    """A calendar that is read, and never written to."""

    ics: Annotated[SecretStr, AfterValidator(_secret_address)] | None = Field(
        default=None,
        description="Secret address of the calendar as an ICS file; whoever has it can read all.",
    )
    caldav: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="Address of the calendar on a CalDAV server, in place of `ics`."
    )
    username: str = Field(
        default="", max_length=320, description="What to sign in as at the CalDAV server."
    )
    password: SecretStr | None = Field(
        default=None, description="Its password, best one that is good for this alone."
    )
    every_minutes: int = Field(
        default=5, ge=1, le=1_440, description="How often it is looked at, in minutes."
    )
    horizon_days: int = Field(
        default=60, ge=1, le=366, description="How far ahead it is read, in days."
    )

    @model_validator(mode="after")
    def _one_way(self) -> "CalendarSettings":
        has_ics = self.ics is not None and bool(self.ics.get_secret_value())
        if has_ics and self.caldav:
            raise ValueError("a calendar has `ics` or `caldav`, not both")
        if not has_ics and not self.caldav:
            raise ValueError(
                "a calendar needs its address: `ics` from the environment, or `caldav`"
            )
        if has_ics and (self.username or self.password):
            raise ValueError("`username` and `password` are for `caldav`")
        if bool(self.username) != (self.password is not None):
            raise ValueError("`username` and `password` belong together")
        return self

    def address(self) -> CalendarAddress:
        """Where it is, with its secrets in the clear."""
        return CalendarAddress(
            ics=self.ics.get_secret_value() if self.ics else "",
            caldav=self.caldav,
            username=self.username,
            password=self.password.get_secret_value() if self.password else "",
        )
