"""Whatever is written: a value, or problems with a place. Nothing else ever comes out."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sequencer.files.cadence import cadence_from_document, load_cadence
from sequencer.files.check import check_workspace
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings
from sequencer.files.yaml_source import parse_yaml

CADENCE = """\
cadence: fintech-intro
title: First contact
schedule:
  window: {mon-fri: ["8:30-11:30", "13:30-17:00"], sat: ["10:00-24:00"]}
  timezone: mailbox
  jitter_minutes: 5
  skip_dates: [2026-12-31]
from: {mailboxes: [ana, luis]}
stop_on: {reply: finish}
steps:
  - {id: intro, email: intro.md}
  - id: bump
    wait: 3 business_days
    email: intro.md
    thread: new
"""
SETTINGS = """\
workspace: {name: Us, timezone: Europe/Madrid}
database: sqlite:///a.db
web: {port: 8025, public_url: "https://go.us.example"}
mailboxes:
  ana:
    address: ana@us.example
    name: Ana
    smtp: {host: 127.0.0.1, port: 25, tls: plain}
    imap: {host: imap.us.example}
    oauth: {client_id: a, token_url: "https://us.example/token"}
"""
SYNTAX = st.text(
    st.sampled_from("abz019 \n\t:-,.[]{}'\"#&*!|>%@?~\\/\0\x1b\x85\u2028é日🎈"), max_size=60
)
SIGNS = [": ", "- ", "  ", "[", "]", "{", "}", "'", '"', "&a ", "*a", "!x ", "---\n", "\n", "\t"]
WORDS = ["null", "true", "x", "9:00", "1", "2026-12-24", "\0", "é", "password: pw", "[" * 60]
PIECES = st.sampled_from([*SIGNS, *WORDS])


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """The text with a few pieces put in, taken out or doubled."""
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.integers(0, 12)))
        text = text[:begin] + draw(PIECES | st.just(text[begin:end] * 2)) + text[end:]
    return text


@given(SYNTAX | st.text(max_size=60))
def test_any_text_as_yaml(text: str) -> None:
    """Each problem of a text that is not YAML has a line and a column inside it or at its end."""
    try:
        parse_yaml(text, "a.yaml")
    except ConfigError as error:
        for problem in error.problems:
            assert problem.line is not None
            assert 1 <= problem.line <= len(text.splitlines()) + 2
            assert problem.render().startswith("a.yaml:")


@given(damaged(CADENCE))
def test_damaged_cadence(text: str) -> None:
    """A damaged cadence file gives a cadence that can be stored, or problems of that file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "templates/fintech-intro").mkdir(parents=True)
        (root / "templates/fintech-intro/intro.md").write_text("Hello\n")
        path = root / "intro.yaml"
        path.write_text(text, encoding="utf-8", newline="")
        try:
            loaded = load_cadence(path)
        except ConfigError as error:
            files = {problem.file for problem in error.problems}
        else:
            files = {"intro.yaml"}
            assert cadence_from_document(loaded.document) == loaded.cadence
    assert files == {"intro.yaml"}


@given(damaged(SETTINGS), st.dictionaries(st.text("ABWE_\0é", max_size=12), st.text(max_size=5)))
def test_damaged_settings(text: str, variables: dict[str, str]) -> None:
    """Damaged settings give settings, or problems; the check of a workspace raises nothing."""
    environ = {f"SEQUENCER_{name}": value for name, value in variables.items()}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "config").mkdir()
        (root / "config/sequencer.yaml").write_text(text, encoding="utf-8", newline="")
        try:
            load_settings(root, environ)
        except ConfigError as error:
            problems = {problem.render() for problem in error.problems}
            assert problems <= {each.render() for each in check_workspace(root, environ).problems}


@given(st.binary(max_size=200))
def test_any_bytes_as_settings(content: bytes) -> None:
    """Bytes that are no text are a problem as well."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "config").mkdir()
        (root / "config/sequencer.yaml").write_bytes(content)
        files = set()
        try:
            load_settings(root, {})
        except ConfigError as error:
            files = {problem.file for problem in error.problems}
    assert files <= {"config/sequencer.yaml"}
