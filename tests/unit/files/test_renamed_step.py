from pathlib import Path

from sequencer.files.renamed_step import renamed_step

TEXT = """cadence: fintech-intro
steps:
  - id: intro
  - id: bump-1
"""


def test_place_is_that_of_the_new_id(tmp_path: Path) -> None:
    """The problem points at the new id in the right file, and says what to do."""
    folder = tmp_path / "config" / "cadences"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("cadence: [", "utf-8")
    (folder / "b.yaml").write_text("cadence: other\nsteps: 3\n", "utf-8")
    (folder / "c.yaml").write_text(TEXT, "utf-8")
    found = renamed_step(tmp_path, "fintech-intro", "bump", "bump-1")
    assert (found.file, found.line, found.code) == ("config/cadences/c.yaml", 4, "step-renamed")
    assert "retired: [bump]" in found.hint


def test_place_may_be_unknown(tmp_path: Path) -> None:
    """Without the file, or without such a step in it, the cadence is named."""
    folder = tmp_path / "config" / "cadences"
    folder.mkdir(parents=True)
    (folder / "b.yaml").write_text("cadence: other\nsteps: 3\n", "utf-8")
    for slug in ("other", "fintech-intro"):
        assert renamed_step(tmp_path, slug, "bump", "bump-1").file == f"cadence {slug}"
