"""Domain values for tests: valid by default, so that a test names only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sequencer.domain.cadence import Cadence, Schedule, Step, StepKind, Version
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.pacing import Limits, Traffic
from sequencer.domain.prospect import Prospect
from sequencer.domain.standing import Moment, Standing
from sequencer.domain.timing import Timing, plain_timing
from sequencer.domain.window import Block, Window

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday, inside office hours in Berlin (13:00)
OFFICE = (Block(8 * 60 + 30, 11 * 60 + 30), Block(13 * 60, 17 * 60))
TEMPLATES = {
    "intro.md": "---\nsubject: A question about {{ company }}\n---\nHello {{ first_name }},\n",
    "bump.md": "Hello {{ first_name }}, did you see my mail?\n",
    "last-mail.md": "---\nsubject: Closing the file\n---\nGoodbye {{ first_name }}.\n",
}


def a_window(**changes: Any) -> Window:
    """Office hours from Monday to Friday."""
    return replace(Window(days=(OFFICE,) * 5 + ((),) * 2), **changes)


def a_timing(**changes: Any) -> Timing:
    """Office hours in Berlin, without jitter; business days are counted in the zone given."""
    return replace(plain_timing(a_window(), changes.get("tz", BERLIN)), **changes)


def a_step(**changes: Any) -> Step:
    """A first mail, due at once."""
    return replace(Step("intro", Delay(0, Unit.MINUTES), StepKind.EMAIL, "intro.md"), **changes)


def a_cadence(**changes: Any) -> Cadence:
    """Three mails, three and five business days apart."""
    cadence = Cadence(
        slug="fintech-intro",
        title="First contact with finance leads",
        schedule=Schedule(a_window()),
        mailboxes=("ana",),
        steps=(
            a_step(),
            a_step(id="bump", wait=Delay(3, Unit.BUSINESS_DAYS), template="bump.md"),
            a_step(id="last-mail", wait=Delay(5, Unit.BUSINESS_DAYS), template="last-mail.md"),
        ),
    )
    return replace(cadence, **changes)


def a_version(**changes: Any) -> Version:
    """The cadence as applied, with its templates."""
    return replace(Version(hash="c0ffee", cadence=a_cadence(), templates=TEMPLATES), **changes)


def a_prospect(**changes: Any) -> Prospect:
    """Somebody in Berlin who has every field that the templates name."""
    prospect = Prospect(
        email="zoe@bank.example",
        first_name="Zoë",
        last_name="Marin",
        company="Bank Example",
        timezone="Europe/Berlin",
        country="DE",
    )
    return replace(prospect, **changes)


def an_enrollment(**changes: Any) -> Enrollment:
    """An enrollment that runs, before its first mail."""
    return replace(
        Enrollment(key="k1", state=EnrollmentState.ACTIVE, step="intro", mailbox="ana"), **changes
    )


def a_standing(**changes: Any) -> Standing:
    """Somebody whom nothing keeps from entering a cadence, nor from hearing from it."""
    standing = Standing(now=NOON, prospect=a_prospect(), mailboxes=("ana",))
    return replace(standing, **changes)


def a_moment(**changes: Any) -> Moment:
    """A moment at which everything allows a mail."""
    moment = Moment(
        now=NOON,
        enrollment=an_enrollment(),
        timing=a_timing(),
        mailbox="ana",
        health=MailboxHealth(synced_at=NOON - timedelta(seconds=30)),
        limits=Limits(),
        traffic=Traffic(),
        freshness=timedelta(seconds=120),
    )
    return replace(moment, **changes)
