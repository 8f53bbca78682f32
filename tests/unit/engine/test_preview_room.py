"""Drafts that are looked at while their files are edited."""

from pathlib import Path

import pytest
from builders import NOON

from sequencer.engine.preview_files import error_of, read_files
from sequencer.engine.preview_room import Room
from sequencer.engine.preview_view import PER_PAGE, Ask
from sequencer.files.cadence_name import MOST_READ
from sequencer.files.new_workspace import write_workspace

INTRO = Path("templates", "fintech-intro", "intro.md")
CADENCE = Path("config", "cadences", "intro.yaml")
SETTINGS = Path("config", "sequencer.yaml")
SLUG = Ask(cadence="fintech-intro")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A new workspace."""
    write_workspace(tmp_path, "k" * 32)
    return Room(tmp_path, {}, lambda: NOON)


def edit(room: Room, path: Path, text: str) -> None:
    (room.root / path).write_text(text, encoding="utf-8")


def test_what_is_seen_first(room: Room) -> None:
    """Without a choice it is the first of everything; the people of the workspace are listed."""
    view = room.look(Ask())
    assert view.ask.cadence == view.cadences[0]
    view = room.look(SLUG)
    assert view.step is not None
    assert view.step.id == view.steps[0].id == view.ask.step
    assert view.sample == view.invented[0]
    assert view.people.found == len(view.people.samples) > 0
    assert "es" in view.languages
    assert "ana" in view.mailboxes


def test_an_edit_is_seen(room: Room) -> None:
    """A file that changed is read again, one that did not is not."""
    before = room.look(SLUG)
    assert room.stamp() == before.stamp == room.look(SLUG).stamp
    edit(room, INTRO, "---\nsubject: Something else\n---\nHello {{ first_name }},\n")
    assert room.stamp() != before.stamp
    view = room.look(Ask(cadence="fintech-intro", step="bump"))
    assert view.step is not None
    assert view.step.mail is not None
    assert "Something else" in view.step.mail.subject


def test_a_half_written_template(room: Room) -> None:
    """It is told with its line, first of all, and the other steps are still there."""
    edit(room, INTRO, "---\nsubject: Hi\n---\nHello {{ first_name\n")
    view = room.look(SLUG)
    assert view.problems[0].file == INTRO.as_posix()
    assert view.problems[0].line == 4
    assert view.step is not None
    assert view.step.is_held
    assert len(view.steps) > 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (CADENCE, "cadence: fintech-intro\nsteps: [\n"),
        (CADENCE, ""),
        (SETTINGS, "mailboxes: {ana: {address:"),
        (SETTINGS, "workspace: {name: We}\nmailboxes: {}\n"),
    ],
)
def test_half_written_files(room: Room, path: Path, text: str) -> None:
    """A cadence or settings that cannot be used leave problems, and no steps."""
    edit(room, path, text)
    slug = "intro" if not text else "fintech-intro"  # a nameless cadence is called as its file
    view = room.look(Ask(cadence=slug))
    assert view.ask.cadence == slug
    assert view.steps == ()
    assert view.problems
    assert error_of(read_files(room.root, {}), slug).problems


@pytest.mark.parametrize("text", [None, ""])
def test_a_cadence_that_is_gone(room: Room, text: str | None) -> None:
    """While its file is away or empty no other cadence is shown in its place."""
    if text is None:
        (room.root / CADENCE).unlink()
    else:
        edit(room, CADENCE, text)
    view = room.look(Ask(cadence="fintech-intro"))
    assert (view.ask.cadence, view.is_gone, view.steps, view.title) == (
        "fintech-intro",
        True,
        (),
        "",
    )
    assert any(each.file == CADENCE.as_posix() for each in view.problems) == (text is not None)
    assert not room.look(Ask()).is_gone


def test_a_cadence_that_is_no_text(room: Room) -> None:
    """Bytes of any kind are a problem like others; no more is read than is needed."""
    (room.root / CADENCE).write_bytes(b"\xff\x00" * MOST_READ)
    assert room.look(Ask(cadence="intro")).problems


def test_an_empty_workspace(tmp_path: Path) -> None:
    """A folder with nothing in it is told, and raises nothing."""
    view = Room(tmp_path, {}, lambda: NOON).look(Ask())
    assert (view.cadences, view.steps) == ((), ())


def test_a_list_of_ten_thousand(room: Room, tmp_path: Path) -> None:
    """It is turned over page by page; a page that is not there is the last one."""
    path = tmp_path / "many.csv"
    rows = "".join(f"p{at}@buyer.example,P{at},Buyer {at % 7}\n" for at in range(10_000))
    path.write_text(f"email,first_name,company\n{rows}not an address,,\n", encoding="utf-8")
    room.list_of = path
    page = room.look(Ask(cadence="fintech-intro", page=3)).people
    assert [each.line for each in page.samples] == list(range(102, 152))
    assert (page.found, page.last, page.refused) == (10_000, 10_000 // PER_PAGE, 1)
    assert room.look(Ask(cadence="fintech-intro", page=999_999)).people.number == 200
    assert room.look(Ask(cadence="fintech-intro", page=-5)).people.number == 1
    found = room.look(Ask(cadence="fintech-intro", find="P9999@"))
    assert [each.prospect.email for each in found.people.samples] == ["p9999@buyer.example"]
    chosen = room.look(Ask(cadence="fintech-intro", person="p77@buyer.example"))
    assert chosen.sample is not None
    assert chosen.sample.line == 79


def test_a_list_that_is_none(room: Room) -> None:
    """A list that cannot be read is a problem beside the others."""
    edit(room, Path("config", "prospects.csv"), "name\nZoe\n")
    view = room.look(SLUG)
    assert view.people.found == 0
    assert any("prospects.csv" in each.file for each in view.problems)
    assert view.steps


def test_other_cadences_keep_their_problems(room: Room) -> None:
    """What is wrong elsewhere is not told here."""
    edit(room, Path("templates", "missed-you", "missed-you.md"), "{{ first_name\n")
    assert not any("missed-you" in each.file for each in room.look(SLUG).problems)
    assert any("missed-you" in each.file for each in room.look(Ask(cadence="missed-you")).problems)


def test_another_language(room: Room) -> None:
    """Somebody is written to in the language that is chosen, one that is not there is not."""
    view = room.look(Ask(cadence="fintech-intro", language="es"))
    assert view.step is not None
    assert view.step.template.endswith(".es.md")
    assert room.look(Ask(cadence="fintech-intro", language="xx")).ask.language == ""
