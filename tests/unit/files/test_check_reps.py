"""What `sequencer check` says of clients and of booking links."""

from pathlib import Path

import pytest

from sequencer.files.check import check_workspace

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes:
  ana: {address: ana@sales.example, name: Ana, provider: google_workspace, PAGE}
  luis: {address: luis@sales.example, name: Luis, provider: google_workspace}
reps:
  marta: {name: Marta, address: marta@field.example, client: acme}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana, luis]}
steps:
  - {id: intro, email: intro.md}
"""
PAGE = "booking_url: 'https://calendly.com/ana'"


def told(root: Path, *, settings: str = "", client: str = "", body: str = "Hello!") -> list[str]:
    for folder in ("config/cadences", "templates/first"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "config/sequencer.yaml").write_text(SETTINGS.replace("PAGE", settings or "per_day: 5"))
    line = f"client: {client}\n" if client else ""
    (root / "config/cadences/first.yaml").write_text(CADENCE.replace("from:", f"{line}from:"))
    (root / "templates/first/intro.md").write_text(f"---\nsubject: Hi\n---\n{body}\n")
    return [each.render() for each in check_workspace(root).problems]


@pytest.mark.parametrize("client", ["", "acme", "' acme '"])
def test_known_client(tmp_path: Path, client: str) -> None:
    """A cadence for ourselves, or for a client whom some rep works for, is well."""
    assert told(tmp_path, client=client) == []


@pytest.mark.parametrize(
    ("client", "hint"), [("acmee", "did you mean `acme`?"), ("zeta", "known here: acme")]
)
def test_unknown_client(tmp_path: Path, client: str, hint: str) -> None:
    """A client whom nobody works for is worth a warning with its place."""
    [problem] = told(tmp_path, client=client)
    assert problem.startswith("config/cadences/first.yaml:3:9: warning: no rep works for")
    assert problem.endswith(f"hint: {hint}")


def test_client_of_another_kind(tmp_path: Path) -> None:
    """What is no text is a mistake of its form, and told once."""
    [problem] = told(tmp_path, client="[acme]")
    assert "text is expected" in problem


def test_mailboxes_without_a_page(tmp_path: Path) -> None:
    """A template that needs a booking link is told of the mailboxes that have none."""
    body = "Pick [a time]({{ booking_link }})."
    [problem] = told(tmp_path, body=body)
    assert problem.startswith("templates/first/intro.md:4:")
    assert "no booking page of `ana` and `luis`" in problem
    assert "give the mailbox, or its rep, a `booking_url`" in problem
    [problem] = told(tmp_path, body=body, settings=PAGE)
    assert "no booking page of `luis`," in problem


@pytest.mark.parametrize(
    "body",
    [
        "{% if booking_link %}[Pick]({{ booking_link }}){% else %}Call me.{% endif %}",
        "{{ booking_link | or('Call me.') }}",
        "https://calendly.com/ana",
    ],
)
def test_a_way_out(tmp_path: Path, body: str) -> None:
    """Where the template does without, or has its own link, nothing is missing."""
    assert told(tmp_path, body=body) == []


def test_parts_of_a_link(tmp_path: Path) -> None:
    """The booking link is one value, and known by its name."""
    [problem] = told(tmp_path, body="{{ booking_lnk }}", settings=PAGE)
    assert "did you mean `booking_link`?" in problem
