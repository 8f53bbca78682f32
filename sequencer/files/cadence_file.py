"""The keys of a cadence file and the form of their values; the reference page is made from it."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from sequencer.domain.cadence import Thread, ZoneFrom
from sequencer.domain.delay import delay_from_text
from sequencer.files import names
from sequencer.files.section import Section
from sequencer.files.window_text import block_from_text, days_from_text

MAX_STEPS = 50
MAX_JITTER = 240  # minutes; a longer one would move a mail from the morning to the evening
OFFICE_HOURS = {"mon-fri": ["08:30-17:00"]}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _days(text: str) -> str:
    days_from_text(text)
    return text


def _block(text: str) -> str:
    block_from_text(text)
    return text


def _delay(text: str) -> str:
    return str(delay_from_text(text))


def _date(value: object) -> date:
    # Only what looks like a date to everybody: numbers and week dates are mistakes here.
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("a date is written like 2026-12-24")


Days = Annotated[str, AfterValidator(_days)]
Block = Annotated[str, AfterValidator(_block)]
Wait = Annotated[str, AfterValidator(_delay)]
Date = Annotated[date, BeforeValidator(_date)]
Slug = Annotated[str, AfterValidator(names.slug)]
Name = Annotated[str, AfterValidator(names.name)]
TemplateName = Annotated[str, AfterValidator(names.template_name)]


class ScheduleKeys(Section):
    """When touches may happen."""

    window: dict[Days, list[Block]] = Field(
        default=OFFICE_HOURS,
        description="Hours in which mails may leave, by day of the week: "
        '`{mon-fri: ["08:30-11:30", "13:30-17:00"], sat: ["10:00-12:00"]}`.',
        min_length=1,
    )
    timezone: ZoneFrom = Field(
        default=ZoneFrom.PROSPECT,
        description="Whose clock the window is read on; the next in the order prospect, mailbox, "
        "workspace where one has no zone.",
    )
    jitter_minutes: int = Field(
        default=20,
        ge=0,
        le=MAX_JITTER,
        description="How far a mail may be moved inside its window, so that no grid shows.",
    )
    skip_dates: tuple[Date, ...] = Field(
        default=(), description="Local dates on which nothing is sent, as 2026-12-24."
    )


class FromKeys(Section):
    """Who writes."""

    mailboxes: tuple[Name, ...] = Field(
        min_length=1,
        description="Mailboxes of the settings that send it; each prospect stays with one.",
    )


class StopKeys(Section):
    """What ends the cadence for a person. These two are always on."""

    reply: Literal["finish"] = Field(default="finish", description="A reply ends the cadence.")
    meeting: Literal["finish"] = Field(
        default="finish", description="A booked meeting ends the cadence."
    )


class StepKeys(Section):
    """One mail."""

    id: Name = Field(description="Name of the step for ever: who has had it never gets it again.")
    wait: Wait | None = Field(
        default=None,
        description="Time since the step before, as `3 business_days`, `1 day`, `4 hours`. Every "
        "step but the first needs one.",
    )
    email: TemplateName = Field(description="Template in templates/<cadence>/.")
    thread: Thread = Field(
        default=Thread.REPLY,
        description="`reply` answers the last mail of the cadence that was sent, `new` begins a "
        "thread with the template's subject. The first step always begins one.",
    )


class CadenceKeys(Section):
    """A cadence file."""

    cadence: Slug = Field(description="Name of the cadence for ever.")
    title: str = Field(
        min_length=1, max_length=200, description="What people read instead of the name."
    )
    schedule: ScheduleKeys = Field(
        default_factory=ScheduleKeys, description="When touches may happen."
    )
    from_: FromKeys = Field(alias="from", description="Who writes.")
    stop_on: StopKeys = Field(default_factory=StopKeys, description="What ends it for a person.")
    steps: tuple[StepKeys, ...] = Field(
        min_length=1, max_length=MAX_STEPS, description="The mails in their order."
    )
