"""When is a recurring job called? Due times of mails are not here but in the database.

APScheduler cancels running jobs when it is shut down, whatever it is asked to wait for. So jobs
have to be short: they claim work and pass it on to tasks which the daemon owns and drains.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

Job = Callable[[], Awaitable[None]]

log = structlog.get_logger("sequencer.ticker")


class Ticker:
    """Calls each named job every so many seconds, never twice at the same time.

    A job that is late runs once, however many of its turns have passed.
    """

    def __init__(self, jobs: Mapping[str, tuple[Job, float]]) -> None:
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

    def stop(self) -> None:
        """End at once, and cancel the jobs that run."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _guarded(name: str, job: Job) -> Job:
    """The job, with its failures written down and kept away from the other jobs."""

    async def run() -> None:
        try:
            await job()
        except Exception:
            log.exception("job_failed", job=name)

    return run
