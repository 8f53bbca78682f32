"""An opt-out as it is kept outside of the database, so that no restored backup forgets it."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.suppression import Suppression


@dataclass(frozen=True, slots=True)
class OptOut:
    """An entry of the suppression list, and when it was made."""

    at: datetime
    suppression: Suppression
