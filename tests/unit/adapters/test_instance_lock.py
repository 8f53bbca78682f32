"""One database, one process."""

import os
from pathlib import Path

import pytest

from sequencer.adapters.instance_lock import InstanceLock, LockedError


def test_second_holder(tmp_path: Path) -> None:
    """The second holder is told who has the database and what to do."""
    database = tmp_path / "sequencer.db"
    with InstanceLock(database), pytest.raises(LockedError) as caught:
        InstanceLock(database).acquire()
    text = str(caught.value)
    assert str(database) in text
    assert f"process {os.getpid()}: stop it first (kill {os.getpid()})" in text
    assert "PostgreSQL" in text


def test_released(tmp_path: Path) -> None:
    """After its release the lock can be taken again; a file left behind does not matter."""
    database = tmp_path / "sequencer.db"
    first, second = InstanceLock(database), InstanceLock(database)
    first.acquire()
    first.release()
    first.release()
    second.acquire()
    with pytest.raises(LockedError):
        first.acquire()
    second.release()
    assert second.path.exists()


def test_foreign_holder(tmp_path: Path) -> None:
    """A holder that was started under another boot is not offered to be killed here."""
    database = tmp_path / "sequencer.db"
    with InstanceLock(database) as held:
        held.path.write_text("4711 not-this-boot\n", "ascii")
        with pytest.raises(LockedError, match="process 4711 of another machine") as caught:
            InstanceLock(database).acquire()
    assert "kill" not in str(caught.value)


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is an error of its own, not a lock."""
    with pytest.raises(FileNotFoundError):
        InstanceLock(tmp_path / "none" / "sequencer.db").acquire()


def test_private(tmp_path: Path) -> None:
    """Only the owner may read the lock file."""
    with InstanceLock(tmp_path / "sequencer.db") as lock:
        assert lock.path.stat().st_mode & 0o077 == 0
