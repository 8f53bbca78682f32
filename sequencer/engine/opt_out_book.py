"""Every opt-out is also kept outside of the database, before anybody is told that it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from sequencer.domain.opt_out import OptOut
from sequencer.engine.ports import OptOuts

log = structlog.get_logger()


@dataclass(frozen=True)
class OptOutBook:
    """Writes opt-outs into the log once they are committed; none is forgotten if that fails."""

    log: OptOuts

    def note(self, opt_outs: Sequence[OptOut]) -> None:
        """Write these. The log keeps what it cannot write, and tries again with the next ones."""
        try:
            self.log.note(opt_outs)
        except OSError as error:
            log.exception("opt_out_not_logged", number=len(opt_outs), error=str(error))

    def is_complete(self) -> bool:
        """Whether everything that was noted is on disk; what is not is tried once more."""
        try:
            self.log.note(())
        except OSError as error:
            log.exception("opt_out_not_logged", error=str(error))
            return False
        return True
