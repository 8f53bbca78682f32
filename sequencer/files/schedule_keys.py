"""The keys of `schedule:` in a cadence file."""

from typing import Literal

from pydantic import Field

from sequencer.domain.cadence import ZoneFrom
from sequencer.files.cadence_values import Block, Date, Days
from sequencer.files.section import Section

MAX_JITTER = 240  # minutes; a longer one would move a mail from the morning to the evening
MAX_SKIP_DATES = 100
OFFICE_HOURS = {"mon-fri": ["08:30-17:00"]}

Whose = Literal["prospect", "mailbox"]


class ScheduleKeys(Section):
    """When touches may happen."""

    window: dict[Days, list[Block]] = Field(
        default=OFFICE_HOURS,
        description="Hours in which mails may leave, by day of the week: "
        '`{mon-fri: ["08:30-11:30", "13:30-17:00"], sat: ["10:00-12:00"]}`. Hours that pass '
        'midnight, as "22:00-02:00", belong to the day on which they begin.',
        min_length=1,
    )
    first_window: dict[Days, list[Block]] | None = Field(
        default=None,
        description="Hours of the first mail, where they are others than those of follow-ups.",
        min_length=1,
    )
    timezone: ZoneFrom = Field(
        default=ZoneFrom.PROSPECT,
        description="Whose clock the window is read on; the next in the order prospect, mailbox, "
        "workspace where one has no zone.",
    )
    jitter_minutes: int = Field(
        default=20,
        strict=True,
        ge=0,
        le=MAX_JITTER,
        description="How far a mail may be moved inside its window, so that no grid shows.",
    )
    holidays: tuple[Whose, ...] = Field(
        default=("prospect", "mailbox"),
        description="Whose public holidays are days off: those of the prospect's country on the "
        "prospect's dates, those of the mailbox's country on the mailbox's.",
    )
    skip_dates: tuple[Date, ...] = Field(
        default=(),
        max_length=MAX_SKIP_DATES,
        description="Dates on which nothing happens, as 2026-12-24.",
    )
