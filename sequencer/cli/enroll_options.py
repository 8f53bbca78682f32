"""What may be said about an enrolment beside who and where: when it begins, what is different."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from sequencer.domain.overrides import Overrides

_OPTIONS = (
    click.option(
        "--as", "rep", default="", help="The rep for whom; by default whoever is logged in."
    ),
    click.option(
        "--starts",
        metavar="DATE",
        help="When they begin at the earliest, as 2026-05-04 or 2026-05-04T09:30.",
    ),
    click.option("--start-at", metavar="STEP", help="The step to begin with."),
    click.option("--skip", metavar="STEP", multiple=True, help="A step to leave out."),
    click.option(
        "--wait", "waits", metavar="STEP=DELAY", multiple=True, help="Another delay for a step."
    ),
    click.option(
        "--set", "values", metavar="NAME=VALUE", multiple=True, help="A value for the templates."
    ),
)


def enrolment_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def start_of(text: str | None, tz: ZoneInfo) -> datetime | None:
    """The instant (UTC) that was written as a date or a time, in the zone where it names none."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        example = "such as 2026-05-04 or 2026-05-04T09:30"
        raise click.BadParameter(f"a date or a time is expected, {example}") from None
    return (at if at.tzinfo else at.replace(tzinfo=tz)).astimezone(UTC)


def overrides_of(
    start_at: str | None, skip: Sequence[str], waits: Sequence[str], values: Sequence[str]
) -> "Overrides":
    """The overrides that were written; whether they fit the cadence is seen later."""
    from sequencer.domain.delay import delay_from_text
    from sequencer.domain.overrides import Overrides

    try:
        delays = {step: delay_from_text(text) for step, text in _pairs(waits, "--wait").items()}
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return Overrides(start_at, delays, frozenset(skip), _pairs(values, "--set"))


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark or not name.strip():
            raise click.BadParameter(f"{option} {text}: NAME=VALUE is expected")
        pairs[name.strip()] = value.strip()
    return pairs
