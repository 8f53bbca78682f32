from pathlib import Path

import pytest

from sequencer.files.check import check_workspace

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes: {ana: {address: ana@sales.example, name: Ana, provider: google_workspace}}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
  - {id: bump, wait: 3 business_days, email: bump.md}
"""


def findings(root: Path, body: str, of: str = "intro") -> list[str]:
    """`line:column code` of everything that is said about a mail with that body."""
    texts = {"intro": "---\nsubject: News\n---\nHello\n", "bump": "Hello\n"}
    texts[of] += body
    files = {
        "config/sequencer.yaml": SETTINGS,
        "config/cadences/first.yaml": CADENCE,
        **{f"templates/first/{name}.md": text for name, text in texts.items()},
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return [f"{each.line}:{each.column} {each.code}" for each in check_workspace(root).problems]


@pytest.mark.parametrize(
    "body",
    [
        "[our prices](https://acme.example/prices)",
        "[acme.example](https://acme.example/prices)",
        "[www.acme.example](https://acme.example)",
        "[https://acme.example](https://www.acme.example)",
        "[ana@sales.example](mailto:ana@sales.example?subject=x)",
        "<https://acme.example>",
        "https://acme.example/a_(b).",
        "[see e.g. our prices](https://acme.example)",
        "[No more of this]({{ unsubscribe_url }}) [our page](https://acme.example)",
        "[at {{ company | or('you') }}](https://acme.example/{{ company | or('x') }})",
        "[write to me](mailto:ana@sales.example), [our page](https://acme.example)",
        "1.5 hours, e.g. on Monday: a.b",
    ],
)
def test_good_links(tmp_path: Path, body: str) -> None:
    """A link that shows where it leads is no matter."""
    assert findings(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[acme.example](https://evil.example)", ["5:1 deceptive-link"]),
        ("See [**acme.example**](https://evil.example)", ["5:5 deceptive-link"]),
        ("[https://acme.example/a](https://evil.example/a)", ["5:1 deceptive-link"]),
        ("[ana@sales.example](mailto:bob@evil.example)", ["5:1 deceptive-link"]),
        ("[acme.example](https://acme.example.evil.example)", ["5:1 deceptive-link"]),
        ("https://bit.ly/x", ["5:1 shortened-link"]),
        ("<https://WWW.TinyURL.com/x>", ["5:1 shortened-link"]),
        ("[x y z](https://user@bit.ly:443/x)", ["5:1 shortened-link"]),
        ("[our offer](https://127.0.0.1/x)", ["5:1 bare-address-link"]),
        ("[our offer](https://[::1]/x)", ["5:1 bare-address-link"]),
        ("[our offer](https://2130706433/x)", ["5:1 bare-address-link"]),
        ("[our offer](https://intranet/x)", ["5:1 bare-address-link"]),
        ("[our offer](HTTP://acme.example/x)", ["5:1 insecure-link"]),
        ("[]({{ unsubscribe_url }})", ["5:1 hidden-opt-out"]),
        (
            "[a page](https://acme.example/a)\n\n[b page](https://acme.example/b)",
            ["7:1 many-links"],
        ),
    ],
)
def test_bad_links(tmp_path: Path, body: str, expected: list[str]) -> None:
    """Each kind of link that harms is named at its place, once."""
    assert findings(tmp_path, body) == expected


def test_links_of_later_mails(tmp_path: Path) -> None:
    """Whoever knows us already may get more than one link."""
    body = "[a page](https://acme.example/a)\n\n[b page](https://acme.example/b)"
    assert findings(tmp_path, body, of="bump") == []


@pytest.mark.parametrize(
    "body",
    [
        "[" * 20_000,
        "[a](" * 10_000,
        "[x](https://" + "a." * 20_000,
        "https://" * 5_000,
        "[" + "a" * 30_000 + "](https://a.example)",
        "![](" * 9_000,
        "!?" * 20_000,
        "ABC " * 10_000,
        "a ," * 10_000,
        "{{" * 20_000,
        "{#" * 20_000,
        " " * 50_000 + ",",
        "a" + " " * 50_000 + "b",
        "(" * 30_000,
    ],
)
def test_hostile_bodies(tmp_path: Path, body: str) -> None:
    """Whatever a body holds, looking through it ends, with a finding or without one."""
    assert isinstance(findings(tmp_path, body), list)
