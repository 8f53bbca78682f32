"""What the texts in files look like, for editors: patterns and examples of their schema.

The validators beside which these stand decide, and give the better answers; a pattern here refuses
nothing that they would take. It is written so that editors understand it, which read JavaScript's.
"""

from pydantic import WithJsonSchema

from sequencer.domain.meeting_rule import MeetingCase
from sequencer.files.names import MAX_LENGTH

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join("".join(f"[{c.upper()}{c}]" for c in name) for name in _NAMES)
_RANGE = rf"({_DAY}) *(- *({_DAY}) *)?"
_TIME = r"([01]?\d|2[0-4]):[0-5]\d"


def _text(pattern: str, *examples: str, longest: int | None = None) -> WithJsonSchema:
    schema: dict[str, object] = {"type": "string", "pattern": f"^{pattern}$"}
    if examples:
        schema["examples"] = list(examples)
    if longest is not None:
        schema["maxLength"] = longest
    return WithJsonSchema(schema)


DAYS = _text(rf" *{_RANGE}(, *{_RANGE})*", "mon-fri", "sat", "mon,wed")
BLOCK = _text(rf"\s*{_TIME}\s*[-\u2013]\s*{_TIME}\s*", "08:30-11:30", "13:30-17:00")
CLOCK_TIME = _text(rf"\s*{_TIME}\s*", "09:30")
WAIT = _text(
    r"\s*\d{1,6}\s*(business_day|day|hour|minute)s?\s*", "3 business_days", "1 day", "4 hours"
)
DATE = _text(r"\d{4}-\d{2}-\d{2}", "2026-12-24")
SLUG = _text("[a-z0-9]+(-[a-z0-9]+)*", "fintech-intro", longest=MAX_LENGTH)
NAME = _text("[a-z0-9]+([-_][a-z0-9]+)*", longest=MAX_LENGTH)
TEMPLATE_NAME = _text(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.(md|txt)", "intro.md", longest=MAX_LENGTH)
COLLEAGUE_REPLY = _text(
    r"\s*(finish|ignore|pause\s+\d{1,4}\s+days?)\s*", "finish", "ignore", "pause 14 days"
)
CASE = WithJsonSchema({"type": "string", "enum": [str(case) for case in MeetingCase]})
