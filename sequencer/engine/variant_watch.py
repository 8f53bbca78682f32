"""Stop the wordings that a better one has beaten, where a cadence says so: looked at once a day.

Whoever looks every day sees chance lead now and then. So nobody is asked only where the difference
holds at 99 %, and each wording has had its minimum; a person sees it at 95 % and decides.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from sequencer.domain.variant_result import Verdict
from sequencer.engine.desk import Desk
from sequencer.engine.variant_results import StepResult, declared_results
from sequencer.engine.variant_stop import VariantError, stop_variant
from sequencer.engine.world import World
from sequencer.store import variant_stops
from sequencer.store.database import Connection
from sequencer.store.variant_stops import VariantName

log = structlog.get_logger()

EVERY: Final = timedelta(days=1)
RULE: Final = "rule"  # who stopped them


@dataclass
class VariantWatch:
    """When this daemon last looked."""

    looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a day has passed, on a clock that may have been set back meanwhile."""
        return self.looked_at is None or abs(now - self.looked_at) >= EVERY

    async def look(self, world: World) -> int:
        """How many wordings were stopped."""
        now = self.looked_at = world.clock.now()
        results = await world.read(declared_results, world.desk, now)
        stopped = 0
        for each in results:
            if is_settled(each):
                with suppress(VariantError):  # somebody has stopped the best one meanwhile
                    stopped += await world.write(settle_winner, world.desk, each, now)
        if stopped:
            log.info("variants_stopped", variants=stopped)
        return stopped


def is_settled(result: StepResult) -> bool:
    """Whether the others are to be stopped without asking anybody."""
    outcome = result.outcome
    return (
        result.rule.auto and result.declared and outcome.verdict is Verdict.CLEAR and outcome.sure
    )


def settle_winner(connection: Connection, desk: Desk, result: StepResult, now: datetime) -> int:
    """How many wordings were stopped, because another one is better."""
    why = f"{result.outcome.best} is better by {str(result.rule.by).replace('_', ' ')}"
    names = [VariantName(result.slug, result.step_id, each) for each in result.losers]
    stopped = 0
    for each in names:
        if not variant_stops.was_lifted(connection, each):  # a person's word stands
            stopped += stop_variant(connection, desk, each, RULE, why, now)
    return stopped
