import pytest

from sequencer.domain.booking_link import (
    OwnHosts,
    is_booking_page,
    is_token,
    with_token,
    with_tokens,
)

KEY, OTHER = "0123456789abcdef" * 2, "f" * 32
OWN: OwnHosts = (("book.acme.example", "calcom"), ("zcal.acme.example", "zcal"))
METADATA = f"metadata%5Btoken%5D={KEY}"


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("https://calendly.com/ana/intro", f"utm_content={KEY}"),
        ("https://savvycal.com/ana/chat", METADATA),
        ("https://acme.chilipiper.com/book/me", f"utm_content={KEY}"),
        ("https://meetings.hubspot.com/ana", f"utm_content={KEY}"),
        ("https://meetings-eu1.hubspot.com/ana", f"utm_content={KEY}"),
        ("https://scheduler.zoom.us/ana/intro", f"utm_content={KEY}"),
        ("https://cal.com/ana/15min", METADATA),
        ("https://acme.cal.com/ana", METADATA),
        ("https://book.acme.example/ana", METADATA),
        ("https://zcal.co/i/abc", f"a0={KEY}"),
        ("https://zcal.acme.example/i/abc", f"a0={KEY}"),
        ("https://calendar.somebody.example/ana", f"utm_content={KEY}"),
        ("HTTPS://Calendly.com:443", f"utm_content={KEY}"),
    ],
)
def test_place_of_the_token(page: str, wanted: str) -> None:
    """Each tool gets the token where it hands it through; an unknown host as a campaign's mark."""
    assert with_token(page, KEY, OWN) == f"{page}?{wanted}"


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("?", "?utm_content=KEY"),
        ("#top", "?utm_content=KEY#top"),
        ("?month=2026-12", "?month=2026-12&utm_content=KEY"),
        ("?month=2026-12&", "?month=2026-12&utm_content=KEY"),
        ("?a=%20b+c&d#e?f", "?a=%20b+c&d&utm_content=KEY#e?f"),
        ("?utm_content=news&month=1", "?utm_content=KEY&month=1"),
        ("?utm_content&utm_content=news", "?utm_content=KEY"),
        ("?utm%5Fcontent=news#x", "?utm%5Fcontent=KEY#x"),
        ("?UTM_CONTENT=news", "?UTM_CONTENT=news&utm_content=KEY"),
    ],
)
def test_what_is_there_already(link: str, wanted: str) -> None:
    """Query and fragment stay as they are; what was in our place gives way, however often."""
    page = "https://calendly.com/ana"
    assert with_token(page + link, KEY) == page + wanted.replace("KEY", KEY)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("a0=Bank", "a0=Bank&a1=KEY"),
        ("a0=Bank&a1=OTHER&name=x", "a0=Bank&a1=KEY&name=x"),
        ("a1=x&a3=y", "a1=x&a3=y&a0=KEY"),
        ("a0=1&a1=2&a2=3&a3=4&a4=5", "a0=1&a1=2&a2=3&a3=4&a4=5"),
    ],
)
def test_zcal(query: str, wanted: str) -> None:
    """Zcal has five places, which may be taken; where all are, the link stays as it was."""
    page = "https://zcal.co/i/abc?"
    link = with_token(page + query.replace("OTHER", OTHER), KEY)
    assert link == page + wanted.replace("KEY", KEY)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "no link",
        "calendly.com/ana",
        "mailto:ana@calendly.com",
        "javascript:alert('https://calendly.com/ana')",
        "https://",
        "https:///ana",
        "https://calendly.com/a b",
        "https://calendly.com/a\r\nBcc: x@y.example",
        "ftp://calendly.com/ana",
    ],
)
def test_no_link(url: str) -> None:
    """What is no link comes back as it was."""
    assert with_token(url, KEY) == url
    assert not is_booking_page(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://calendly.com.evil.example/ana",
        "https://calendly.com@evil.example/ana",
        "https://calendly.com:80@evil.example/ana",
        "https://evil.example/calendly.com/ana",
        "https://notcalendly.com/ana",
        "https://hubspot.com/ana",
        "https://meetings.x.hubspot.com/ana",
        "https://chilipiper.com/book",
        "https://a.b.cal.com/ana",
        "https://evil.example\\@calendly.com.evil.example/",
        "https://book.acme.example/ana",
    ],
)
def test_other_hosts(url: str) -> None:
    """A host that only looks like one is not known, and links to it stay as they are."""
    assert not is_booking_page(url)
    assert with_tokens(f"See {url} there", KEY) == f"See {url} there"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("See https://calendly.com/ana.", "See https://calendly.com/ana?KEY."),
        ("(https://calendly.com/ana)!", "(https://calendly.com/ana?KEY)!"),
        ("https://calendly.com/a(b)", "https://calendly.com/a(b)?KEY"),
        ("calendly.com/ana, or call", "calendly.com/ana?KEY, or call"),
        ("https://calendly.com/ana?a=b#c;", "https://calendly.com/ana?a=b&KEY#c;"),
        ("«https://calendly.com/ana»", "«https://calendly.com/ana?KEY»"),
        ("calendly.com/ana\ncalendly.com/bob", "calendly.com/ana?KEY\ncalendly.com/bob?KEY"),
        ("we use calendly.com, and cal.com", "we use calendly.com, and cal.com"),
        ("ana@calendly.com/x", "ana@calendly.com/x"),
        ("https://x.example/?to=https://calendly.com/ana",) * 2,
        ("https://x.example/calendly.com/ana",) * 2,
        ("nothing at all", "nothing at all"),
    ],
)
def test_in_running_text(text: str, wanted: str) -> None:
    """Links in a text get the token, without the marks that end a sentence."""
    assert with_tokens(text, KEY) == wanted.replace("KEY", f"utm_content={KEY}")


def test_own_hosts_in_running_text() -> None:
    """A host of our own is known by its setting, with the parameter of its tool."""
    told = with_tokens("Here: https://book.acme.example/ana", KEY, OWN)
    assert told == f"Here: https://book.acme.example/ana?{METADATA}"


def test_form_of_a_token() -> None:
    """A token is known by its form, so that marks of others are not taken for one."""
    assert is_token(KEY)
    assert not any(map(is_token, ("", "news", KEY.upper(), f"{KEY}0", f"{KEY}\n")))
