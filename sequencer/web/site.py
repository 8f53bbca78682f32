"""What the routes need."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from sequencer.engine.hooks import Source
from sequencer.engine.world import World


@dataclass(frozen=True)
class Site:
    """The world behind the web face, and the booking tools that report to us."""

    world: World
    sources: Mapping[str, Source]


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site
