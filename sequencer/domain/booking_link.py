"""Our token in a link to a booking page, by which the booking tells whose meeting it is.

The token is the random key of an enrollment. It opens nothing: an opt-out link carries a signature
beside it, Message-IDs are salted, and whoever tells of a booking signs what they tell.
"""

import re
from enum import StrEnum
from functools import lru_cache
from urllib.parse import unquote_plus

OwnHosts = tuple[tuple[str, str], ...]
"""Hosts of our own that serve a tool's booking pages: the host, and the tool by its name."""


class BookingTool(StrEnum):
    """Whose booking page it is, which tells how its links carry something through."""

    CALENDLY = "calendly"
    CALCOM = "calcom"
    SAVVYCAL = "savvycal"
    ZCAL = "zcal"
    CHILIPIPER = "chilipiper"
    HUBSPOT = "hubspot"
    ZOOM = "zoom"


KNOWN_HOSTS: OwnHosts = (
    ("calendly.com", BookingTool.CALENDLY),
    ("www.calendly.com", BookingTool.CALENDLY),
    ("cal.com", BookingTool.CALCOM),
    ("*.cal.com", BookingTool.CALCOM),
    ("cal.eu", BookingTool.CALCOM),
    ("*.cal.eu", BookingTool.CALCOM),
    ("savvycal.com", BookingTool.SAVVYCAL),
    ("www.savvycal.com", BookingTool.SAVVYCAL),
    ("zcal.co", BookingTool.ZCAL),
    ("www.zcal.co", BookingTool.ZCAL),
    ("*.chilipiper.com", BookingTool.CHILIPIPER),
    ("meetings.hubspot.com", BookingTool.HUBSPOT),
    ("meetings-*.hubspot.com", BookingTool.HUBSPOT),
    ("scheduler.zoom.us", BookingTool.ZOOM),
)
UTM, METADATA = "utm_content", "metadata[token]"
ZCAL_NAMES = ("a0", "a1", "a2", "a3", "a4")  # what Zcal hands through, beside its questions

_LABEL = "[a-z0-9-]{1,63}"
_BY_METADATA = frozenset({BookingTool.CALCOM, BookingTool.SAVVYCAL})
_TOKEN = re.compile(r"[0-9a-f]{32}")  # as the keys of enrollments are written
_PARTS = re.compile(r"(https?://([^/?#\s]+)[^?#\s]*)(\?[^#\s]*)?(#\S*)?", re.IGNORECASE)
_PORT = re.compile(r":\d{0,5}\Z")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_AFTER = ".,;:!?'*_~>\u2019\u201d\u00bb\u2026"  # what ends a sentence, and no address
_LONGEST_END = 20  # characters that close a sentence; more are looked at in vain
_KEPT = 1_024


def is_token(text: str) -> bool:
    """Whether it has the form of our tokens."""
    return _TOKEN.fullmatch(text) is not None


def with_token(url: str, token: str, own: OwnHosts = ()) -> str:
    """The link with the token in the place that its tool hands through, and nowhere twice.

    All else in it stays as it is. Where nobody knows the host, the place is `utm_content`. What is
    no link comes back as it was.

    Args:
        url: a link.
        token: letters and digits, or whatever needs no escape in an address.
        own: hosts of our own that serve booking pages.
    """
    form = _form(url, own)
    return f"{form[0]}{token}{form[1]}" if form is not None else url


def with_tokens(text: str, token: str, own: OwnHosts = ()) -> str:
    """A text in which every link to a known booking page carries the token."""

    def placed(found: re.Match[str]) -> str:
        link, after = _without_end(found[0])
        scheme = "" if found[1] else "https://"
        whole = f"{scheme}{link}"
        if not is_booking_page(whole, own):
            return found[0]
        return with_token(whole, token, own).removeprefix(scheme) + after

    return _links(own).sub(placed, text)


