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
