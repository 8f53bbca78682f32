"""A process dies anywhere while it tells a rep of a meeting: they are told once, or we are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import NOON
from fakes.fast_database import laid_anew
from fakes.mortal import MortalInbox, MortalMailer
from fakes.virtual_clock import VirtualClock
from mortal_stage import live
from stage import DAY, Stage

from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.engine.handover_offer import offer_next
from sequencer.engine.handover_trouble import TITLE
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.simulation.life import Life
from sequencer.store import meetings, tasks
from sequencer.store.database import Database
from sequencer.store.meetings import Meeting

OMAR = Rep("omar", "Omar", "omar@field.example", ZoneInfo("Europe/Madrid"))
GREY = Outcome(OutcomeKind.DEFERRED, Phase.DOT, 450, "4.2.0", "later")
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT)
PAUSE = timedelta(minutes=31)  # between two rounds of a process: time to try again, and to give up
MOST_STEPS = 100


@pytest.fixture
def stage(fast_engine: Database, sqlite_template: Path) -> Iterator[Stage]:
    """A mailbox that tells one rep of meetings."""
    clock = VirtualClock(NOON)
    inbox = MortalInbox(clock.now)
    mailer = MortalMailer(inbox=inbox)
    with laid_anew(fast_engine, sqlite_template) as database:
        stage = Stage(database, clock=clock, inboxes={"luis": inbox}, mailers={"luis": mailer})
        policy = HandoverPolicy(to=("omar",), mailbox="luis", answer_within=None)
        stage.policy = replace(stage.policy, reps={"omar": OMAR}, handover=policy)
        stage.restart()
        yield stage


def offer(stage: Stage, number: int) -> str:
    """Offer a meeting with somebody new; their address."""
    address = f"p{number}@bank.example"
    stage.bring_in(address)
    meeting = Meeting(
        source="calendly",
        meeting_key=f"m{number}",
        previous_key="",
        state=MeetingState.BOOKED,
        email=address,
        prospect_id=stage.person(address),
        starts_at=NOON + (100 + number) * DAY,
        verified=True,
    )
    meeting = replace(meeting, id=stage.write(meetings.add, meeting, stage.clock.now()))
    assert stage.write(offer_next, stage.desk, meeting, stage.clock.now())
    return address


@pytest.mark.parametrize("outcome", [None, GREY, LOST])
async def test_killed_at_every_step(stage: Stage, outcome: Outcome | None) -> None:
    """Never twice; and where nobody knows whether it has left, a person is to tell the rep."""
    mailer = stage.mailers["luis"]
    await live(stage, Life(), PAUSE)  # from now on the folders have their cursors
    whole = Life()
    offer(stage, 0)
    if outcome is not None:
        mailer.plan(OMAR.address, outcome)
    await live(stage, whole, PAUSE)
    assert 5 < whole.steps < MOST_STEPS
    for death in range(1, whole.steps + 1):
        before = len(mailer.accepted)
        address = offer(stage, death)
        if outcome is not None:
            mailer.plan(OMAR.address, outcome)
        await live(stage, Life(dies_at=death), PAUSE)
        stage.clock.advance(timedelta(minutes=1))
        await live(stage, Life(), PAUSE)
        person = stage.person(address)
        asked = [
            each
            for each in stage.read(tasks.listed)
            if each.title == TITLE and each.prospect_id == person
        ]
        arrived = len(mailer.accepted) - before
        assert arrived <= 1, death
        assert arrived or asked, death
    ids = Counter(message_from_bytes(each.data)["Message-ID"] for each in mailer.accepted)
    assert set(ids.values()) == {1}
