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
AGAIN = "again"
NIGHT = {"mon-sun": ["00:00-06:00", "22:00-24:00"]}


Hours = tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A cadence and what the judge has to know of it, read by code of its own.

    Attributes:
        open_minutes: by mark, blocks of local minutes by weekday.
        least_s: the least time from the mail before to the mail of each mark.
        colleagues: what the answer of a colleague does: `finish`, `ignore`, or days of silence.
        unless_reached: marks of the mails for those whom no call has reached.
    """

    loaded: LoadedCadence
    open_minutes: dict[str, Hours]
    least_s: dict[str, float]
    colleagues: str | int = "finish"
    unless_reached: frozenset[str] = frozenset()
    max_active: int | None = None
    new_per_day: int | None = None

    @property
    def slug(self) -> str:
        """Name of the cadence."""
        return self.loaded.cadence.slug

    @property
    def marks(self) -> list[str]:
        """What the mails say of themselves, in the order of the steps."""
        return list(self.least_s)


@dataclass
class Library:
    """All scripts, read once for all worlds of a process; a version never changes."""

    scripts: tuple[Script, ...] = field(default_factory=lambda: tuple(_scripts()))
    more: tuple[Script, ...] = field(default_factory=lambda: tuple(_more_scripts()))
    again: Script = field(default_factory=lambda: _again(AGAIN))
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
            on={
                "meeting.no_show": {"enroll": AGAIN},
                "meeting.cancelled": {"after": "4 hours", "enroll": AGAIN},
            },
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
            on={
                "meeting.no_show": [{"after": "3 hours", "reopen": "next_step"}, {"task": "call"}],
                "meeting.cancelled": {"after": "1 business_day", "reopen": "next_step"},
            },
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
            on={
                "meeting.cancelled": {"after": "1 business_day", "task": "call"},
                "meeting.cancelled_by_host": {"after": "10 minutes", "reopen": "next_step"},
            },
        ),
        _script(
            "night",
            NIGHT,
            [_email("first"), _email("second", "90 minutes"), _email("third", "1 business_day")],
        ),
    ]


def _more_scripts() -> list[Script]:
    """Cadences of which some worlds have one or two."""
    return [
        _script(
            "slow",
            WIDE,
            [
                _email("a", window={"mon-fri": ["07:00-18:00"]}),
                _email("b", "1 business_day", window={"tue-fri": ["14:00-17:00"]}),
                _email("c", "2 days"),
            ],
            throttle={"max_active": 2, "new_per_day": 1},
            stop_on={"colleague_reply": "pause 4 days"},
        ),
        _script(
            "late",
            WIDE,
            [_email("one"), _email("two", "1 day", thread="new"), _email("three", "30 hours")],
            first_window={"mon-thu": ["15:00-18:00"]},
            throttle={"new_per_day": 1},
            stop_on={"colleague_reply": "ignore"},
            on={"meeting.no_show": {"after": "1 day", "enroll": AGAIN}},
        ),
        _script(
            "team",
            WIDE,
            [
                _email("intro"),
                _task("connect", "task", "1 day", "2 days", type="social"),
                _task("ring", "call", "1 business_day", "3 days"),
                _email("missed", "4 hours", when="not call.connected"),
                _task(
                    "card",
                    "task",
                    "1 day",
                    "3 days",
                    type="letter",
                    when="connect.done",
                    goto="close",
                ),
                _task("own", "manual_email", "1 day", "6 days"),
                _email("close", "1 day", when="not ring.interested"),
                _task("file", "task", "2 hours", "1 day"),
                _email("end", "3 hours"),
            ],
            stop_on={"colleague_reply": "ignore"},
            on={"meeting.no_show": {"reopen": "next_step"}},
        ),
    ]


def _again(slug: str) -> Script:
    """What begins by a rule alone, after a meeting that fell through."""
    return _script(slug, WIDE, [_email("sorry"), _email("later", "1 business_day")])


def _task(step: str, kind: str, wait: str, limit: str, **more: Any) -> dict[str, Any]:
    return {"id": step, kind: f"{step}.md", "wait": wait, "skip_after": limit, **more}


def _script(
    slug: str,
    window: dict[str, list[str]],
    steps: list[dict[str, Any]],
    first_window: dict[str, list[str]] | None = None,
    **more: dict[str, Any],
) -> Script:
    hours = {"window": window, **({"first_window": first_window} if first_window else {})}
    document: dict[str, Any] = {
        "cadence": slug,
        "title": slug.title(),
        "schedule": {**hours, "timezone": "prospect", "jitter_minutes": 30},
        "from": {"mailboxes": ["ana", "luis"]},
        "audience": EVERYBODY if slug != "night" else {"stages": []},
        "steps": steps,
        **more,
    }
    templates = {f"{step['id']}.md": _template(slug, step["id"]) for step in steps}
    loaded = LoadedCadence(cadence_from_document(document), document, templates)
    least_s = {f"{slug}.{step['id']}": _least_s(step.get("wait", "")) for step in steps}
    open_minutes = {
        f"{slug}.{step['id']}": _minutes(
            step.get("window") or (first_window if step is steps[0] else None) or window
        )
        for step in steps
    }
    rule = more.get("stop_on", {}).get("colleague_reply", "finish")
    colleagues = int(rule.split()[1]) if rule.startswith("pause") else rule
    unless = frozenset(
        f"{slug}.{step['id']}" for step in steps if step.get("when") == "not call.connected"
    )
    throttle = more.get("throttle", {})
    return Script(loaded, open_minutes, least_s, colleagues, unless, **throttle)


def _template(slug: str, step: str) -> str:
    front = f"---\nsubject: About {step}, {{{{ first_name }}}}\n---\n"
    return f"{front}Hello {{{{ first_name }}}},\n\n{MARK}{slug}.{step}.\n"


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _minutes(window: dict[str, list[str]]) -> Hours:
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
