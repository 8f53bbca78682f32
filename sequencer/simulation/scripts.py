"""The cadences that simulated people are in: few, so that each is read and parsed only once."""

from dataclasses import dataclass, field
from typing import Any

from sequencer.engine.versions import Versions
from sequencer.files.cadence import LoadedCadence, cadence_from_document

# Each mail says which step it is, so that a judge outside needs no word of the engine.
MARK = "Step mark: "
EVERYBODY = {"stages": [], "exclusive": "none", "min_days_since_touch": 0}
OFFICE = {"mon-fri": ["08:30-11:30", "13:30-17:00"]}
WIDE = {"mon-sat": ["07:00-20:00"]}
NIGHT = {"mon-sun": ["00:00-06:00", "22:00-24:00"]}


@dataclass(frozen=True, slots=True)
class Script:
    """A cadence and what the judge has to know of it, read by code of its own.

    Attributes:
        open_minutes: blocks of local minutes by weekday.
        least_s: the least time from the mail before to the mail of each mark.
    """

    loaded: LoadedCadence
    open_minutes: tuple[tuple[tuple[int, int], ...], ...]
    least_s: dict[str, float]

    @property
    def slug(self) -> str:
        """Name of the cadence."""
        return self.loaded.cadence.slug


@dataclass
class Library:
    """All scripts, read once for all worlds of a process; a version never changes."""

    scripts: tuple[Script, ...] = field(default_factory=lambda: tuple(_scripts()))
    versions: Versions = field(default_factory=Versions)


def _email(step: str, wait: str = "", **more: Any) -> dict[str, Any]:
    waits = {"wait": wait} if wait else {}
    return {"id": step, "email": f"{step}.md", **waits, **more}


def _scripts() -> list[Script]:
    return [
        _script(
            "short",
            OFFICE,
            [_email("intro"), _email("bump", "2 business_days"), _email("close", "1 day")],
        ),
        _script(
            "long",
            WIDE,
            [
                _email("hello"),
                _email("more", "3 business_days"),
                _email("fresh", "4 days", thread="new"),
                _email("last", "36 hours"),
            ],
        ),
        _script(
            "mixed",
            WIDE,
            [
                _email("open"),
                {"id": "call", "call": "call.md", "wait": "1 business_day", "skip_after": "3 days"},
                _email("after", "1 day", when="not call.connected"),
                {"id": "own", "manual_email": "own.md", "wait": "2 days", "skip_after": "9 days"},
                _email("end", "2 business_days"),
            ],
        ),
        _script(
            "night",
            NIGHT,
            [_email("first"), _email("second", "90 minutes"), _email("third", "1 business_day")],
        ),
    ]


def _script(slug: str, window: dict[str, list[str]], steps: list[dict[str, Any]]) -> Script:
    document: dict[str, Any] = {
        "cadence": slug,
        "title": slug.title(),
        "schedule": {"window": window, "timezone": "prospect", "jitter_minutes": 30},
        "from": {"mailboxes": ["ana", "luis"]},
        "audience": EVERYBODY if slug != "night" else {"stages": []},
        "steps": steps,
    }
    templates = {f"{step['id']}.md": _template(slug, step["id"]) for step in steps}
    loaded = LoadedCadence(cadence_from_document(document), document, templates)
    least_s = {f"{slug}.{step['id']}": _least_s(step.get("wait", "")) for step in steps}
    return Script(loaded, _minutes(window), least_s)


def _template(slug: str, step: str) -> str:
    front = f"---\nsubject: About {step}, {{{{ first_name }}}}\n---\n"
    return f"{front}Hello {{{{ first_name }}}},\n\n{MARK}{slug}.{step}.\n"


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _minutes(window: dict[str, list[str]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The window as the judge reads it, by code of its own."""
    days: list[tuple[tuple[int, int], ...]] = [()] * 7
    for names, blocks in window.items():
        first, _, last = names.partition("-")
        for day in range(_DAYS.index(first), _DAYS.index(last or first) + 1):
            days[day] = tuple(_block(block) for block in blocks)
    return tuple(days)


_UNIT_S = {"minute": 60.0, "hour": 3_600.0, "day": 86_400.0, "business_day": 86_400.0}
_SUMMER_TIME_S = 3_600.0  # by which a day may be shorter


def _least_s(wait: str) -> float:
    number, _, unit = wait.partition(" ")
    return int(number) * _UNIT_S[unit.rstrip("s")] - _SUMMER_TIME_S if wait else 0.0


def _block(text: str) -> tuple[int, int]:
    start, end = ((int(at[:2]) * 60 + int(at[3:])) for at in text.split("-"))
    return start, end
