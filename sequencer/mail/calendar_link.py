"""Where is a meeting joined? By what its calendar program says, else by a link in its words."""

import re
from typing import Final

from sequencer.mail.calendar_component import Component

MAX_LINK: Final = 2_000
MAX_TEXT: Final = 16_384
_LINK = re.compile(r"https?://[^\s<>\"'\\\x00-\x20]{3,2000}", re.IGNORECASE)
_HOST = re.compile(r"https?://([a-z0-9.-]+)", re.IGNORECASE)
_TOLD = (
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
)
_HOSTS = (
    "chime.aws",
    "gotomeet.me",
    "gotomeeting.com",
    "meet.google.com",
    "meet.jit.si",
    "teams.live.com",
    "teams.microsoft.com",
    "webex.com",
    "whereby.com",
    "zoom.us",
)


def link_of(event: Component) -> str:
    """The link; empty where there is none."""
    told = [link for name in _TOLD if (link := _first(event.text(name, MAX_LINK)))]
    texts = [event.text(name, MAX_TEXT) for name in ("LOCATION", "DESCRIPTION")]
    rooms = [link for text in texts for link in _links(text) if _is_room(link)]
    others = [_first(event.text("URL", MAX_LINK)), _first(texts[0])]
    return next(filter(None, [*told, *rooms, *others]), "")


def _is_room(link: str) -> bool:
    found = _HOST.match(link)
    host = found[1].lower() if found else ""
    return any(host == each or host.endswith(f".{each}") for each in _HOSTS)


def _links(text: str) -> list[str]:
    return [found.rstrip(".,;:!?)]>") for found in _LINK.findall(text)[:50]]


def _first(text: str) -> str:
    return next(iter(_links(text)), "")
