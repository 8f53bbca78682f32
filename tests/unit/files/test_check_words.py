from pathlib import Path

import pytest

from sequencer.files.check import check_workspace
from sequencer.files.check_words import is_emoji
from sequencer.files.spam_phrases import PHRASES, phrases

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes: {ana: {address: ana@sales.example, name: Ana, provider: google_workspace}}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps: [{id: intro, email: intro.md}]
"""


def findings(root: Path, subject: str = "News", body: str = "Hello,") -> list[str]:
    """`line:column code` of everything that is said about a mail of these words."""
    files = {
        "config/sequencer.yaml": SETTINGS,
        "config/cadences/first.yaml": CADENCE,
        "templates/first/intro.md": f"---\nsubject: {subject}\n---\n{body}\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return [f"{each.line}:{each.column} {each.code}" for each in check_workspace(root).problems]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Closing the month", []),
        ("SEPA and IBAN for Bank Example", []),
        ("IFRS at BBVA", []),
        ("ACT TODAY", ["2:10 shouting"]),
        ("Now, LAST CHANCE", ["2:15 shouting"]),
        ("What??", ["2:14 exclamations"]),
        ("Make money with us", ["2:10 spam-words"]),
        ("For you \U0001f680", ["2:10 emoji-subject"]),
        ("x" * 61, ["2:10 long-subject"]),
        ("x" * 60, []),
        ("'HURRY UP {{ company | or(\"you\") }}'", ["2:11 shouting"]),
    ],
)
def test_subjects(tmp_path: Path, subject: str, expected: list[str]) -> None:
    """What is wrong with a subject is named where it stands."""
    assert findings(tmp_path, subject) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("How are you? Well!", []),
        ("Is it so?! I wonder.", []),
        ("We work with SEPA, IBAN and BIC here.", []),
        ("THIS IS VERY IMPORTANT news.", ["4:1 shouting"]),
        ("Ein Angebot, JETZT NUR HIER, ja.", ["4:14 shouting"]),
        ("Look here!!", ["4:10 exclamations"]),
        ("Haga clic aquí.", ["4:1 spam-words"]),
        ("Hier, ohne Risiko.", ["4:7 spam-words"]),
        ("A word\u00ading.", ["4:7 unseen-character"]),
        ("Family \U0001f468\u200d\U0001f469\u200d\U0001f467 words", []),
        ("See https://acme.example/BUY/NOW/HERE/!!", []),
        ("{{ company | or('BUY IT NOW!!') }} is fine.", []),
        ("word " * 200, []),
        ("word " * 201, ["4:1 long-mail"]),
    ],
)
def test_bodies(tmp_path: Path, body: str, expected: list[str]) -> None:
    """What is wrong with a line is named where it stands, and what a value holds is no matter."""
    assert findings(tmp_path, body=body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Hello {{ first_name | or('there') }}, a word.", []),
        ("Hello{% if first_name %}, {{ first_name }}{% endif %}:", []),
        ("Une question : quand ? Maintenant !", []),
        ("Well ... that is 3.5 %, e.g. .NET", []),
        ("Hi {{ first_name | or('') }}, a word", ["4:4 hole"]),
        ("Hi,{% if title %} {{ title }}{% endif %}, a word", ["4:4 hole"]),
        ("At work ({% if title %}{{ title }}{% endif %})", ["4:10 hole"]),
        ("As {% if title %}{{ title }}{% endif %} you know.", ["4:4 hole"]),
        ("A  word", ["4:1 hole"]),
    ],
)
def test_holes(tmp_path: Path, body: str, expected: list[str]) -> None:
    """A hole is found where a value is missing, and where one is there."""
    found = findings(tmp_path, body=body)
    assert [each for each in found if "fallback" not in each] == expected


def test_phrases_are_whole() -> None:
    """Every phrase has more than one word, or a sign, and is in small letters."""
    every = phrases()
    assert all(each == each.casefold() and len(each) > 5 for each in every)
    assert [each for each in every if each.isalpha()] == []
    assert {"en", "es", "fr", "de"} <= PHRASES.keys()


@pytest.mark.parametrize(
    ("character", "expected"), [("\U0001f680", True), ("é", False), ("€", False)]
)
def test_emoji(character: str, expected: bool) -> None:
    """Letters and signs of money are no emoji."""
    assert is_emoji(character) is expected
