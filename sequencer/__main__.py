"""The entry point: the one place that knows both faces, the command line and the web."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sequencer.cli.main import cli

if TYPE_CHECKING:
    import asyncio  # takes as long to import as the help takes to be printed
    from collections.abc import Callable, Coroutine

    from sequencer.engine.hooks import Source
    from sequencer.engine.world import World


class WebFace:
    """The web server as the command line needs it; imported only when it is started."""

    def __init__(self, host: str, port: int) -> None:
        from sequencer.web.server import listen

        self.listener = listen(host, port)
        self.port: int = self.listener.getsockname()[1]

    def serving(
        self, world: "World", sources: Mapping[str, "Source"]
    ) -> "Callable[[asyncio.Event], Coroutine[None, None, None]]":
        """What the daemon runs until the event is set."""
        from sequencer.web.app import Site, build_app
        from sequencer.web.server import serve

        app = build_app(Site(world, sources))
        return lambda stopping: serve(app, self.listener, stopping)


def main() -> None:
    """Run the command line with the web face at hand."""
    cli(obj={"web": WebFace}, prog_name="sequencer")


if __name__ == "__main__":
    main()
