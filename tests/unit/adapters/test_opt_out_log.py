"""The log of opt-outs: on disk when it says so, whole lines only, read by its owner alone."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sequencer.adapters.opt_out_log import OptOutLog
from sequencer.domain.opt_out import OptOut
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def of(key: str) -> OptOut:
    """An opt-out at noon."""
    kind = SuppressionKind.ADDRESS
    return OptOut(NOON, Suppression(kind, key, SuppressionReason.OPTED_OUT))


def test_what_is_noted_is_read(tmp_path: Path) -> None:
    """What was noted comes back in its order, also from another process's log of the same name."""
    log, other = OptOutLog(tmp_path / "log"), OptOutLog(tmp_path / "log")
    log.note([of("zoe@bank.example"), of("zoë@bücher.example")])
    other.note([of("ada@bank.example")])
    keys = ["zoe@bank.example", "zoë@bücher.example", "ada@bank.example"]
    assert list(log.read()) == [of(key) for key in keys]


def test_nothing_yet(tmp_path: Path) -> None:
    """Without an opt-out there is no file, and nothing to read."""
    log = OptOutLog(tmp_path / "log")
    log.note([])
    assert list(log.read()) == []
    assert not log.path.exists()


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """The file holds addresses, so nobody else may read it."""
    log = OptOutLog(tmp_path / "log")
    log.note([of("zoe@bank.example")])
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("torn", ['{"at": "2026-', "\x00\xff", "[" * 3_000, '{"kind": 1}', "null"])
def test_a_torn_line(tmp_path: Path, torn: str) -> None:
    """Half a line that a crash left is told as it is, and joined to no other."""
    path = tmp_path / "log"
    path.write_bytes(torn.encode("utf-8", "surrogatepass"))
    log = OptOutLog(path)
    log.note([of("zoe@bank.example")])
    assert list(log.read()) == [torn, of("zoe@bank.example")]


def test_no_room(tmp_path: Path) -> None:
    """What could not be written is tried again with the next one."""
    folder = tmp_path / "gone"
    log = OptOutLog(folder / "log")
    with pytest.raises(FileNotFoundError):
        log.note([of("zoe@bank.example")])
    folder.mkdir()
    log.note([of("ada@bank.example")])
    assert list(log.read()) == [of("zoe@bank.example"), of("ada@bank.example")]


def test_read_while_it_grows(tmp_path: Path) -> None:
    """Who reads it sees what was there at the begin, whatever is appended meanwhile."""
    log = OptOutLog(tmp_path / "log")
    log.note([of("zoe@bank.example")])
    reading = log.read()
    first = next(reading)
    log.note([of("ada@bank.example")])
    assert [first, *reading] == [of("zoe@bank.example")]
