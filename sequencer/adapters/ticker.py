"""When is a recurring job called? Due times of mails are not here but in the database.

APScheduler cancels running jobs when it is shut down, whatever it is asked to wait for. So jobs
have to be short: they claim work and pass it on to tasks which the daemon owns and drains.

It also plans by the wall clock: one that is set back by an hour would keep every job waiting for an
hour. So the clock is watched, and after a step all jobs are called at once and planned anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

Job = Callable[[], Awaitable[None]]

log = structlog.get_logger("sequencer.ticker")

CHECK_S = 1.0  # between two looks at the clock
STEP_S = 5.0  # more than a clock that is only put right bit by bit moves in between


class Ticker:
    """Calls each named job every so many seconds, never twice at the same time.

    A job that is late runs once, however many of its turns have passed.

    Args:
        jobs: what to call, with the seconds in between.
        now: the machine's wall clock.
    """

    def __init__(self, jobs: Mapping[str, tuple[Job, float]], now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead_s = 0.0
        self._check: asyncio.TimerHandle | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        for name, (job, seconds) in jobs.items():
            self._scheduler.add_job(
                _guarded(name, job),
                "interval",
                seconds=seconds,
                id=name,
                name=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,  # its default of one second drops late jobs silently
            )

    def start(self, first_at: datetime | None = None) -> None:
        """Begin; the first call of each job is after its interval, or at `first_at` if given."""
        if first_at is not None:
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=first_at)
        self._scheduler.start()
        self._ahead_s = self._wall_ahead_s()
        self._check = asyncio.get_running_loop().call_later(CHECK_S, self._look_at_clock)

    def stop(self) -> None:
        """End at once, and cancel the jobs that run."""
        if self._check is not None:
            self._check.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _wall_ahead_s(self) -> float:
        """By how much the wall clock is ahead of the one that nobody sets."""
        return self._now().timestamp() - asyncio.get_running_loop().time()

    def _look_at_clock(self) -> None:
        ahead_s = self._wall_ahead_s()
        if abs(ahead_s - self._ahead_s) > STEP_S:
            log.warning("clock_was_set", seconds=round(ahead_s - self._ahead_s))
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=self._now())
        self._ahead_s = ahead_s
        self._check = asyncio.get_running_loop().call_later(CHECK_S, self._look_at_clock)


def _guarded(name: str, job: Job) -> Job:
    """The job, with its failures written down and kept away from the other jobs."""

    async def run() -> None:
        try:
            await job()
        except Exception:
            log.exception("job_failed", job=name)

    return run
