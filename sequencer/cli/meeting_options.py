"""What people type about meetings: a number, a time of day in a zone, how long it takes."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace

NUMBER = click.argument("number", type=click.IntRange(1, 2**31 - 1))
BY = click.option("--by", default="", help="Who says so; by default the user who is signed in.")
MAX_WORDS = 2_000  # characters
_LENGTH = re.compile(r"(?:(\d{1,3})\s*h)?\s*(?:(\d{1,5})\s*m?(?:in)?)?", re.ASCII)


class Words(click.ParamType[str]):
    """One line of text, not too long."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without the spaces around it."""
        text = str(value).strip()
        if len(text) > MAX_WORDS:
            self.fail(f"more than {MAX_WORDS} characters", param, ctx)
        if not text.isprintable():
            self.fail("one line of plain text is expected", param, ctx)
        return text


class WebAddress(Words):
    """An address that a browser opens."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address."""
        text = super().convert(value, param, ctx)
        if text and not text.lower().startswith(("https://", "http://")):
            self.fail(f"{text!r} is no web address: it begins with https://", param, ctx)
        return text


class Length(click.ParamType[timedelta]):
    """How long a meeting takes: `30m`, `1h`, `1h30m`."""

    name = "length"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The length."""
        if isinstance(value, timedelta):
            return value
        text = str(value).strip().lower()
        found = _LENGTH.fullmatch(text)
        length = found and timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
        if not length:
            self.fail(f"{value!r}: write 30m, 1h or 1h30m", param, ctx)
        return length


class Zone(click.ParamType[str]):
    """A time zone by its IANA name."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, where there is such a zone."""
        from sequencer.files.settings_form import zone

        try:
            return zone(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def instant_in(workspace: "Workspace", text: str, tz: str) -> datetime:
    """The instant (UTC) that somebody wrote, in that zone or else in the workspace's."""
    from sequencer.engine.spoken_instant import read_instant

    try:
        return read_instant(text, ZoneInfo(tz) if tz else workspace.desk.policy.tz)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
