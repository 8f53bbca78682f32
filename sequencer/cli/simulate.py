"""`sequencer simulate`: what would happen if these people were enrolled in that cadence?"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sequencer.cli.desk import json_option, print_json, workspace_folder
from sequencer.cli.import_ import CSV
from sequencer.cli.progress import progress
from sequencer.cli.simulate_options import people_options, rates_of, tasks_of

if TYPE_CHECKING:
    from sequencer.simulation.forecast_files import Surroundings, Wish
    from sequencer.simulation.forecast_values import Compared

DAYS, MOST_DAYS = 60, 366
ONE_DAY = timedelta(days=1)
TARGET = click.Path(dir_okay=False, path_type=Path)


@click.command("simulate")
@click.argument("cadence")
@click.option("--prospects", type=CSV, required=True, help="A CSV file of the people to enrol.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=DAYS,
    show_default=True,
    help="How many days to look ahead.",
)
@click.option("--limit", type=click.IntRange(1), help="Take only the first rows of the file.")
@click.option(
    "--from",
    "from_on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day on which they are enrolled; by default now.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Decides every chance in it.")
@people_options
@click.option(
    "--add-mailbox",
    "added",
    metavar="NAME",
    multiple=True,
    help="Compare with one mailbox more in the cadence: of the settings, or one like its first.",
)
@click.option("--alone", is_flag=True, help="Leave out what the database has running already.")
@click.option("--html", "page", type=TARGET, help="Write a page with a chart to this file.")
@click.option("--ics", "calendar", type=TARGET, help="Write the touches to this calendar file.")
@json_option
def command(
    *,
    page: Path | None,
    calendar: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Foresee what happens if the people of a file are enrolled in CADENCE.

    The daemon itself runs on a copy of the world in memory, by the files of the workspace as they
    are now, applied or not. What is running in the database already counts; the database is only
    read, and nothing leaves. People are silent unless --response-rates says otherwise. The same
    files, seed and --from give the same answer.
    """
    wish, around = _wish(given), _around(click.get_current_context())
    with _days_passing(wish, quiet=as_json) as passed:
        from sequencer.simulation.forecast_files import foresee

        found = foresee(wish, around, passed)
    if page is not None:
        from sequencer.simulation.forecast_page import page_of

        page.write_text(page_of(found), encoding="utf-8")
    if calendar is not None:
        from sequencer.simulation.forecast_ics import calendar_file

        calendar.write_bytes(calendar_file(found.forecast))
    _tell(found, [each for each in (page, calendar) if each is not None], as_json=as_json)


def _tell(found: "Compared", written: list[Path], *, as_json: bool) -> None:
    from sequencer.cli.simulate_words import as_object, told

    if as_json:
        print_json(as_object(found))
        return
    click.echo(told(found), nl=False)
    for path in written:
        click.echo(f"Written to {path}.")


def _wish(given: dict[str, Any]) -> "Wish":
    from sequencer.simulation.forecast_files import Wish

    from_on = given["from_on"]
    return Wish(
        slug=given["cadence"],
        prospects=given["prospects"],
        days=given["days"],
        seed=given["seed"],
        from_on=from_on.date() if from_on is not None else None,
        rates=rates_of(given["rates"]),
        diligence=tasks_of(given["tasks"], given["connected"]),
        added=_added(given["added"]),
        alone=given["alone"],
        most=given["limit"],
    )


def _added(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
            raise click.BadParameter(
                f"{name!r} is no name of a mailbox", param_hint="--add-mailbox"
            )
    return tuple(dict.fromkeys(names))


def _around(ctx: click.Context) -> "Surroundings":
    from sequencer.bootstrap import SIMULATED_TOOLS, configure_logging, now
    from sequencer.simulation.forecast_files import Surroundings

    configure_logging(as_json=False, quiet=True)
    return Surroundings(workspace_folder(ctx), os.environ, now(), SIMULATED_TOOLS)


@contextmanager
def _days_passing(wish: "Wish", *, quiet: bool) -> Iterator[Callable[[datetime], None]]:
    """A bar of the days that have passed in the world that is foreseen."""
    runs = 2 if wish.added else 1
    with progress("days", wish.days * runs, quiet=quiet) as advance:
        reached: datetime | None = None

        def passed(now: datetime) -> None:
            nonlocal reached
            if reached is None or now < reached:
                reached = now
            while now - reached >= ONE_DAY:
                reached += ONE_DAY
                advance(1)

        yield passed
