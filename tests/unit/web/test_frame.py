"""Parts of pages: what others wrote is shown, and does nothing."""

from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from sequencer.web.frame import STYLE, frame, mail_link, phone_link, rows, section, web_link
from sequencer.web.times import in_both, length, moment, zone_or

MADRID, NEW_YORK = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")
MINUTE = timedelta(minutes=1)


def test_the_style_is_what_its_hash_is_of() -> None:
    """It has nothing in it that escaping would change, so that the browser takes it."""
    page = bytes(frame("Title", [Markup("<p>x</p>")]).body).decode()
    assert f"<style>{STYLE}</style>" in page


@given(st.text())
def test_all_text_is_escaped(text: str) -> None:
    """A value can be read back from the page, and brings no tag of its own."""
    shown = str(rows([("Name", f"x{text}")]))
    assert shown.count("<") == str(rows([("Name", "x")])).count("<")
    assert f"x{text}" in unescape(shown)


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://meet.example/1?a=b&c=d", True),
        ("HTTP://meet.example", True),
        ("javascript:alert(1)", False),
        (" https://meet.example", False),
        ("data:text/html,x", False),
        ("//meet.example", False),
        ("call me", False),
        ("", False),
    ],
)
def test_links(address: str, is_link: bool) -> None:
    """Only an address of the web can be followed."""
    assert ("href=" in web_link(address)) == is_link


def test_links_to_people() -> None:
    """A mail program is told an address and no more; a number is dialled only if it is one."""
    link = mail_link("zoe@bank.example?bcc=evil@x.example&body=hi")
    assert 'href="mailto:zoe@bank.example%3Fbcc%3Devil@x.example%26body%3Dhi"' in link
    assert mail_link("") == ""
    assert 'href="tel:+34600000000"' in phone_link("+34 (600) 000-000")
    for odd in ("", "*21#", "call me", "+", "600;ext=1"):
        assert "href" not in phone_link(odd)


def test_empty_parts() -> None:
    """What would be empty is not there."""
    assert rows([("Name", "")]) == ""
    assert section("Title", rows([("Name", "")])) == ""


def test_times() -> None:
    """In one zone, or in two that differ; the same time is not told twice."""
    assert "13:00 Madrid time" in moment(NOON, MADRID, NOON)
    both = in_both(NOON, MADRID, NEW_YORK, NOON)
    assert both.index("Madrid time") < both.index("New York time")
    assert "Berlin" not in in_both(NOON, MADRID, ZoneInfo("Europe/Berlin"), NOON)
    for name in ("", "Europe", "Nowhere/Else", "../etc", "a\x00b"):
        assert zone_or(name, MADRID) is MADRID
    assert zone_or("America/New_York", MADRID).key == "America/New_York"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, ""), (-5, ""), (0, ""), (45, "45 minutes"), (60, "1 h"), (90, "1 h 30 min")],
)
def test_lengths(minutes: int | None, words: str) -> None:
    """How long something takes, as people say it."""
    assert length(NOON, NOON + minutes * MINUTE if minutes is not None else None) == words
