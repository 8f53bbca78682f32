"""What the demonstration looks like: people by step, what just happened, the virtual date."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sequencer.cli.demo_words import headline, word_of
from sequencer.engine.demo_frame import Frame, News, Standing

ROOMY = 100  # columns from which on there is one person per line, with everything
NEWS_SHOWN = 8
PAPER_WIDTH, PAPER_HEIGHT = 112, 60
# The library's picture would fetch its fonts from somebody's server at each look.
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_AROUND = 4  # lines around people and news: title, bar, the frame of the panel


class Picture:
    """Draws frames; remembers the latest news, which a frame has only once."""

    def __init__(self) -> None:
        self._news: deque[Text] = deque(maxlen=NEWS_SHOWN)
        self._sent = 0
        self._began_on = ""
        self._days = 0

    def take(self, frame: Frame) -> None:
        """Note what a frame tells."""
        today = f"{frame.now:%Y-%m-%d}"
        if today != self._began_on:
            self._began_on = today
            self._days += 1
        for news in frame.news:
            self._sent += news.entry.kind == "sent"
            line = headline(news)
            if line is not None:
                self._news.append(_news_line(news, *line))

    def draw(self, frame: Frame, width: int, height: int) -> RenderableType:
        """The frame for a terminal of that size."""
        roomy = width >= ROOMY and height > len(frame.people) + NEWS_SHOWN + _AROUND
        lines = len(frame.people) + 1 if roomy else -(-len(frame.people) // 2)
        room = max(1, min(NEWS_SHOWN, height - lines - _AROUND))
        people = _one_per_line(frame) if roomy else _two_per_line(frame)
        return Group(*self._title(frame), people, self._panel(room))

    def _title(self, frame: Frame) -> Iterator[RenderableType]:
        through = sum(person.state == "finished" for person in frame.people)
        total = len(frame.people) or 1
        title = Text(no_wrap=True, overflow="ellipsis")
        title.append(f"{frame.now:%A %d %B %Y, %H:%M} UTC", style="bold")
        title.append(f"  day {self._days}  {self._sent} mails sent  {through} of {total} through")
        yield title
        bar = Table.grid(expand=True)  # a bar by itself ends without a new line
        bar.add_row(ProgressBar(total=total, completed=through, complete_style="green"))
        yield bar

    def _panel(self, lines: int) -> RenderableType:
        shown = list(self._news)[-lines:]
        blank = [Text("") for _ in range(lines - len(shown))]
        return Panel(
            Group(*shown, *blank), title="what just happened", title_align="left", padding=(0, 1)
        )


def _news_line(news: News, text: str, colour: str) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{news.entry.at:%a %d %b %H:%M}  ", style="bright_black")
    line.append(text, style=colour)
    return line


def _one_per_line(frame: Frame) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True, header_style="bright_black")
    for heading, share in (("name", 3), ("company", 3), ("local time", 3)):
        table.add_column(heading, ratio=share, no_wrap=True)
    table.add_column("steps", width=6, no_wrap=True)
    table.add_column("state", ratio=3, no_wrap=True)
    for person in frame.people:
        local = frame.now.astimezone(ZoneInfo(person.tz))
        city = person.tz.rpartition("/")[2].replace("_", " ")
        table.add_row(
            person.name,
            Text(person.company, style="bright_black"),
            Text(f"{local:%a %H:%M} {city}", style="bright_black"),
            _dots(person),
            _state(person, detailed=True),
        )
    return table


def _two_per_line(frame: Frame) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_header=False)
    for _ in range(2):
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column(width=3, no_wrap=True)
        table.add_column(width=11, no_wrap=True)
    half = -(-len(frame.people) // 2)
    for number in range(half):
        cells: list[RenderableType] = []
        for person in frame.people[number::half]:
            cells += [person.name, _dots(person), _state(person, detailed=False)]
        table.add_row(*cells)
    return table


def _dots(person: Standing) -> Text:
    """A dot for each step: filled when it was done, a ring ahead, small when it never comes."""
    word = word_of(person)
    rest = "·" if person.state == "finished" else "○"
    dots = Text("●" * person.done, style=word.colour)
    return dots.append(rest * (person.steps - person.done), style="bright_black")


def _state(person: Standing, *, detailed: bool) -> Text:
    word = word_of(person)
    until = ""
    if detailed and person.resume_at:
        until = f" until {person.resume_at.astimezone(ZoneInfo(person.tz)):%a %d %b}"
    return Text(word.short + until, style=word.colour)


class View:
    """Shows nothing, and keeps what a picture of the end needs."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.picture = Picture()
        self.last = Frame(datetime.min.replace(tzinfo=UTC))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing to put right."""

    @property
    def somebody(self) -> str:
        """Address of a person to whom something has happened."""
        stopped = [each for each in self.last.people if each.reason == "replied"]
        return (stopped or list(self.last.people))[0].address

    def show(self, frame: Frame) -> None:
        """Take note of a frame."""
        self.picture.take(frame)
        self.last = frame

    def save(self, path: Path, closing: Sequence[str]) -> None:
        """Write the last frame and the closing lines as an SVG file."""
        paper = Console(
            record=True, width=PAPER_WIDTH, height=PAPER_HEIGHT, file=StringIO(), highlight=False
        )
        paper.print(self.picture.draw(self.last, PAPER_WIDTH, PAPER_HEIGHT))
        paper.print()
        for line in closing:
            paper.print(Text(line))
        path.write_text(_FONTS.sub("", paper.export_svg(title="sequencer demo")), encoding="utf-8")


class LiveView(View):
    """Shows frames in place, on a terminal."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._live.stop()

    def show(self, frame: Frame) -> None:
        """Draw the frame over the one before."""
        super().show(frame)
        drawn = self.picture.draw(frame, self.console.width, self.console.height - 1)
        self._live.update(drawn, refresh=True)


class PlainView(View):
    """Prints a line for each piece of news, where there is no terminal."""

    def show(self, frame: Frame) -> None:
        """Print what is new in the frame."""
        super().show(frame)
        for news in frame.news:
            line = headline(news)
            if line is not None:
                self.console.print(f"{news.entry.at:%a %d %b %H:%M}  {line[0]}")


def view_for(console: Console, *, quiet: bool) -> View:
    """The view that fits where the output goes."""
    if quiet:
        return View(console)
    return LiveView(console) if console.is_terminal else PlainView(console)
