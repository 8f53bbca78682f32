"""The entry point: the one place that knows both faces, the command line and the web."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sequencer.cli.main import cli

if TYPE_CHECKING:
    import asyncio  # takes as long to import as the help takes to be printed
    from collections.abc import Callable, Coroutine

    from sequencer.engine.hooks import Source
    from sequencer.engine.preview_room import Room
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


class PreviewFace:
    """The page of drafts as the command line needs it: on this machine alone."""

    def __init__(self, port: int) -> None:
        from sequencer.web.server import listen

        self.listener = listen("127.0.0.1", port)
        self.listener.listen()  # from now on a browser waits, however early it asks
        self.port: int = self.listener.getsockname()[1]

    def serving(
        self, room: "Room", secret: str
    ) -> "Callable[[asyncio.Event], Coroutine[None, None, None]]":
        """What runs until the event is set."""
        from sequencer.web.preview_app import build_preview
        from sequencer.web.server import serve

        app = build_preview(room, secret, self.port)
        return lambda stopping: serve(app, self.listener, stopping)


def browse(url: str) -> None:
    """Open the address in a browser, where there is a screen for one."""
    import os
    import sys
    import webbrowser

    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    if not sys.platform.startswith("linux") or any(map(os.environ.get, screens)):
        webbrowser.open(url)


def main() -> None:
    """Run the command line with the web at hand."""
    faces = {"web": WebFace, "preview": PreviewFace, "browse": browse}
    cli(obj=faces, prog_name="sequencer")


if __name__ == "__main__":
    main()
