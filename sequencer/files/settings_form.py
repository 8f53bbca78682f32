"""The form of single settings: addresses, zones, URLs. Each function returns the value in order."""

import re
from functools import cache
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from sequencer.files.nearest import did_you_mean

MAX_ADDRESS = 1_000  # characters of a link in a mail

_WEB = re.compile(r"https?://[^\s/?#@]+(:\d+)?(/[^\s?#]*)?", re.ASCII | re.IGNORECASE)
_BOOKING = re.compile(r"https?://[^\s/?#@<>\"]+(:\d+)?([/?#][^\s<>\"]*)?", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}\.)*[a-z0-9-]{1,63}", re.ASCII)
_POSTGRESQL = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://(?=\S)", re.ASCII)
_PLACE = re.compile(  # user and password, host or IPv6 address, port, name, options
    r"([^\s@/?#]*@)?(\[[0-9a-f:.]+\]|[^\s@/?#:\[\]]*)(:\d{1,5})?(/[^\s@?#]*)?(\?\S*)?",
    re.ASCII | re.IGNORECASE,
)


def one_line(text: str) -> str:
    """A text that can stand in a header: one line, no control characters."""
    if not text.isprintable():
        raise ValueError("one line without control characters is expected")
    return text.strip()


def email_address(text: str) -> str:
    """An e-mail address by its form; nothing is looked up."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(f"this is no e-mail address: {error}") from None
    return text


def zone(text: str) -> str:
    """The IANA name of a time zone, or nothing."""
    if text and text not in _zones():
        near = did_you_mean(text, _zones())
        example = "a zone is written like `Europe/Madrid`"
        raise ValueError(f"there is no such time zone; {near or example}")
    return text


def web_address(text: str) -> str:
    """An http or https address without a slash at its end, or nothing."""
    if text and _WEB.fullmatch(text) is None:
        raise ValueError("an address that begins with https:// is expected, without `?` and `#`")
    return text.rstrip("/")


def booking_address(text: str) -> str:
    """An http or https address of a page where people book, or nothing."""
    if text and (len(text) > MAX_ADDRESS or _BOOKING.fullmatch(text) is None):
        raise ValueError(
            "the address of a page is expected, such as https://calendly.com/ana/intro"
        )
    return text


def booking_host(text: str) -> str:
    """The name of a host, without anything around it."""
    host = text.casefold()
    if _HOST.fullmatch(host) is None:
        raise ValueError("the name of a host is expected, such as book.acme.example")
    return host


def database_url(text: str) -> str:
    """Address of an SQLite file or of a PostgreSQL database, in the form that the store takes."""
    if text == "sqlite://" or text.startswith("sqlite:///"):
        return text
    found = _POSTGRESQL.match(text)
    place = text[found.end() :] if found else ""
    if not _PLACE.fullmatch(place):
        if "@" in place:
            raise ValueError("what is special in a password is written as %40 for `@`, %2F for `/`")
        place = ""
    if not place:
        example = "`sqlite:///file.db` or `postgresql://user@host/name`"
        raise ValueError(f"the address of a database is expected, such as {example}")
    return f"postgresql+psycopg://{place}"


@cache
def _zones() -> frozenset[str]:
    """Names with a place in them; abbreviations such as CET mean different things to people."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
