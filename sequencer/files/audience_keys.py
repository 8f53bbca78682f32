"""The keys of `audience:`, `throttle:` and `stop_on:` in a cadence file."""

from typing import Literal

from pydantic import Field

from sequencer.files.section import Section


class StopKeys(Section):
    """What ends the cadence for a person. These two are always on."""

    reply: Literal["finish"] = Field(default="finish", description="A reply ends the cadence.")
    meeting: Literal["finish"] = Field(
        default="finish", description="A booked meeting ends the cadence."
    )
