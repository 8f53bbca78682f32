"""What does a daemon do whose database cannot be written: disk full, read-only, locked?"""

import os
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from servers.child import missing
from servers.seller import PASSWORD, Box, Seller, running, until
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld

pytestmark = pytest.mark.real_server

PEOPLE = [f"p{number}@buyer{number}.example" for number in range(10)]
SIZE_BYTES = 8_000_000
FULL = "database or disk is full"
LOCKED = "database is locked"


def accepted(world: MailWorld) -> list[str]:
    """The people whose mails were accepted; what a mailbox sends to itself is not for them."""
    return [mail.recipient for mail in world.accepted if mail.recipient in PEOPLE]


@contextmanager
def small_disk(path: Path) -> Iterator[None]:
    """A file system of its own, a few megabytes large, at that folder."""
    if os.geteuid() != 0:
        missing("only root can mount a file system")
    path.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "small", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        missing(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", "--lazy", str(path)], check=True)


def make_read_only(disk: Path) -> None:
    """Let nobody write to that file system any more."""
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes up all that is left."""
    path = disk / "filler"
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return path


async def test_a_full_disk_lets_nothing_out_until_there_is_room(tmp_path: Path) -> None:
    """Without room for `handed` no mail leaves; the daemon says so, stays, and goes on later."""
    world = MailWorld({address_of("ana"): PASSWORD}, SystemClock().now)
    with small_disk(tmp_path / "disk"):
        async with world:
            box = Box("ana", world.smtp.port, world.imap.port, gap_s=1)
            seller = Seller(tmp_path / "disk/workspace", [box])
            seller.write()
            seller.enrol("ana", PEOPLE)
            with running(seller, tmp_path / "log") as daemon:
                await until("the first mail", lambda: len(accepted(world)) > 1)
                filler = fill(tmp_path / "disk")
                await until("a complaint", lambda: daemon.said(FULL) > 0)
                before = len(accepted(world))
                complaints = daemon.said(FULL)
                await until("three more", lambda: daemon.said(FULL) > complaints + 2, 60)
                assert len(accepted(world)) == before
                assert daemon.process.poll() is None
                filler.unlink()
                await until("all mails", lambda: len(accepted(world)) == len(PEOPLE), 90)
                daemon.process.terminate()
                assert await daemon.end(30) == 0
            assert set(seller.states().values()) == {"sent"}
    assert Counter(accepted(world)) == dict.fromkeys(PEOPLE, 1)


async def test_a_read_only_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """A daemon that cannot write begins nothing, and ends with a plain sentence."""
    world = MailWorld({address_of("ana"): PASSWORD}, SystemClock().now)
    with small_disk(tmp_path / "disk"):
        async with world:
            box = Box("ana", world.smtp.port, world.imap.port)
            seller = Seller(tmp_path / "disk/workspace", [box])
            seller.write()
            seller.enrol("ana", PEOPLE)
            make_read_only(tmp_path / "disk")
            with running(seller, tmp_path / "log") as daemon:
                assert await daemon.end(30) != 0
    said = (tmp_path / "log").read_text()
    assert said.count("\n") == 1
    assert said.startswith("cannot use the database: ")
    assert accepted(world) == []


async def test_another_writer_only_delays(tmp_path: Path) -> None:
    """While somebody else writes for longer than we wait, nothing leaves; then all goes on."""
    world = MailWorld({address_of("ana"): PASSWORD}, SystemClock().now)
    async with world:
        box = Box("ana", world.smtp.port, world.imap.port, gap_s=1)
        seller = Seller(tmp_path / "workspace", [box])
        seller.write()
        seller.enrol("ana", PEOPLE)
        with running(seller, tmp_path / "log") as daemon:
            await until("the first mail", lambda: len(accepted(world)) > 1)
            other = sqlite3.connect(seller.path, isolation_level=None, timeout=10)
            other.execute("BEGIN IMMEDIATE")
            before = len(accepted(world))
            await until("a complaint", lambda: daemon.said(LOCKED) > 0, 60)
            # What was handed over before the lock may still have got its dot.
            assert len(accepted(world)) <= before + 1
            other.execute("ROLLBACK")
            other.close()
            await until("all mails", lambda: len(accepted(world)) == len(PEOPLE), 90)
            daemon.process.terminate()
            assert await daemon.end(30) == 0
        assert set(seller.states().values()) == {"sent"}
    assert Counter(accepted(world)) == dict.fromkeys(PEOPLE, 1)
