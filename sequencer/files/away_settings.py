"""When is a rep away, as written in the settings of a mailbox."""

from pydantic import Field, model_validator

from sequencer.domain.absence import Absence
from sequencer.files.cadence_values import Date
from sequencer.files.section import Section


class AwaySettings(Section):
    """One absence, first and last day included."""

    from_: Date = Field(alias="from", description="First day away, as 2026-12-24.")
    until: Date = Field(description="Last day away.")

    @model_validator(mode="after")
    def _together(self) -> "AwaySettings":
        _ = self.absence  # refuses what ends before it begins
        return self

    @property
    def absence(self) -> Absence:
        """The absence that is meant."""
        return Absence(self.from_, self.until)
