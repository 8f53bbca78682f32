"""`sequencer demo`: the whole engine at work in a sandbox, in about a minute."""

import asyncio
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sequencer.cli.desk import console, json_option, print_json
from sequencer.cli.failure import EXIT_FAILED

if TYPE_CHECKING:
    from sequencer.cli.demo_view import View
    from sequencer.engine.demo_frame import Frame
    from sequencer.engine.demo_summary import Summary

HOURS_PER_S = 6.0
_EXTRA = frozenset({"aiosmtpd", "pymap", "proxyprotocol", "pysasl"})


class Options(NamedTuple):
    """How the demonstration is to run."""

    speed: float
    seed: int
    keep: Path | None
    svg: Path | None
    as_json: bool


def _empty_folder(_ctx: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.exists() and any(value.iterdir()):
        raise click.BadParameter(f"{value} is not empty")
    return value


@click.command("demo")
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=HOURS_PER_S,
    show_default=True,
    help="Virtual hours in a second, quiet ones pass faster; 0 does not wait at all.",
)
@click.option("--fast", "speed", flag_value=0.0, help="The same as --speed 0.")
@click.option("--seed", type=int, default=1, show_default=True, help="Who reacts when.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_empty_folder,
    help="Keep workspace and database in this folder, to look closer afterwards.",
)
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Save the last picture as an SVG file.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Watch the engine do its whole job in a sandbox, in about a minute.

    Real SMTP, IMAP and HTTP on this machine alone: two reps' mailboxes and 25 invented people, of
    whom some answer, are away, bounce, opt out or book a meeting. Only the clock is moved. At the
    end everything is checked against the mail server's own record.
    """
    options = Options(**given)
    if options.svg is not None and not options.svg.parent.is_dir():
        raise click.BadParameter(f"there is no folder {options.svg.parent}", param_hint="--svg")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # so that the folder is cleared away
    try:
        summary = _present(options, ctx.find_root().obj["web"])
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _EXTRA:
            raise
        raise click.ClickException(
            f"The sandbox needs {error.name}: install the extra `demo` of this package."
        ) from error
    if not summary.clean:
        ctx.exit(EXIT_FAILED)


def _present(options: Options, web: Any) -> "Summary":
    """Run the demonstration in the way that fits where the output goes."""
    from sequencer.cli.demo_view import view_for
    from sequencer.cli.demo_words import summary_lines

    view = view_for(console(), quiet=options.as_json)
    with _folder(options.keep) as root, view:
        summary = asyncio.run(_run(root, options, web, view.show))
    if options.svg is not None:
        view.save(options.svg, summary_lines(summary))
    if options.as_json:
        print_json(summary.figures())
    else:
        _conclude(summary, options, view)
    return summary


async def _run(
    root: Path, options: Options, web: Any, show: "Callable[[Frame], None]"
) -> "Summary":
    from sequencer.bootstrap import open_demo

    face = web("127.0.0.1", 0)
    async with open_demo(root, face, seed=options.seed, hours_per_s=options.speed) as demo:
        return await demo.run(show)


def _conclude(summary: "Summary", options: Options, view: "View") -> None:
    from sequencer.cli.demo_words import summary_lines

    click.echo()
    for line in summary_lines(summary):
        view.console.print(line)
    click.echo("\nTo look closer:")
    folder = options.keep or "FOLDER"
    if options.keep is None:
        click.echo(f"  sequencer demo --keep {folder}")
    for call in ("status", f"log {view.somebody}", f"why {view.somebody}", "verify"):
        click.echo(f"  sequencer -w {folder} {call}")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """The folder to keep, or one that is gone afterwards."""
    if keep is not None:
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="sequencer-demo-") as name:
        yield Path(name)
