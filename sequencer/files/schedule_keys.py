"""The keys of `schedule:` in a cadence file."""

from pydantic import Field

from sequencer.domain.cadence import ZoneFrom
from sequencer.files.cadence_values import Block, Date, Days
from sequencer.files.section import Section

MAX_JITTER = 240  # minutes; a longer one would move a mail from the morning to the evening
OFFICE_HOURS = {"mon-fri": ["08:30-17:00"]}


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
