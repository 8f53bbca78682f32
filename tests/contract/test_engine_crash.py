import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON
from fakes.mortal import Life, MortalInbox, MortalMailer
from fakes.virtual_clock import VirtualClock
from foreign_mails import a_mail
from stage import Stage, a_loaded

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.send import SendState
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store.database import Database

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
GREY = Outcome(OutcomeKind.DEFERRED, Phase.DOT, 450, "4.2.0", "later")
GONE = Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "no such user")
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT)
TWO_STEPS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "bump", "wait": "30 minutes", "email": "bump.md"},
)
MOST_STEPS = 400  # of a process in these stories; more means that one of them never ends

Story = Callable[[Stage], None]


def accepted(stage: Stage) -> None:
    """Everything goes well."""


def deferred(stage: Stage) -> None:
    stage.mailers["luis"].plan(ZOE, GREY)


def rejected(stage: Stage) -> None:
    stage.mailers["luis"].plan(ZOE, GONE)


def lost(stage: Stage) -> None:
    stage.mailers["luis"].plan(ZOE, LOST)


def lost_before_it_arrived(stage: Stage) -> None:
    stage.mailers["luis"].lost_are_accepted = False
    lost(stage)


def answered(stage: Stage) -> None:
    reply = a_mail(f"From: {ZOE}", "In-Reply-To", text="Please call me tomorrow.")
    stage.inboxes["luis"].deliver(reply)


@pytest.fixture
def new_stage(sqlite_template: Path, tmp_path: Path) -> Callable[[str], Stage]:
    """Makes a stage over a database of its own, whose provider files what it accepts in Sent."""

    def make(name: str) -> Stage:
        path = tmp_path / f"{name}.db"
        shutil.copy(sqlite_template, path)
        clock = VirtualClock(NOON)
        inbox = MortalInbox(clock.now)
        stage = Stage(
            Database(f"sqlite:///{path}"),
            clock=clock,
            inboxes={"luis": inbox},
            mailers={"luis": MortalMailer(inbox=inbox)},
        )
        stage.apply(a_loaded(mailboxes=["luis"], steps=TWO_STEPS))
        stage.bring_in(ZOE, ADA)
        stage.enroll(ZOE, ADA)
        return stage

    return make


async def live(stage: Stage, life: Life) -> None:
    """One process, from its start to its death or until there is nothing to do."""
    stage.restart(life)
    for _ in range(12):
        try:
            await stage.work()
        except BaseException:
            if not life.is_over:
                raise
            return
        if life.is_over:
            return
        stage.clock.advance(timedelta(minutes=10))


async def outlive(stage: Stage, *deaths: int) -> Life:
    """Processes that die after so many steps each, then one that lives to the end."""
    for steps in deaths:
        await live(stage, Life(dies_at=steps))
        stage.clock.advance(timedelta(minutes=1))
    last = Life()
    await live(stage, last)
    await live(stage, last)
    assert last.steps < MOST_STEPS
    return last


def check(stage: Stage, story: Story) -> None:
    """Everybody got each step exactly once, as far as the story lets them get any."""
    counts = Counter((str(mail["To"]), str(mail["Message-ID"])) for mail in all_mails(stage))
    assert set(counts.values()) <= {1}, counts
    findings = stage.verify()
    assert findings.clean, findings.details
    assert [send.state for send in stage.sends(ADA)] == [SendState.SENT] * 2
    ended = stage.enrollment(ZOE).finish_reason
    states = [send.state for send in stage.sends(ZOE)]
    if story is rejected:
        assert (ended, states) == (FinishReason.BOUNCED, [SendState.REJECTED])
    elif story is answered:
        assert ended is FinishReason.REPLIED
        assert SendState.QUEUED not in states
    else:
        assert (ended, states) == (FinishReason.COMPLETED, [SendState.SENT] * 2)


def all_mails(stage: Stage) -> list:
    return [mail for address in (ZOE, ADA) for mail in stage.mails(address)]


@pytest.mark.parametrize(
    "story", [accepted, deferred, rejected, lost, lost_before_it_arrived, answered]
)
async def test_killed_at_every_step(new_stage: Callable[[str], Stage], story: Story) -> None:
    """Wherever a process dies, the next one ends the work, and nobody gets anything twice."""
    whole = new_stage("whole")
    story(whole)
    steps = (await outlive(whole)).steps
    check(whole, story)
    assert steps > 30
    for death in range(1, steps + 1):
        stage = new_stage(f"dies at {death}")
        story(stage)
        await outlive(stage, death)
        check(stage, story)
        stage.database.dispose()


@pytest.mark.parametrize("deaths", [(18, 3), (20, 5, 7), (14, 14, 14), (21, 1, 2, 3, 4), (25, 30)])
async def test_killed_again_and_again(
    new_stage: Callable[[str], Stage], deaths: tuple[int, ...]
) -> None:
    """Nor does a second death while the first is put right do any harm."""
    stage = new_stage("again")
    await outlive(stage, *deaths)
    check(stage, accepted)
