"""The mails of a mailbox on each day as a chart: one bar a day, and a line for its cap (SVG)."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from sequencer.simulation.forecast_table import Cell

WIDTH, HEIGHT = 640, 170
LEFT, RIGHT, TOP, BOTTOM = 44, 28, 26, 32  # around the bars, for the numbers and the dates
MOST_LABELS = 6  # dates below the bars
_SVG = Markup(
    '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">\n{parts}\n</svg>'
)
_BAR = Markup(
    '<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
    "<title>{title}</title></rect>"
)
_LINE = Markup('<line class="{kind}" x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}"/>')
_TEXT = Markup('<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>')


def chart(name: str, days: Sequence[date], cells: Mapping[date, Cell], cap: int | None) -> Markup:
    """The chart of one mailbox, from the first of the days to the last."""
    most = max([cap or 0, 1, *(cell.touches for cell in cells.values())])
    step = (WIDTH - LEFT - RIGHT) / max(1, len(days))
    parts = [_line("axis", _y(0, most)), _text(LEFT - 6, _y(0, most) + 4, "end", "0")]
    parts += [_text(LEFT - 6, _y(most, most) + 4, "end", str(most))]
    for index, day in enumerate(days):
        parts += _bars(cells.get(day, Cell()), LEFT + index * step, step, most, day)
    if cap:
        parts.append(_line("cap", _y(cap, most)))
        parts.append(_text(WIDTH - RIGHT, _y(cap, most) - 3, "end", f"cap {cap}"))
    every = max(1, -(-len(days) // MOST_LABELS))
    for index in range(0, len(days), every):
        day = days[index]
        x = LEFT + (index + 0.5) * step
        parts.append(_text(x, HEIGHT - 8, "middle", f"{day.day} {day:%b}"))
    label = f"Mails of {name} by day"
    joined = Markup("\n").join(parts)
    return _SVG.format(width=WIDTH, height=HEIGHT, label=label, parts=joined)


def _bars(cell: Cell, x: float, step: float, most: int, day: date) -> list[Markup]:
    """What runs already below, the new people's mails on top of it."""
    if not cell.touches:
        return []
    title = f"{day.day} {day:%B}: {cell.touches} mails"
    others = cell.touches - cell.new
    if others:
        title += f", {cell.new} of them to the new people"
    bars = []
    for kind, low, high in (("others", 0, others), ("new", others, cell.touches)):
        if high > low:
            y, height = _y(high, most), _y(low, most) - _y(high, most)
            bars.append(
                _BAR.format(
                    kind=kind,
                    x=x + step * 0.1,
                    y=y,
                    width=max(1.0, step * 0.8),
                    height=height,
                    title=title,
                )
            )
    return bars


def _line(kind: str, y: float) -> Markup:
    return _LINE.format(kind=kind, x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y)


def _text(x: float, y: float, anchor: str, text: str) -> Markup:
    return _TEXT.format(x=x, y=y, anchor=anchor, text=text)


def _y(number: int, most: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - number / most)
