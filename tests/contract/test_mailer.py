"""What every mailer promises, asked of the fake and of the real one against a server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest
from fakes.authority import client_tls
from fakes.fake_mailer import ACCEPTED, FakeMailer
from fakes.smtp_sink import PASSWORD, USERNAME, smtp_sink

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.smtp import SmtpAccount, SmtpLimits, SmtpMailer
from sequencer.engine.ports import Mailer
from sequencer.mail.server import Security, Server
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase

LETTER = Envelope(
    USERNAME, "ann@prospect.example", b"Subject: hello\r\n\r\nGood day\r\n.leading dot\r\n"
)
REFUSALS = {
    "gone": Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "no such user"),
    "busy": Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 450, "4.2.1", "greylisted, try later"),
    "spam": Outcome(OutcomeKind.REJECTED, Phase.DOT, 554, "5.7.1", "not wanted here"),
    "full": Outcome(OutcomeKind.DEFERRED, Phase.DOT, 452, "4.3.1", "no space left"),
}
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, blame=Blame.MAILBOX)


@dataclass(slots=True)
class Bench:
    """A mailer, and what its server has accepted so far."""

    mailer: Mailer
    accepted: Callable[[], list[Envelope]]


@dataclass(slots=True)
class Hand:
    """Says yes or no, and counts how often it was asked."""

    answer: bool = True
    asked: int = 0

    async def __call__(self) -> bool:
        self.asked += 1
        return self.answer


class GripError(Exception):
    """What goes wrong in a hand."""


@pytest.fixture(params=["fake", "smtp"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Each implementation in turn."""
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            fake = FakeMailer()
            for name, outcome in (*REFUSALS.items(), ("cut", LOST)):
                fake.plan(f"{name}@prospect.example", outcome)
            yield Bench(fake, lambda: fake.accepted)
        else:
            sink = await stack.enter_async_context(smtp_sink())
            server = Server("localhost", sink.port, Security.STARTTLS)
            mailer = SmtpMailer(
                SmtpAccount(server, USERNAME, PASSWORD),
                client_tls(),
                SystemClock().boot,
                SmtpLimits(connect_s=5, command_s=5, dot_s=5),
            )
            stack.push_async_callback(mailer.close)
            yield Bench(mailer, lambda: sink.accepted)


def letter_to(name: str) -> Envelope:
    return replace(LETTER, recipient=f"{name}@prospect.example")


async def test_accepted(bench: Bench) -> None:
    """A mail that goes through is accepted once, byte for byte, and the hand is asked once."""
    hand = Hand()
    outcome = await bench.mailer.send(LETTER, hand)
    assert (outcome.kind, outcome.phase, outcome.code) == (ACCEPTED.kind, Phase.DOT, 250)
    assert (bench.accepted(), hand.asked) == ([LETTER], 1)


async def test_hand_comes_before_acceptance(bench: Bench) -> None:
    """While the hand is asked, nothing has been accepted yet."""
    before: list[int] = []

    async def hand() -> bool:
        before.append(len(bench.accepted()))
        return True

    await bench.mailer.send(LETTER, hand)
    assert before == [0]


async def test_withheld(bench: Bench) -> None:
    """A hand that says no keeps the mail back, and the next one goes through."""
    assert (await bench.mailer.send(LETTER, Hand(answer=False))).kind is OutcomeKind.WITHHELD
    assert bench.accepted() == []
    assert (await bench.mailer.send(LETTER, Hand())).kind is OutcomeKind.ACCEPTED
    assert bench.accepted() == [LETTER]


async def test_hand_that_raises(bench: Bench) -> None:
    """What the hand raises reaches the caller, and nothing is accepted."""

    async def hand() -> bool:
        raise GripError

    with pytest.raises(GripError):
        await bench.mailer.send(LETTER, hand)
    assert bench.accepted() == []
    assert (await bench.mailer.send(LETTER, Hand())).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("name", REFUSALS)
async def test_refused(bench: Bench, name: str) -> None:
    """A refusal carries the server's words and codes, nothing is accepted, the next mail goes."""
    hand = Hand()
    assert await bench.mailer.send(letter_to(name), hand) == REFUSALS[name]
    assert bench.accepted() == []
    assert hand.asked == (1 if REFUSALS[name].phase is Phase.DOT else 0)
    assert (await bench.mailer.send(LETTER, Hand())).kind is OutcomeKind.ACCEPTED


async def test_lost_answer(bench: Bench) -> None:
    """A line that breaks after the dot leaves a doubt, and the next mail goes through."""
    outcome = await bench.mailer.send(letter_to("cut"), Hand())
    assert replace(outcome, text="") == LOST
    assert (await bench.mailer.send(LETTER, Hand())).kind is OutcomeKind.ACCEPTED


async def test_close(bench: Bench) -> None:
    """Closing may happen at any time and more than once; sending opens what it needs."""
    await bench.mailer.close()
    await bench.mailer.send(LETTER, Hand())
    await bench.mailer.close()
    await bench.mailer.close()
    assert (await bench.mailer.send(LETTER, Hand())).kind is OutcomeKind.ACCEPTED
    assert len(bench.accepted()) == 2
