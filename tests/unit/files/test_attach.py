"""The key `attach`: what it takes, what is read, and what the check says of it."""

from base64 import b64decode
from pathlib import Path

import pytest

from sequencer.domain.attachment import Attachment
from sequencer.files.attach_keys import MAX_FILES
from sequencer.files.cadence import LoadedCadence, cadence_from_document, load_cadence
from sequencer.files.check import check_workspace
from sequencer.files.problem import ConfigError
from sequencer.files.template_folder import MAX_FILE

CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
  - id: intro
    email: intro.md
  - id: bump
    wait: 3 days
    email: bump.md
"""
SETTINGS = """\
workspace: {postal_address: 1 Street}
web: {public_url: https://go.seller.example}
mailboxes:
  ana: {address: ana@seller.example, name: Ana, provider: google_workspace}
"""
PDF = b"%PDF-1.7\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a cadence of two mails, and files beside its templates."""
    folder = tmp_path / "templates/first"
    folder.mkdir(parents=True)
    (tmp_path / "config/cadences").mkdir(parents=True)
    (tmp_path / "config/sequencer.yaml").write_text(SETTINGS)
    (folder / "intro.md").write_text("---\nsubject: Hello there\n---\nHello.\n")
    (folder / "bump.md").write_text("Did it reach you?\n")
    (folder / "prices 2027.pdf").write_bytes(PDF)
    (folder / "guía.txt").write_text("Paso 1\n")
    return tmp_path


def load(root: Path, attach: str) -> LoadedCadence:
    path = root / "config/cadences/first.yaml"
    path.write_text(f"{CADENCE}    attach: {attach}\n")
    return load_cadence(path)


def said(root: Path, attach: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(root, attach)
    return str(caught.value)


def test_short_and_long_form(root: Path) -> None:
    """A name alone, or a file with a guard; both become part of the version."""
    loaded = load(root, "[prices 2027.pdf, {file: guía.txt, when: 'stage == \"customer\"'}]")
    bump = loaded.cadence.step("bump")
    assert bump.attach == (
        Attachment("prices 2027.pdf"),
        Attachment("guía.txt", 'stage == "customer"'),
    )
    assert {name: b64decode(text) for name, text in loaded.attachments.items()} == {
        "prices 2027.pdf": PDF,
        "guía.txt": b"Paso 1\n",
    }
    assert cadence_from_document(loaded.document) == loaded.cadence


def test_content_is_part_of_the_version(root: Path) -> None:
    """Other bytes are another version; without files a version keeps the name it had."""
    before = load(root, "[prices 2027.pdf]").hash
    (root / "templates/first/prices 2027.pdf").write_bytes(PDF + b"more")
    assert load(root, "[prices 2027.pdf]").hash != before
    none = load(root, "[]")
    path = root / "config/cadences/first.yaml"
    path.write_text(CADENCE)
    assert load_cadence(path).hash == none.hash
    assert "attach" not in str(none.document)


@pytest.mark.parametrize(
    ("attach", "expected"),
    [
        ("[price 2027.pdf]", "10:14: there is no file `price 2027.pdf` in templates/first"),
        ("[{file: gone.pdf}]", "10:21: there is no file `gone.pdf`"),
        ("[run.exe]", "a file of one of the types"),
        ("[b/../first/prices.pdf]", "without a folder"),
        ("[a/b.pdf]", "without a folder"),
        ("[.pdf]", "the name of a file as people read it"),
        ('["a\\nb.pdf"]', "the name of a file as people read it"),
        (f"[{'a' * 200}.pdf]", "at most 120 characters"),
        (f"[{', '.join(['guía.txt'] * (MAX_FILES + 1))}]", "attach"),
        ("[{when: stage}]", "file"),
        ("prices 2027.pdf", "attach"),
        ("[{file: guía.txt, when: 'stage ='}]", "10:44: a single `=`"),
        ("[{file: guía.txt, when: nope.sent}]", "there is no step `nope`"),
        ("[{file: guía.txt, when: bump.sent}]", "`bump` has not happened yet"),
    ],
)
def test_refused(root: Path, attach: str, expected: str) -> None:
    """What no mail takes along is an error at its place."""
    assert expected in said(root, attach)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", b"", "`a.pdf` is empty"),
        ("a.pdf", b"MZ\x90", "what is in `a.pdf` is no pdf"),
        ("a.png", PDF, "what is in `a.png` is no png"),
        ("a.docx", b"\xd0\xcf\x11\xe0", "what is in `a.docx` is no docx"),
        ("a.csv", b"\xff\xfe\xfa", "`a.csv` is not UTF-8"),
        ("a.pdf", PDF + b"x" * MAX_FILE, "`a.pdf` is larger than 1,500 kB"),
    ],
)
def test_content_is_looked_at(root: Path, name: str, content: bytes, expected: str) -> None:
    """A file that is not what its name says is refused."""
    (root / "templates/first" / name).write_bytes(content)
    assert expected in said(root, f"[{name}]")


def test_links_out_of_the_folder_are_not_there(root: Path) -> None:
    """A link that leads elsewhere brings nothing of it into a mail."""
    (root / "secret.txt").write_text("secret")
    (root / "templates/first/link.txt").symlink_to(root / "secret.txt")
    assert "there is no file `link.txt`" in said(root, "[link.txt]")


def test_only_mails_take_files(root: Path) -> None:
    """A call takes none along."""
    (root / "templates/first/call.md").write_text("Ask how long the closing takes them.\n")
    path = root / "config/cadences/first.yaml"
    call = "  - id: c\n    wait: 1 day\n    call: call.md\n    attach: [guía.txt]\n"
    path.write_text(CADENCE + call)
    with pytest.raises(ConfigError, match="only a mail takes files along"):
        load_cadence(path)


def found(root: Path) -> list[str]:
    problems = check_workspace(root).problems
    return [f"{each.severity} {each.line} {each.code}" for each in problems]


def test_check(root: Path) -> None:
    """A file with a first mail is an error; a heavy mail a warning, one that is too large not."""
    load(root, "[prices 2027.pdf]")
    assert found(root) == []
    folder = root / "templates/first"
    (folder / "prices 2027.pdf").write_bytes(PDF + b"x" * 80_000)
    assert found(root) == ["warning 10 heavy-mail"]
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_bytes(PDF + b"x" * 1_000_000)
    load(root, "[a.pdf, b.pdf]")
    assert found(root) == ["error 10 mail-too-large"]
    path = root / "config/cadences/first.yaml"
    path.write_text(CADENCE.replace("email: intro.md", "email: intro.md\n    attach: [guía.txt]"))
    assert found(root) == ["error 7 first-attachment"]


def test_check_knows_names_of_guards(root: Path) -> None:
    """A field that no prospect has is an error in the guard of a file, too."""
    load(root, "[{file: guía.txt, when: 'not stagee'}]")
    [problem] = check_workspace(root).problems
    assert (problem.code, problem.message) == ("unknown-name", "there is no field `stagee`")


def test_rules(root: Path) -> None:
    """Each mistake has the code of its rule."""
    (root / "templates/first/bad.pdf").write_bytes(b"MZ")
    codes = []
    for name in ("gone.pdf", "bad.pdf"):
        with pytest.raises(ConfigError) as caught:
            load(root, f"[{name}]")
        codes += [each.code for each in caught.value.problems]
    assert codes == ["missing-attachment", "wrong-attachment"]
