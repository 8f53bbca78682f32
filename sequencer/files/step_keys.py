"""The keys of one step in a cadence file."""

from pydantic import Field

from sequencer.domain.cadence import Thread
from sequencer.files.cadence_values import Name, TemplateName, Wait
from sequencer.files.section import Section


class StepKeys(Section):
    """One position in the cadence."""

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