@lru_cache(_KEPT)
def is_booking_page(url: str, own: OwnHosts = ()) -> bool:
    """Whether a link leads to a booking page of a tool that is known."""
    parts = _PARTS.fullmatch(url)
    return parts is not None and _tool_at(parts[2], own) is not None


@lru_cache(_KEPT)
def _form(url: str, own: OwnHosts) -> tuple[str, str] | None:
    """What stands before the token, and after it; None for what bears none."""
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return None
    page, query, fragment = parts[1], (parts[3] or "?")[1:], parts[4] or ""
    pieces = query.split("&") if query else []
    names = _names(_tool_at(parts[2], own))
    at, name = _place(pieces, names)
    if name is None:
        return None
    if at is None:
        before = "&".join(pieces)
        between = "" if not before or before.endswith("&") else "&"
        return f"{page}?{before}{between}{name}=", fragment
    kept = pieces[:at]
    rest = [each for each in pieces[at + 1 :] if len(names) > 1 or _name_of(each) != names[0]]
    return f"{page}?{'&'.join([*kept, f'{name}='])}", "".join(
        f"&{each}" for each in rest
    ) + fragment


def _names(tool: str | None) -> tuple[str, ...]:
    """The parameters that a tool hands through."""
    if tool == BookingTool.ZCAL:
        return ZCAL_NAMES
    return (METADATA,) if tool in _BY_METADATA else (UTM,)


def _place(pieces: list[str], names: tuple[str, ...]) -> tuple[int | None, str | None]:
    """Which piece of a query the token replaces, None for a further one; and under which name.

    Where there is one parameter, it is ours whatever it holds. Of several the token takes the one
    that a token has already, else the first that is free; where none is, the link stays as it is.
    """
    for at, piece in enumerate(pieces):
        name, _, value = piece.partition("=")
        if unquote_plus(name) in names and (len(names) == 1 or is_token(value)):
            return at, name
    taken = {_name_of(piece) for piece in pieces}
    free = next((name for name in names if name not in taken), None)
    return None, free and free.replace("[", "%5B").replace("]", "%5D")


def _name_of(piece: str) -> str:
    return unquote_plus(piece.partition("=")[0])


def _tool_at(authority: str, own: OwnHosts) -> str | None:
    """Whose pages a host serves; what stands before an `@` is no host."""
    host = _PORT.sub("", authority.rpartition("@")[2]).casefold().rstrip(".")
    known = (tool for pattern, tool in (*own, *KNOWN_HOSTS) if _pattern(pattern).fullmatch(host))
    return next(known, None)


@lru_cache(_KEPT)
def _pattern(host: str) -> re.Pattern[str]:
    """A host in which `*` stands for one label, or for the rest of one."""
    return re.compile(re.escape(host.casefold()).replace(r"\*", "[^./?#@\\\\\\s]{1,63}"))


@lru_cache(64)
def _links(own: OwnHosts) -> re.Pattern[str]:
    """What may be a link to a booking page, with or without `https://` before it."""
    hosts = "|".join(re.escape(host).replace(r"\*", _LABEL) for host, _ in (*own, *KNOWN_HOSTS))
    end = r"(?::\d{1,5})?"
    return re.compile(
        rf"(?<![\w.@/%=&?#-])(?:(https?://)(?:{hosts}){end}(?![\w.@:-])|(?:{hosts}){end}(?=/))"
        r"[^\s<>\"]*",
        re.IGNORECASE,
    )


def _without_end(link: str) -> tuple[str, str]:
    """A link in running text without what ends the sentence around it, and that."""
    end = len(link)
    while end > max(0, len(link) - _LONGEST_END):
        last = link[end - 1]
        opening = _CLOSING.get(last)
        unpaired = opening is not None and link.count(last, 0, end) > link.count(opening, 0, end)
        if last not in _AFTER and not unpaired:
            break
        end -= 1
    return link[:end], link[end:]
