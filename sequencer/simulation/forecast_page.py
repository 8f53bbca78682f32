"""A forecast as one page: sentences, a chart for each mailbox, tables; nothing is loaded or run."""

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from sequencer.simulation.forecast_chart import chart
from sequencer.simulation.forecast_story import (
    begin_of,
    cause_words,
    end_words,
    holiday_words,
    length,
    sentences,
)
from sequencer.simulation.forecast_table import Calendar, calendar_of, span
from sequencer.simulation.forecast_values import Compared, Forecast

_STYLE = Markup(
    """
:root { color-scheme: light dark; --text: #222; --soft: #5b5b5b; --back: #f6f6f6; --card: #fff;
  --line: #d9d9d9; --key: #14539a; --old: #9db8d6; --bad: #a3271e; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --soft: #a9a9a9; --back: #1b1b1b; --card: #242424; --line: #444;
    --key: #7fb4ee; --old: #47617d; --bad: #f0958d; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--back); }
main { max-width: 52rem; margin: 0 auto; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.0625rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: 0 0 .5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: 1rem 1.25rem; margin: 1rem 0; }
.soft { color: var(--soft); font-size: .9375rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; }
th, td { padding: .25rem 0 .25rem 1rem; text-align: right; white-space: nowrap;
  border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
td:first-child { white-space: normal; min-width: 6rem; }
th.words, td.words { text-align: left; }
td.words { white-space: normal; min-width: 3rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.new { fill: var(--key); }
.others { fill: var(--old); }
.axis { stroke: var(--line); }
.cap { stroke: var(--bad); stroke-dasharray: 5 4; }
@media (max-width: 34rem) { section { padding: .875rem 1rem; } svg text { font-size: 17px; } }
"""
)
_PAGE = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>
{content}
</main></body>
</html>
"""
)
_TABLE = Markup(
    '<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'
)


def page_of(compared: Compared) -> str:
    """The page."""
    found = compared.forecast
    heading = f"Forecast of {found.cadence}"
    parts = [
        Markup("<h1>{}</h1>").format(heading),
        Markup('<p class="soft">{}</p>').format(_basis(found)),
        _section("The answer", *(Markup("<p>{}</p>").format(each) for each in sentences(compared))),
        _refused(found),
        _charts(found),
        *([_charts(compared.with_added, compared.added)] if compared.with_added else []),
        _waits(found),
        _holidays(found),
        _ends(found),
        _calendar(calendar_of(found)),
    ]
    content = Markup("\n").join(part for part in parts if part)
    return str(_PAGE.format(title=heading, style=_STYLE, content=content))


def _basis(found: Forecast) -> str:
    begin = begin_of(found)
    return (
        f"{found.title}. From {begin.day} {begin:%B %Y} for {found.days} days, {found.beside}, "
        f"seed {found.seed}. Nothing was sent or stored."
    )


def _section(title: str, *content: Markup) -> Markup:
    joined = Markup("\n").join(part for part in content if part)
    if not joined:
        return Markup("")
    return Markup("<section><h2>{}</h2>\n{}\n</section>").format(title, joined)


def _table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, words: bool = False
) -> Markup:
    kind = Markup(' class="words"') if words else Markup("")
    lines = [
        Markup("<tr><td>{}</td>{}</tr>").format(
            first, Markup("").join(Markup("<td{}>{}</td>").format(kind, each) for each in rest)
        )
        for first, *rest in rows
    ]
    if not lines:
        return Markup("")
    head = Markup("").join(Markup("<th{}>{}</th>").format(kind, each) for each in headings)
    body = Markup("\n").join(lines)
    return _TABLE.format(head=head, body=body)


def _refused(found: Forecast) -> Markup:
    rows = ((each.code, str(len(each.people)), each.sentence) for each in found.refused)
    return _section("Refused", _table(("Code", "People", "Why"), rows, words=True))


def _charts(found: Forecast, added: Sequence[str] = ()) -> Markup:
    calendar = calendar_of(found)
    days = span(tuple(day for day, _ in calendar.rows))
    parts = []
    for index, column in enumerate(calendar.columns):
        if column.is_mail:
            cells = {day: row[index] for day, row in calendar.rows}
            parts.append(Markup("<h3>{}</h3>").format(column.name))
            parts.append(chart(column.name, days, cells, found.caps.get(column.name)))
    title = f"Mails by day with {' and '.join(added)} added" if added else "Mails by day"
    return _section(title, *parts)


def _waits(found: Forecast) -> Markup:
    rows = (
        (cause_words(each.cause), str(each.touches), length(each.median_s), length(each.longest_s))
        for each in found.waits
    )
    headings = ("Waits for", "Mails", "Median", "Longest")
    return _section("Waits of the new people's mails", _table(headings, rows))


def _holidays(found: Forecast) -> Markup:
    lines = (Markup("<p>{}</p>").format(holiday_words(each)) for each in found.holidays)
    return _section("Days off that moved mails", *lines)


def _ends(found: Forecast) -> Markup:
    lines = (Markup("<p>{}</p>").format(each) for each in end_words(found))
    return _section("How it ends", *lines)


def _calendar(calendar: Calendar) -> Markup:
    headings = ("Day", *(column.heading for column in calendar.columns))
    return _section("Touches by day", _table(headings, _days(calendar)))


def _days(calendar: Calendar) -> Iterator[Sequence[str]]:
    for day, cells in calendar.rows:
        yield (f"{day:%a} {day.day} {day:%b %Y}", *(str(cell.touches or "") for cell in cells))
