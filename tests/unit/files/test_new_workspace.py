import stat
from pathlib import Path

import pytest

from sequencer.files.new_workspace import write_workspace
from sequencer.files.workspace import SETTINGS, STATE

KEY = "k" * 32


def contents(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    files = (each for each in root.rglob("*") if each.is_file())
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in files}


@pytest.mark.parametrize("obstacle", ["templates", ".sequencer"])
def test_interrupted(tmp_path: Path, obstacle: str) -> None:
    """What an `init` did not come to is written by the next one."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    broken.mkdir()
    write_workspace(whole, KEY)
    (broken / obstacle).write_text("in the way")
    with pytest.raises(OSError, match=obstacle):
        write_workspace(broken, KEY)
    assert not (broken / SETTINGS).exists()
    (broken / obstacle).unlink()
    assert broken / SETTINGS in write_workspace(broken, KEY)
    assert contents(broken) == contents(whole)


def test_half_a_file(tmp_path: Path) -> None:
    """A file that was being written when an `init` ended is written anew."""
    half = tmp_path / STATE / "secret.key.unfinished"
    half.parent.mkdir()
    half.write_text("kk")
    write_workspace(tmp_path, KEY)
    assert not half.exists()
    assert (tmp_path / STATE / "secret.key").read_text() == f"{KEY}\n"


def test_order(tmp_path: Path) -> None:
    """The settings, which say that somebody has begun, come last; no key is without its fence."""
    written = write_workspace(tmp_path, KEY)
    assert written[-2:] == [tmp_path / STATE / "secret.key", tmp_path / SETTINGS]
    assert (tmp_path / STATE / ".gitignore").read_text() == "*\n"
    assert stat.S_IMODE((tmp_path / STATE / "secret.key").stat().st_mode) == 0o600
    assert write_workspace(tmp_path, "other") == []


def test_deleted_example(tmp_path: Path) -> None:
    """An example that was deleted does not come back; a key that is missing does."""
    written = write_workspace(tmp_path, KEY)
    written[0].unlink()
    (tmp_path / STATE / "secret.key").unlink()
    assert write_workspace(tmp_path, "other" * 5) == [tmp_path / STATE / "secret.key"]
