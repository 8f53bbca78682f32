"""The keys of a cadence file; the reference page is made from them."""

from pydantic import Field

from sequencer.files.audience_keys import AudienceKeys, StopKeys, ThrottleKeys
from sequencer.files.cadence_values import Name, Slug
from sequencer.files.from_keys import FromKeys
from sequencer.files.mailbox_settings import Line
from sequencer.files.meeting_rule_keys import OnKeys
from sequencer.files.schedule_keys import ScheduleKeys
from sequencer.files.section import Section
from sequencer.files.step_keys import StepKeys

MAX_STEPS = 50
MAX_RETIRED = 200


class CadenceKeys(Section):
    """A cadence file."""

    cadence: Slug = Field(description="Name of the cadence for ever.")
    title: str = Field(
        min_length=1, max_length=200, description="What people read instead of the name."
    )
    client: Line = Field(
        default="",
        max_length=100,
        description="For whom it runs, where we sell for others: its meetings go to the reps with "
        "that `client`, and to no others. Empty for ourselves.",
    )
    audience: AudienceKeys = Field(default_factory=AudienceKeys, description="Whom it is for.")
    throttle: ThrottleKeys = Field(
        default_factory=ThrottleKeys, description="How fast people enter."
    )
    schedule: ScheduleKeys = Field(
        default_factory=ScheduleKeys, description="When touches may happen."
    )
    from_: FromKeys = Field(alias="from", description="Who writes.")
    stop_on: StopKeys = Field(default_factory=StopKeys, description="What ends it for a person.")
    on: OnKeys = Field(
        default_factory=dict,
        description="What follows from what happens to a meeting; by default a task for a person "
        "where it falls through, and never a mail.",
    )
    steps: tuple[StepKeys, ...] = Field(
        min_length=1, max_length=MAX_STEPS, description="The mails in their order."
    )
    retired: tuple[Name, ...] = Field(
        default=(),
        max_length=MAX_RETIRED,
        description="Ids of steps that were taken out on purpose, so that nobody takes them for "
        "renamed ones. They never come back.",
    )
