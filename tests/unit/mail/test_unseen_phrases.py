"""How many sentences that the rules were not made for are read rightly, language by language?

Every second sentence of a list is open: rules may be mended because of it. The others are held out;
only their number is told.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from foreign_mails import RULES

from sequencer.files.yaml_source import parse_yaml
from sequencer.mail.opt_out import read_opt_out
from sequencer.mail.return_date import return_date

PHRASES = Path(__file__).parents[2] / "data" / "phrases"
SENT_ON = date(2026, 7, 7)
NO_DATE = "-"
MANY = 60
OPEN_SHARE = 0.9
HELD_OUT_SHARE = 0.75


def asks(line: str) -> bool:
    return read_opt_out(line, "Re: x", RULES) is not None


def asks_not(line: str) -> bool:
    return not asks(line)


def is_dated(line: str) -> bool:
    wanted, _, text = line.partition(" | ")
    found = return_date(text, SENT_ON, RULES)
    return (found.return_on.isoformat() if found else NO_DATE) == wanted


LOOKS: dict[str, Callable[[str], bool]] = {
    "opt_out": asks,
    "not_opt_out": asks_not,
    "absence": is_dated,
}


def sentences(code: str, group: str) -> list[str]:
    """Sentences of a language, in the order of the file."""
    listed = parse_yaml((PHRASES / f"{code}.yaml").read_text("utf-8"), code).value
    assert isinstance(listed, dict)
    text = listed[group]
    assert isinstance(text, str)
    return [line.strip() for line in text.splitlines() if line.strip()]


LANGUAGES = sorted(path.stem for path in PHRASES.glob("*.yaml"))


@pytest.mark.parametrize("group", LOOKS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_share(code: str, group: str) -> None:
    """Nearly all open sentences are understood, and a good share of those held out."""
    lines, looks = sentences(code, group), LOOKS[group]
    missed = [line for line in lines[::2] if not looks(line)]
    held_out = [looks(line) for line in lines[1::2]]
    assert len(lines) >= MANY
    assert len(missed) <= len(lines[::2]) * (1 - OPEN_SHARE), missed
    assert sum(held_out) >= len(held_out) * HELD_OUT_SHARE


@pytest.mark.parametrize("group", LOOKS)
@pytest.mark.parametrize("code", LANGUAGES)
def test_open_share(code: str, group: str) -> None:
    """Nearly all sentences are understood that were written to find what is missed."""
    lines, looks = sentences(code, f"{group}_open"), LOOKS[group]
    missed = [line for line in lines if not looks(line)]
    assert len(missed) <= len(lines) * (1 - OPEN_SHARE), missed
