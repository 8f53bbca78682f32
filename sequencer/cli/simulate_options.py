"""What people do in a forecast, as options: those who get mail, and reps with their tasks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sequencer.simulation.desk_work import Diligence
    from sequencer.simulation.fates import Rates

MOST_PERCENT = 100.0
_OPTIONS = (
    click.option(
        "--response-rates",
        "rates",
        default="",
        metavar="NAME=RATE%,...",
        help="Shares of the mails: replies, ooo, bounces (of first mails), meetings, opt-outs, "
        "as `replies=4%,ooo=2%`; by default all are silent.",
    ),
    click.option(
        "--tasks",
        default="40-a-day",
        show_default=True,
        metavar="none|due|N-a-day",
        help="How many tasks a rep does on one day: none, all that are due, or so many.",
    ),
    click.option(
        "--connected",
        type=click.FloatRange(0, MOST_PERCENT),
        default=0.0,
        show_default=True,
        metavar="PERCENT",
        help="Of the calls, how many reach somebody.",
    ),
)


def people_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def rates_of(text: str) -> "Rates":
    """The rates that were written."""
    from sequencer.simulation.fates import rates_from_text

    try:
        return rates_from_text(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--response-rates") from None


def tasks_of(text: str, connected: float) -> "Diligence":
    """What reps do, as it was written."""
    from sequencer.simulation.desk_work import Diligence, per_day_from_text

    try:
        return Diligence(per_day_from_text(text), connected / MOST_PERCENT)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--tasks") from None
