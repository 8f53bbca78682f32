"""The keys of one step in a cadence file."""

from pydantic import Field, model_validator

from sequencer.domain.cadence import TaskType, Thread
from sequencer.files.attach_keys import Attach
from sequencer.files.cadence_values import Block, ClockTime, Days, Guard, Name, TemplateName, Wait
from sequencer.files.section import Section
from sequencer.files.variant_keys import Variants, WinnerKeys

MAX_DAY = 250  # about a year of business days


class StepKeys(Section):
    """One position in the cadence."""

    id: Name = Field(description="Name of the step for ever: who has had it never gets it again.")
    wait: Wait | None = Field(
        default=None,
        description="Time since the step before, as `3 business_days`, `1 day`, `4 hours`. Every "
        "step but the first needs one.",
    )
    day: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        le=MAX_DAY,
        description="Instead of `wait`, and then on every step: the business day of the step, 1 "
        "for the day of the enrolment. What comes late moves what follows, what is left out "
        "moves nothing.",
    )
    window: dict[Days, list[Block]] | None = Field(
        default=None, min_length=1, description="Hours of this step alone, as in the schedule."
    )
    at: ClockTime | None = Field(
        default=None,
        description='Time of day of this step, as "09:30": half an hour from then on, on the days '
        "on which the cadence has hours.",
    )
    email: TemplateName | None = Field(
        default=None, description="A mail that the engine sends: template in templates/<cadence>/."
    )
    manual_email: TemplateName | None = Field(
        default=None, description="A mail that a rep reads, may edit, and releases."
    )
    call: TemplateName | None = Field(
        default=None, description="A call by a rep; the template is the guide for it."
    )
    task: TemplateName | None = Field(
        default=None, description="Anything else a rep does; the template says what."
    )
    type: TaskType | None = Field(
        default=None, description="What a `task` is; `other` where nothing is said."
    )
    skip_after: Wait | None = Field(
        default=None,
        description="How long after its due time a step is skipped that nobody did. Without it, "
        "it waits until somebody does.",
    )
    when: Guard | None = Field(
        default=None,
        description='For whom the step is, such as `not call.connected` or `stage == "lead"`. '
        "It is asked when the step is reached, and again when it is due.",
    )
    goto: Name | None = Field(
        default=None,
        description="Id of the step further down that follows this one, where not the next one.",
    )
    thread: Thread | None = Field(
        default=None,
        description="`reply` (the default) answers the last mail of the cadence that was sent, "
        "`new` begins a thread with the template's subject. The first mail always begins one.",
    )

    attach: Attach = ()
    variants: Variants = None
    winner: WinnerKeys | None = Field(
        default=None, description="When one of the `variants` is proposed as the better one."
    )

    @model_validator(mode="after")
    def _one_time(self) -> "StepKeys":
        if self.window is not None and self.at is not None:
            raise ValueError("a step has either a `window` or a time of day `at`")
        return self
