"""`sequencer run`: the daemon."""

import asyncio
import signal
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import with_workspace

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace


NOT_PUBLIC = (
    "warning: opt-out links in mails begin with {}, which works on this machine at most.\n"
    "Set web.public_url to the https address by which the world reaches this daemon."
)


@click.command("run")
@click.option("--log-json", is_flag=True, help="Log one JSON object per line.")
@click.pass_context
@with_workspace
def command(workspace: "Workspace", ctx: click.Context, *, log_json: bool) -> None:
    """Run the daemon: send, read replies, serve opt-out links and webhooks.

    Ends on SIGTERM or Ctrl-C after every mail under way has been finished. It may be killed at any
    moment: what it was doing is put right at the next start.
    """
    from sequencer.bootstrap import (
        booking_sources,
        build_daemon,
        build_world,
        configure_logging,
        event_loop,
        only_daemon,
        outside_of,
        watch_history,
    )

    configure_logging(as_json=log_json)
    settings = workspace.settings.web
    if not settings.public_url.startswith("https://"):
        click.echo(NOT_PUBLIC.format(settings.public_url), err=True)
    with only_daemon(workspace):
        world = build_world(workspace)
        sources = booking_sources(workspace.settings)
        web = ctx.find_root().obj["web"](settings.host, settings.port)
        click.echo(f"listening on {settings.host}:{web.port}, Ctrl-C ends", err=True)
        history = watch_history(workspace)
        serve, outside = web.serving(world, sources), outside_of(workspace)
        daemon = build_daemon(world, sources, serve, history, outside)

        async def run() -> None:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, daemon.stop)
            await daemon.run(ready=_ready)

        with asyncio.Runner(loop_factory=event_loop) as runner:
            runner.run(run())
    click.echo("stopped", err=True)


def _ready() -> None:
    from sequencer.engine.garbage import collect_rarely

    collect_rarely()
    click.echo("ready", err=True)
