"""What a tick asks of several nouns at once, and a copy in memory of a database in use."""

from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON
from stage import Stage, a_loaded

from sequencer.store import at_once, prospects
from sequencer.store.copy_in_memory import copy_in_memory, is_there
from sequencer.store.database import StoreError

DAY = timedelta(days=1)
CALL = [{"id": "call", "call": "intro.md", "skip_after": "2 hours"}]
ZOE = "zoe@bank.example"


def is_due(stage: Stage, after: timedelta = timedelta(0)) -> bool:
    now = NOON + after
    known = stage.desk.policy.mailboxes
    found: bool = stage.read(at_once.is_anything_due, known, now, now - DAY, now - 30 * DAY)
    return found


def test_nothing_is_due(each_stage: Stage) -> None:
    """In an empty database nothing is due, and nothing will be."""
    assert not is_due(each_stage)
    nothing = at_once.Ahead(None, None, somebody_waits=False, known=[])
    assert each_stage.read(at_once.ahead, NOON) == nothing


def test_a_task_is_due(each_stage: Stage) -> None:
    """A task is due to be looked at once it is due, and to be skipped later."""
    stage = each_stage
    stage.apply(a_loaded(steps=CALL))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    assert is_due(stage)
    assert sorted(stage.read(at_once.ahead, NOON).known) == [NOON, NOON + timedelta(hours=2)]


def test_a_copy_holds_what_the_original_holds(each_stage: Stage) -> None:
    """Whatever happens in the copy, the original stays as it is."""
    each_stage.bring_in(ZOE)
    url = each_stage.database.url.render_as_string(hide_password=False)
    assert is_there(url)
    copy = copy_in_memory(url)
    with copy.write() as connection:
        assert prospects.find(connection, ZOE) is not None
        prospects.upsert(connection, [], NOON)
    with copy.read() as connection:
        assert prospects.all_addresses(connection) == [ZOE]
    copy.dispose()


def test_what_is_no_database(tmp_path: Path) -> None:
    """A file that is none is a plain error; one that is missing is not there, and stays so."""
    path = tmp_path / "other.db"
    assert not is_there(f"sqlite:///{path}")
    path.write_bytes(b"nothing of the kind" * 200)
    with pytest.raises(StoreError, match="cannot be copied"):
        copy_in_memory(f"sqlite:///{path}")
