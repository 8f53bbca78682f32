from pathlib import Path

import pytest

from sequencer.files.problem import ConfigError
from sequencer.files.template_folder import TemplateFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "templates"
    home.mkdir()
    for name in ("intro.md", "intro.es.md", "bump.txt", "notes.doc", ".hidden.md"):
        (home / name).write_text(f"text of {name}")
    return home


def test_names(folder: Path) -> None:
    """Templates are .md and .txt files; others are not."""
    (folder / "deep.md").mkdir()
    assert TemplateFolder(folder, "t").names() == ("bump.txt", "intro.es.md", "intro.md")


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there holds no templates."""
    assert TemplateFolder(tmp_path / "nope", "t").names() == ()


def test_read_takes_variants_along(folder: Path) -> None:
    """A wanted template comes with its languages; one that is not wanted stays away."""
    assert TemplateFolder(folder, "t").read(["intro.md", "gone.md"]) == {
        "intro.md": "text of intro.md",
        "intro.es.md": "text of intro.es.md",
    }


def test_no_way_out(folder: Path) -> None:
    """A link that leads out of the folder, and a name with a path, are no templates."""
    (folder.parent / "secret.md").write_text("secret")
    (folder / "link.md").symlink_to(folder.parent / "secret.md")
    home = TemplateFolder(folder, "t")
    assert "link.md" not in home.names()
    assert home.read(["link.md", "../secret.md", "/etc/passwd"]) == {}


def test_folder_that_is_a_link(tmp_path: Path) -> None:
    """A linked folder is read if it leads to another of `templates/`, and never if it leads out."""
    outside, home = tmp_path / "outside", tmp_path / "templates"
    for each in (outside, home / "old", home / "intro"):
        each.mkdir(parents=True)
        (each / "a.md").write_text(each.name)
        (each / "a.pdf").write_text(each.name)
    (home / "intro" / "b.md").write_text('{% include "shared/a.md" %}')
    (home / "out").symlink_to(outside)
    (home / "new").symlink_to(home / "old")
    (home / "shared").symlink_to(outside)
    linked = TemplateFolder(home / "out", "t/out")
    assert linked.names() == linked.files() == ()
    assert linked.contents(["a.pdf"]) == {}
    assert "shared/a.md" not in TemplateFolder(home / "intro", "t/intro").read(["b.md"])
    assert TemplateFolder(home / "new", "t/new").read(["a.md"]) == {"a.md": "old"}


def test_every_unreadable_file_is_named(folder: Path) -> None:
    """All files with a wrong encoding are reported together."""
    (folder / "intro.md").write_bytes(b"\xff")
    (folder / "bump.txt").write_bytes(b"ok\n\xe9")
    with pytest.raises(ConfigError) as raised:
        TemplateFolder(folder, "t").read(["intro.md", "bump.txt"])
    assert [(each.file, each.line) for each in raised.value.problems] == [
        ("t/bump.txt", 2),
        ("t/intro.md", 1),
    ]


def test_large_template(folder: Path) -> None:
    """A template of more than 64 kB is refused."""
    (folder / "intro.md").write_text("x" * 65_537)
    with pytest.raises(ConfigError, match="larger than 64 kB"):
        TemplateFolder(folder, "t").read(["intro.md"])


def test_reads_what_is_included(tmp_path: Path) -> None:
    """What a template includes is read with it, through other files and in every language."""
    home, shared = tmp_path / "fintech", tmp_path / "shared"
    home.mkdir()
    shared.mkdir()
    (home / "a.md").write_text('{% include "_b.md" %}{% include "gone.md" %}')
    (home / "_b.md").write_text('{% from "shared/c.md" import x %}')
    (home / "_b.es.md").write_text('{% include "shared/d.md" %}')
    (home / "other.md").write_text("not wanted")
    for name in ("c.md", "d.md", "d.es.md", "e.md"):
        (shared / name).write_text(name)
    assert list(TemplateFolder(home, "t").read(["a.md"])) == [
        "_b.es.md",
        "_b.md",
        "a.md",
        "shared/c.md",
        "shared/d.es.md",
        "shared/d.md",
    ]
    assert "_b.md" not in TemplateFolder(home, "t").names()


def test_includes_only_files_of_the_two_folders(tmp_path: Path) -> None:
    """A link that leads elsewhere is not there, and a mistake in a shared file names that."""
    home, shared = tmp_path / "fintech", tmp_path / "shared"
    home.mkdir()
    shared.mkdir()
    (tmp_path / "secret.md").write_text("secret")
    (shared / "link.md").symlink_to(tmp_path / "secret.md")
    (home / "a.md").write_text('{% include "shared/link.md" %}{% include "../secret.md" %}')
    assert list(TemplateFolder(home, "t").read(["a.md"])) == ["a.md"]
    (shared / "bad.md").write_bytes(b"\xff\xfe\xfa")
    (home / "b.md").write_text('{% include "shared/bad.md" %}')
    with pytest.raises(ConfigError) as caught:
        TemplateFolder(home, "templates/fintech").read(["b.md"])
    assert caught.value.problems[0].file == "templates/shared/bad.md"
