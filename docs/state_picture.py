"""Draw a transition table as SVG: one box per state, one line per state that is reached.

Lines that lead down run on the right, lines that lead up on the left. All that lead to the same
state run together, so each of them has one lane and one colour; a dot marks where one joins.
"""

from dataclasses import dataclass
from html import escape

from sequencer.domain.transition import E, S, Table

ROW, HEAD, GAP = 20, 30, 26  # height of an event, of a state's name, of what is between two boxes
NARROWEST = 130  # of a box
LANE, MARGIN = 16, 20
LETTER = 7.0  # the width of a letter of an event's name
COLOURS = (
    "#0b6e99",
    "#a4420b",
    "#1c7c3c",
    "#7a3aa8",
    "#a8174b",
    "#5c5c00",
    "#274bb3",
    "#3d5a5a",
    "#777777",
)
STYLE = (
    "text{font:12px sans-serif;fill:#222}.name{font-weight:bold;font-size:13px}"
    ".box{fill:none;stroke:#222;stroke-width:1.2}.line{fill:none;stroke-width:1.4}"
)


@dataclass
class Box:
    """A state, with the events that lead out of it on either side."""

    name: str
    loops: list[str]
    down: list[tuple[str, int]]
    up: list[tuple[str, int]]
    top: int = 0

    @property
    def words(self) -> str:
        """What is told of events that change nothing."""
        return f"stays: {', '.join(self.loops)}" if self.loops else ""

    @property
    def height(self) -> int:
        """Height of the box: a row for each event on its fuller side."""
        rows = max(len(self.down), len(self.up))
        return HEAD + (ROW if self.loops else 0) + rows * ROW + 6

    @property
    def entry(self) -> int:
        """Where lines reach the box."""
        return self.top + HEAD // 2

    def row(self, number: int) -> int:
        """Where the line of an event leaves the box."""
        return self.top + HEAD + (ROW if self.loops else 0) + number * ROW + ROW // 2


@dataclass(frozen=True)
class Lane:
    """The way to one state on one side: from the first to the last line that joins it."""

    target: int
    sources: tuple[tuple[int, str], ...]
    top: int
    bottom: int


def picture(transitions: Table[S, E]) -> str:
    """The table as an SVG file; the first state is where it begins."""
    boxes = _boxes(transitions)
    sides = {side: _lanes(boxes, side) for side in (1, -1)}
    left = MARGIN + _room(boxes, -1, sides[-1])
    right = left + max(NARROWEST, *(int(len(box.words) * LETTER) + 12 for box in boxes))
    width = right + _room(boxes, 1, sides[1]) + MARGIN
    height = boxes[-1].top + boxes[-1].height + MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_drawn_lanes(boxes, sides[1], right, 1),
        *_drawn_lanes(boxes, sides[-1], left, -1),
    ]
    for box in boxes:
        parts += _drawn_box(box, left, right)
    parts += _start((left + right) // 2, boxes[0].top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _boxes(transitions: Table[S, E]) -> list[Box]:
    states = list(transitions)
    boxes, top = [], MARGIN + 20
    for here, state in enumerate(states):
        ways = [
            (str(event), states.index(after))
            for event, after in transitions[state].items()
            if after is not None
        ]
        box = Box(
            name=str(state),
            loops=[event for event, there in ways if there == here],
            down=sorted((way for way in ways if way[1] > here), key=_target),
            up=sorted((way for way in ways if way[1] < here), key=_target),
            top=top,
        )
        boxes.append(box)
        top += box.height + GAP
    return boxes


def _target(way: tuple[str, int]) -> int:
    return way[1]


def _ways(box: Box, side: int) -> list[tuple[str, int]]:
    return box.down if side > 0 else box.up


def _lanes(boxes: list[Box], side: int) -> list[list[Lane]]:
    """Lanes by their distance from the boxes: the short ones inside, none over another."""
    lanes = []
    for target, box in enumerate(boxes):
        ends = [
            (source.row(number), event)
            for source in boxes
            for number, (event, there) in enumerate(_ways(source, side))
            if there == target
        ]
        if ends:
            heights = [box.entry, *(y for y, _ in ends)]
            lanes.append(Lane(target, tuple(ends), min(heights), max(heights)))
    places: list[list[Lane]] = []
    for lane in sorted(lanes, key=lambda lane: (lane.bottom - lane.top, lane.target)):
        free = [place for place in places if all(_apart(lane, other) for other in place)]
        if free:
            free[0].append(lane)
        else:
            places.append([lane])
    return places


def _apart(one: Lane, other: Lane) -> bool:
    return one.bottom < other.top or one.top > other.bottom


def _label(boxes: list[Box], side: int) -> int:
    """Room for the longest event between a box and the first lane."""
    longest = max((len(event) for box in boxes for event, _ in _ways(box, side)), default=0)
    return int(longest * LETTER) + 14


def _room(boxes: list[Box], side: int, places: list[list[Lane]]) -> int:
    return _label(boxes, side) + len(places) * LANE if places else 0


def _drawn_lanes(boxes: list[Box], places: list[list[Lane]], edge: int, side: int) -> list[str]:
    parts = []
    for number, place in enumerate(places):
        x = edge + side * (_label(boxes, side) + number * LANE)
        for lane in place:
            colour = COLOURS[lane.target % len(COLOURS)]
            parts.append(_line(colour, f"M{x} {lane.top}V{lane.bottom}"))
            parts.append(_line(colour, f"M{x} {boxes[lane.target].entry}H{edge}"))
            parts.append(_head(edge, boxes[lane.target].entry, side, colour))
            for y, event in lane.sources:
                parts.append(_line(colour, f"M{edge} {y}H{x}"))
                parts.append(f'<circle cx="{x}" cy="{y}" r="2.4" fill="{colour}"/>')
                anchor = "start" if side > 0 else "end"
                parts.append(_text(edge + side * 7, y - 4, event, "event", anchor))
    return parts


def _drawn_box(box: Box, left: int, right: int) -> list[str]:
    parts = [
        _frame(left, box.top, right - left, box.height),
        _text((left + right) // 2, box.top + 20, box.name, "name"),
    ]
    if box.loops:
        parts.append(_text((left + right) // 2, box.top + HEAD + ROW // 2 + 2, box.words, "loops"))
    elif not (box.down or box.up):
        parts.append(_frame(left + 4, box.top + 4, right - left - 8, box.height - 8))
    return parts


def _frame(x: int, y: int, width: int, height: int) -> str:
    return f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def _text(x: int, y: int, words: str, kind: str, anchor: str = "middle") -> str:
    place = f'class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(words)}</text>"


def _line(colour: str, way: str) -> str:
    return f'<path class="line" stroke="{colour}" d="{way}"/>'


def _head(x: int, y: int, side: int, colour: str) -> str:
    back = x + side * 8
    return f'<path fill="{colour}" d="M{x} {y}L{back} {y - 4}V{y + 4}Z"/>'


def _start(x: int, bottom: int) -> list[str]:
    """The dot before the first state, and the arrow from it."""
    return [
        f'<circle cx="{x}" cy="{bottom - 14}" r="6" fill="#222"/>',
        f'<path fill="#222" d="M{x} {bottom}L{x - 4} {bottom - 8}H{x + 4}Z"/>',
    ]
