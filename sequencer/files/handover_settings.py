"""How meetings are given to reps, as written under `handover:` in the settings."""

from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, field_validator

from sequencer.domain.delay import Unit, delay_from_text
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.files import names
from sequencer.files.cadence_values import Wait
from sequencer.files.section import Section

MOST_WAYS: Final = 50
MOST_REMINDERS: Final = 5
_UNITS: Final = {
    Unit.DAYS: timedelta(days=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.MINUTES: timedelta(minutes=1),
}


def _reminder(text: str) -> str:
    delay = delay_from_text(text)
    if delay.unit not in _UNITS:
        raise ValueError("a reminder comes days, hours or minutes before, such as `1 day`")
    if delay.amount == 0:
        raise ValueError("a reminder comes before the meeting, such as `2 hours`")
    return str(delay)


class HandoverSettings(Section):
    """Meetings that are given to reps."""

    to: tuple[Annotated[str, AfterValidator(names.name)], ...] = Field(
        default=(),
        max_length=MOST_WAYS,
        description="How the rep is found who gets a meeting, each way where the one before finds "
        "nobody: `host` (whom the booking names), `owner` (of the prospect, or of others of the "
        "account), `territory`, `round_robin`, or the name of a rep. By default no meeting is "
        "handed over.",
    )
    mailbox: str = Field(
        default="",
        max_length=names.MAX_LENGTH,
        description="The mailbox that writes to the reps; by default the one that the person was "
        "written to from.",
    )
    answer_within: Wait | None = Field(
        default="1 business_day",
        description="How long a rep has to answer before the next one is asked, in their own "
        "calendar, and never longer than half the time to the meeting; `null` for no limit.",
    )
    remind_before: tuple[Annotated[str, AfterValidator(_reminder)], ...] = Field(
        default=(),
        max_length=MOST_REMINDERS,
        description="How long before a meeting its rep is reminded by a mail, such as `1 day`. The "
        "prospect is never reminded.",
    )

    @field_validator("to", "remind_before", mode="before")
    @classmethod
    def _one_or_several(cls, written: Any) -> Any:
        return [written] if isinstance(written, str) else written

    def policy(self) -> HandoverPolicy:
        """What the engine goes by."""
        reminders = map(delay_from_text, self.remind_before)
        return HandoverPolicy(
            to=self.to,
            mailbox=self.mailbox,
            answer_within=delay_from_text(self.answer_within) if self.answer_within else None,
            remind_before=tuple(each.amount * _UNITS[each.unit] for each in reminders),
        )
