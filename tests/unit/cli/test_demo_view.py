"""What an onlooker sees fits the terminal, and says in words what it says in colours."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from builders import NOON
from rich.console import Console

from sequencer.cli.demo_view import LiveView, Picture, PlainView, View, view_for
from sequencer.cli.demo_words import headline, summary_lines
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Entry, Kind
from sequencer.engine.demo_frame import Frame, News, Standing
from sequencer.engine.demo_summary import Summary
from sequencer.engine.verify import Findings, Proof

FINISHED, PAUSED, ACTIVE = EnrollmentState.FINISHED, EnrollmentState.PAUSED, EnrollmentState.ACTIVE
SIZES = [(80, 24), (120, 40), (200, 60), (40, 10)]


def a_standing(number: int = 0, **changes: Any) -> Standing:
    """Somebody in Berlin who had the first of three mails."""
    standing = Standing(
        name=f"Person {number:02}",
        address=f"person{number}@bank.example",
        company="Bank Example",
        tz="Europe/Berlin",
        done=1,
        steps=3,
        state=ACTIVE,
        reason="",
        resume_at=None,
    )
    return replace(standing, **changes)


def some_news(kind: Kind = Kind.SENT, detail: str = "") -> News:
    entry = Entry(NOON, kind, detail, prospect_id=1, mailbox="ana", step_id="bump")
    return News(entry, "Zoë Marin")


def a_frame(**changes: Any) -> Frame:
    """25 people, and more news than fits."""
    people = [
        *(a_standing(number) for number in range(22)),
        a_standing(22, state=FINISHED, reason="replied"),
        a_standing(23, state=PAUSED, reason="auto_reply", resume_at=NOON + timedelta(days=3)),
        a_standing(24, state=PAUSED, reason="review"),
    ]
    return replace(Frame(NOON, tuple(people), (some_news(),) * 12, 40), **changes)


def drawn(width: int, height: int, frame: Frame) -> list[str]:
    """Lines of the frame on a terminal without colours."""
    console = Console(width=width, height=height, file=StringIO(), color_system=None)
    picture = Picture()
    picture.take(frame)
    with console.capture() as text:
        console.print(picture.draw(frame, width, height))
    return text.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [size for size in SIZES if size[1] >= 24])
def test_fits(width: int, height: int) -> None:
    """Every person, the date and the latest news are to be seen, and nothing runs over."""
    lines = drawn(width, height, a_frame())
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert len([line for line in lines if line.startswith("Person 00")]) == 1
    text = "\n".join(lines)
    assert all(person.name in text for person in a_frame().people)
    assert "Tuesday 03 March 2026, 12:00 UTC" in text
    assert text.count("ana wrote to Zoë Marin: bump") >= 5


def test_words_beside_colours() -> None:
    """Without colours the states can still be told apart."""
    text = "\n".join(drawn(120, 40, a_frame()))
    for words in ("answered", "away until Fri 06 Mar", "held", "under way", "●○○", "●··"):
        assert words in text


def test_small_terminal() -> None:
    """The smallest terminal is no reason to fail."""
    assert drawn(40, 10, a_frame())


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        (Kind.SENT, "250 fine", "ana wrote to Zoë Marin: bump"),
        (Kind.FINISHED, "replied: reply from zoe@bank.example", "Zoë Marin answered"),
        (Kind.FINISHED, "bounced: bounce from mx", "came back"),
        (Kind.FINISHED, "removed: stopped by ana", "the cadence of Zoë Marin ended"),
        (Kind.PAUSED, "auto_reply until 2026-03-09 00:00 UTC: away", "waits until 2026-03-09"),
        (Kind.PAUSED, "review: a step could not be rendered", "waits for a person's look"),
        (Kind.RESUMED, "the date has come", "is back"),
        (Kind.CANCELLED, "the enrollment ended", "bump to Zoë Marin is cancelled"),
        (Kind.SUPPRESSED, "zoe@bank.example", "suppressed for good"),
    ],
)
def test_headline(kind: Kind, detail: str, words: str) -> None:
    """What onlookers care about is told in plain words."""
    line = headline(some_news(kind, detail))
    assert line is not None
    assert words in line[0]


@pytest.mark.parametrize("kind", [Kind.IMPORTED, Kind.QUEUED, Kind.HANDED, Kind.RECEIVED])
def test_no_headline(kind: Kind) -> None:
    """The small steps of the engine are not shown."""
    assert headline(some_news(kind)) is None


def a_summary(**changes: Any) -> Summary:
    summary = Summary(
        enrolled=25,
        sent=58,
        accepted=58,
        running=0,
        finished={"completed": 14, "replied": 5, "bounced": 1},
        paused={"auto_reply": 1},
        meetings={"held": 3, "no_show": 1},
        handovers=5,
        findings=Findings(sends=58),
        virtual_days=17,
        working_days=13,
        seconds=41.4,
    )
    return replace(summary, **changes)


def test_summary() -> None:
    """The summary says what came of it, and against what it was checked."""
    text = " ".join(summary_lines(a_summary()))
    for words in (
        "25 enrollments",
        "58 mails",
        "13 working days",
        "5 answered",
        "1 bounced",
        "41 sec",
    ):
        assert words in text
    assert "4 meetings: 3 took place and nobody came to 1; outside reps were offered" in text
    assert "own record of 58 accepted mails" in text
    assert "Nobody got a step twice" in text


def test_summary_of_a_broken_promise() -> None:
    """A broken promise is told, and nothing else is claimed."""
    broken = Proof("I1", "", 58, "sends", 1, ("send 7 was accepted more than once",))
    findings = Findings(sends=58, proofs=(broken,))
    text = " ".join(summary_lines(a_summary(findings=findings, running=2)))
    assert "send 7 was accepted more than once" in text
    assert "Nobody got a step twice" not in text
    assert "2 were still under way" in text
    assert not a_summary(findings=findings).clean
    assert not a_summary(running=1).clean


def test_figures() -> None:
    """The figures for scripts have exactly the keys that are promised."""
    figures = a_summary().figures()
    assert list(figures) == [
        "enrolled",
        "sent",
        "finished",
        "paused",
        "meetings",
        "handovers",
        "verify",
        "virtual_days",
        "seconds",
    ]
    assert figures["seconds"] == 41.4


def test_choice_of_view() -> None:
    """A terminal gets a picture that moves, a pipe gets lines, a script gets nothing."""
    terminal = Console(file=StringIO(), force_terminal=True)
    pipe = Console(file=StringIO(), force_terminal=False)
    assert isinstance(view_for(terminal, quiet=False), LiveView)
    assert isinstance(view_for(pipe, quiet=False), PlainView)
    assert type(view_for(terminal, quiet=True)) is View


def test_plain_lines() -> None:
    """A pipe gets one line for each piece of news, however narrow it says it is."""
    file = StringIO()
    view = view_for(Console(file=file, force_terminal=False, soft_wrap=True), quiet=False)
    view.show(a_frame(news=(some_news(), some_news(Kind.HANDED))))
    assert file.getvalue() == "Tue 03 Mar 12:00  ana wrote to Zoë Marin: bump\n"


def test_picture_file(tmp_path: Path) -> None:
    """The last frame and the closing words can be kept as a picture."""
    view = view_for(Console(file=StringIO()), quiet=True)
    view.show(a_frame())
    view.save(tmp_path / "demo.svg", ["It is done."])
    text = (tmp_path / "demo.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    assert text.startswith("<svg")
    assert "url(http" not in text
    assert "font-family: Fira Code, monospace" in text
    assert "Person 24" in text
    assert "It is done." in text
