from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON
from fakes.fast_database import laid_anew
from fakes.mortal import MortalInbox, MortalMailer
from fakes.virtual_clock import VirtualClock
from foreign_mails import a_mail
from mortal_stage import live
from stage import Stage, a_loaded

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.send import SendState
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.simulation.life import Life
from sequencer.store.database import Database

GREY = Outcome(OutcomeKind.DEFERRED, Phase.DOT, 450, "4.2.0", "later")
GONE = Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "no such user")
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT)
TWO_STEPS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "bump", "wait": "0 minutes", "email": "bump.md"},
)
PAUSE = timedelta(minutes=16)  # between two rounds of a process: time to settle and to try again
MOST_STEPS = 200  # of a process in these stories; more means that one of them never ends

Story = Callable[[Stage, str], None]


def accepted(stage: Stage, address: str) -> None:
    """Everything goes well."""


def deferred(stage: Stage, address: str) -> None:
    stage.mailers["luis"].plan(address, GREY)


def rejected(stage: Stage, address: str) -> None:
    stage.mailers["luis"].plan(address, *[GONE] * 3)  # whoever asks again is told so again


def lost(stage: Stage, address: str) -> None:
    stage.mailers["luis"].lost_are_accepted = True
    stage.mailers["luis"].plan(address, LOST)


def lost_before_it_arrived(stage: Stage, address: str) -> None:
    lost(stage, address)
    stage.mailers["luis"].lost_are_accepted = False


def answered(stage: Stage, address: str) -> None:
    reply = a_mail(f"From: {address}", "In-Reply-To", text="Please call me tomorrow.")
    stage.inboxes["luis"].deliver(reply)


STORIES = (accepted, deferred, rejected, lost, lost_before_it_arrived, answered)
ENDS: dict[Story, tuple[FinishReason, list[SendState]]] = {
    rejected: (FinishReason.BOUNCED, [SendState.REJECTED]),
    answered: (FinishReason.REPLIED, [SendState.CANCELLED]),
}
WHOLE = (FinishReason.COMPLETED, [SendState.SENT] * 2)


@pytest.fixture
def stage(fast_engine: Database, sqlite_template: Path) -> Iterator[Stage]:
    """A stage whose provider files what it accepts in Sent."""
    clock = VirtualClock(NOON)
    inbox = MortalInbox(clock.now)
    mailer = MortalMailer(inbox=inbox)
    with laid_anew(fast_engine, sqlite_template) as database:
        stage = Stage(database, clock=clock, inboxes={"luis": inbox}, mailers={"luis": mailer})
        stage.apply(a_loaded(mailboxes=["luis"], steps=TWO_STEPS))
        yield stage


async def outlive(stage: Stage, story: Story, *deaths: int) -> int:
    """Steps of a process that lives to the end, after some that died after so many steps each."""
    address = f"dies-at-{'-'.join(map(str, deaths))}@bank.example"
    stage.bring_in(address)
    stage.enroll(address)
    story(stage, address)
    for steps in deaths:
        await live(stage, Life(dies_at=steps), PAUSE)
        stage.clock.advance(timedelta(minutes=1))
    last = Life()
    await live(stage, last, PAUSE)
    assert last.steps < MOST_STEPS
    states = [send.state for send in stage.sends(address)]
    assert (stage.enrollment(address).finish_reason, states) == ENDS.get(story, WHOLE), deaths
    return last.steps


def check(stage: Stage) -> None:
    """Nobody got anything twice, by the record of the server, and the ledger is in order."""
    counts = Counter(each.message_id for each in stage.recorded())
    assert set(counts.values()) <= {1}, counts
    findings = stage.verify()
    assert findings.clean, findings.details


@pytest.mark.parametrize("story", STORIES)
async def test_killed_at_every_step(stage: Stage, story: Story) -> None:
    """Wherever a process dies, the next one ends the work, and nobody gets anything twice."""
    await outlive(stage, accepted, 1)  # from now on the folders have their cursors
    steps = await outlive(stage, story)
    assert steps > 10
    for death in range(1, steps + 1):
        await outlive(stage, story, 0, death)
    check(stage)


@pytest.mark.parametrize("deaths", [(18, 3), (20, 5, 7), (14, 14, 14), (21, 1, 2, 3, 4), (25, 30)])
async def test_killed_again_and_again(stage: Stage, deaths: tuple[int, ...]) -> None:
    """Nor does a second death while the first is put right do any harm."""
    await outlive(stage, accepted, 1)  # from now on Sent has what absence can be judged by
    await outlive(stage, accepted, *deaths)
    check(stage)
