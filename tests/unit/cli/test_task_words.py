"""A task in words: when, where, for whom; nothing from outside steers the terminal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import NOON

from sequencer.cli.task_words import cells, due_words, next_words, page_lines, place_words
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.task import TaskKind, TaskState
from sequencer.engine.task_list import TaskPage, TaskRow
from sequencer.store.tasks import StoredTask

HOUR = timedelta(hours=1)
TASK = StoredTask(
    id=7,
    prospect_id=1,
    enrollment_id=3,
    step_id="first-call",
    kind=TaskKind.CALL,
    state=TaskState.OPEN,
    assignee="ana",
    title="Call",
    about="",
    why="window closed until 09:00",
    due_at=NOON,
    looked_at=None,
    skip_at=NOON + timedelta(days=2),
    disposition=None,
    outcome=None,
    note="",
    created_at=NOON,
    ended_at=None,
    ended_by="",
)


def a_row(**changes: Any) -> TaskRow:
    row = TaskRow(
        TASK, "Zoë Marin", "zoe@bank.example", "Bank", "+49 30 1", "Europe/Berlin", "intro", ""
    )
    return replace(row, **changes)


def lines(**changes: Any) -> list[str]:
    event = Entry(NOON, Kind.SENT, "250 queued", step_id="bump")
    page = TaskPage(a_row(), "", "Ask about ledgers.\n", "", (event,))
    return list(page_lines(replace(page, **changes), NOON))


def test_when() -> None:
    """Before its time the instant, afterwards since when, and what holds it."""
    assert due_words(a_row(), NOON - 20 * HOUR) == "Tue 3 Mar 13:00 Berlin time"
    assert due_words(a_row(), NOON) == "since 13:00 Berlin time"
    assert due_words(a_row(held="manual"), NOON) == "held: manual"


def test_where() -> None:
    """A step with its cadence, a matter with what it is about."""
    assert place_words(a_row()) == "intro / first-call"
    assert place_words(a_row(slug="", task=replace(TASK, about="an odd mail"))) == "an odd mail"


def test_a_row_of_the_list() -> None:
    """What is unknown is a dash, and who has no name is their address."""
    assert cells(a_row(name="", phone="", company=""), NOON)[2:6] == (
        "zoe@bank.example",
        "-",
        "-",
        "ana",
    )


def test_a_page() -> None:
    """Who, when, until when, the guide, and what happened."""
    text = "\n".join(lines())
    for words in (
        "Task 7: Call, for ana",
        "Zoë Marin <zoe@bank.example>",
        "since 13:00 Berlin time (window closed until 09:00)",
        "Thu 5 Mar 13:00 Berlin time, if not done",
        "Ask about ledgers.",
        "13:00  sent bump: 250 queued",
    ):
        assert words in text


def test_a_page_of_one_that_has_ended() -> None:
    """How it ended, and by whom."""
    done = replace(TASK, state=TaskState.DONE, disposition="busy", ended_by="Eva", note="later")
    text = "\n".join(lines(row=a_row(task=done)))
    assert "done by Eva: busy" in text
    assert "note     later" in text
    assert "if not done" not in text


def test_a_page_that_cannot_be_filled_in() -> None:
    """The problem stands where the text would."""
    assert "The text cannot be filled in: no company" in lines(text="", problem="no company")
    assert "Subject: Hello" in lines(subject="Hello")


def test_nothing_steers_the_terminal() -> None:
    """What came from outside is shown, not obeyed."""
    task = replace(TASK, about="\x1b[2Jgone", note="\x07")
    assert "\x1b" not in "".join(cells(a_row(slug="", task=task), NOON))
    assert not set("".join(lines(row=a_row(task=task), text="a\x1b]0;b"))) & {"\x1b", "\x07"}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (TaskKind.CALL, "sequencer task done 7 --disposition NAME"),
        (TaskKind.LETTER, "sequencer task done 7"),
        (TaskKind.MANUAL_EMAIL, "sequencer task send 7"),
    ],
)
def test_what_to_type(kind: TaskKind, words: str) -> None:
    """The command that ends it."""
    assert words in next_words(7, kind)


def test_the_wording_that_was_read() -> None:
    """Whoever releases a mail of several wordings says which one was shown."""
    told = next_words(7, TaskKind.MANUAL_EMAIL, "question")
    assert told == "Then: sequencer task send 7 --wording question (or --edit first)"
