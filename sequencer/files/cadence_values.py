"""The forms of the values in a cadence file: days, hours, delays, dates, names."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from sequencer.domain.delay import delay_from_text
from sequencer.domain.guard import MAX_LENGTH
from sequencer.files import names, text_forms
from sequencer.files.window_text import block_from_text, clock_text, clock_time, days_from_text

# Typing errors lie outside, and so do the days that have no instant in every zone.
FIRST_YEAR, LAST_YEAR = 2000, 2100

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _days(text: str) -> str:
    days_from_text(text)
    return text


def _block(text: str) -> str:
    block_from_text(text)
    return text


def _clock_time(text: str) -> str:
    return clock_text(clock_time(text))


def _delay(text: str) -> str:
    return str(delay_from_text(text))


def _date(value: object) -> date:
    # Only what looks like a date to everybody: numbers and week dates are mistakes here.
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise ValueError("a date is written like 2026-12-24")
    if not FIRST_YEAR <= int(value[:4]) <= LAST_YEAR:
        raise ValueError(f"a date lies between {FIRST_YEAR} and {LAST_YEAR}")
    return date.fromisoformat(value)


Days = Annotated[str, AfterValidator(_days), text_forms.DAYS]
Block = Annotated[str, AfterValidator(_block), text_forms.BLOCK]
ClockTime = Annotated[str, AfterValidator(_clock_time), text_forms.CLOCK_TIME]
Wait = Annotated[str, AfterValidator(_delay), text_forms.WAIT]
Date = Annotated[date, BeforeValidator(_date), text_forms.DATE]
Slug = Annotated[str, AfterValidator(names.slug), text_forms.SLUG]
Name = Annotated[str, AfterValidator(names.name), text_forms.NAME]
TemplateName = Annotated[str, AfterValidator(names.template_name), text_forms.TEMPLATE_NAME]
Guard = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH)]
