"""A process of a stage that may die at any of its steps."""

from datetime import timedelta

from stage import Stage

from sequencer.simulation.life import Life

ROUNDS = 3  # of a process: time to settle, to try again, and to give up


async def live(stage: Stage, life: Life, pause: timedelta) -> None:
    """One process, from its start to its death or until there is nothing to do."""
    stage.restart(life)
    for _ in range(ROUNDS):
        try:
            await stage.work()
        except BaseException:
            if not life.is_over:
                raise
        if life.is_over:
            return
        stage.clock.advance(pause)
