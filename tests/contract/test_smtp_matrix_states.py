"""Every way in which a server can fail, and the state of the database after it."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fakes.authority import expired_tls, self_signed_tls, server_tls
from fakes.quick_mailer import mailer_at
from fakes.rude_smtp import Mishap, RudeServer, Then, rude_server
from stage import Stage

from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendState
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door
from sequencer.mail.server import Security
from sequencer.simulation.life import Life, MortalWorld

ZOE, ADA = "zoe@bank.example", "ada@firm.example"
CLOSE, RESET, STALL = (Mishap(then=then) for then in (Then.CLOSE, Then.RESET, Then.STALL))
DRIP, GARBAGE = Mishap(then=Then.DRIP), Mishap("what do you want")
LOST = (CLOSE, RESET, STALL, DRIP, GARBAGE)
ACCEPTED = Mishap(f"250-2.0.0 {'x' * 2_000}\r\n250 2.0.0 queued")


@dataclass(frozen=True)
class After:
    """What is stored after a mishap.

    Attributes:
        ended: why the enrollment has ended, None where it goes on.
        suppressed: whether the address is on the list.
        tries: how many tries were used up.
    """

    send: SendState
    mailbox: MailboxState = MailboxState.OK
    ended: FinishReason | None = None
    suppressed: bool = False
    tries: int = 1


_DEFERRED, _REJECTED = SendState.DEFERRED, SendState.REJECTED
FAILING = After(_DEFERRED, MailboxState.FAILING, tries=0)
THROTTLED = After(_DEFERRED, MailboxState.THROTTLED, tries=0)
SIGN_IN = After(_DEFERRED, MailboxState.NEEDS_SIGN_IN, tries=0)
LATER = After(_DEFERRED)
LATER_AND_REST = After(_DEFERRED, MailboxState.THROTTLED)
DEAD = After(_REJECTED, ended=FinishReason.BOUNCED, suppressed=True)
LET_GO = After(_REJECTED, ended=FinishReason.BOUNCED)
FAILED = After(_REJECTED, ended=FinishReason.FAILED)
DOUBT = After(SendState.UNKNOWN, MailboxState.FAILING)
SENT = After(SendState.SENT)

MATRIX = [
    ("connect", Mishap("421 4.3.2 later", Then.CLOSE), THROTTLED),
    ("connect", Mishap("554 5.7.1 no", Then.CLOSE), FAILING),
    *(("connect", each, FAILING) for each in LOST),
    *(("ehlo", each, FAILING) for each in LOST),
    ("ehlo", Mishap("550 5.7.1 bad name"), FAILING),
    *(("auth", each, FAILING) for each in LOST),
    ("auth", Mishap("535 5.7.8 wrong"), SIGN_IN),
    ("auth", Mishap("535 5.7.139 basic authentication is disabled"), SIGN_IN),
    ("auth", Mishap("454 4.7.0 temporary"), THROTTLED),
    *((phase, each, FAILING) for phase in ("mail", "rcpt", "data") for each in LOST),
    ("mail", Mishap("421 4.7.0 slow", Then.CLOSE), THROTTLED),
    ("mail", Mishap("432 4.3.2 concurrent connections limit exceeded"), THROTTLED),
    ("mail", Mishap("451 4.3.0 try later"), THROTTLED),
    ("mail", Mishap("550 5.1.8 bad outbound sender"), FAILING),
    ("mail", Mishap("550 5.4.5 daily user sending limit exceeded"), THROTTLED),
    ("mail", Mishap("530 5.7.0 sign in first"), SIGN_IN),
    ("mail", Mishap("552 5.3.4 too big"), FAILED),
    ("rcpt", Mishap("450 4.2.0 greylisted"), LATER),
    ("rcpt", Mishap("451 4.7.1 try again later"), LATER),
    ("rcpt", Mishap("450 4.2.1 receiving email too quickly"), LATER),
    ("rcpt", Mishap("550 5.2.1 receiving email at a rate that prevents delivery"), LATER),
    ("rcpt", Mishap("452 4.2.2 mailbox full"), LATER),
    ("rcpt", Mishap("450 5.1.1 contradicts itself"), LATER),
    ("rcpt", Mishap("421 4.7.28 rate", Then.CLOSE), LATER_AND_REST),
    ("rcpt", Mishap("550 5.1.1 unknown"), DEAD),
    ("rcpt", Mishap("550-5.1.1 un\r\n550 5.1.1 known"), DEAD),
    ("rcpt", Mishap(f"550 5.1.1 {'x' * 2_000}"), DEAD),
    ("rcpt", Mishap("550 5.1.2 domain not found"), DEAD),
    ("rcpt", Mishap("550 5.7.1 RESOLVER.RST.AuthenticationRequired"), LET_GO),
    ("rcpt", Mishap("550 5.7.1 relaying denied"), SIGN_IN),
    ("rcpt", Mishap("550 5.4.5 daily user sending limit exceeded"), THROTTLED),
    ("rcpt", Mishap("552 5.2.2 mailbox full"), FAILED),
    ("data", Mishap("451 4.3.0 try later"), LATER),
    ("data", Mishap("550 5.7.26 unauthenticated"), LATER_AND_REST),
    ("data", Mishap("550 5.1.1 unknown"), DEAD),
    ("dot", Mishap("452 4.3.1 disk full"), LATER),
    ("dot", Mishap("421 4.7.28 rate", Then.CLOSE), LATER_AND_REST),
    ("dot", Mishap("421 4.7.0 very low reputation of the sending domain"), LATER_AND_REST),
    ("dot", Mishap("552 5.3.4 too big"), FAILED),
    ("dot", Mishap("552 message size exceeds the limit"), FAILED),
    ("dot", Mishap("554 5.6.0 bad content"), FAILED),
    ("dot", Mishap("554 5.7.1 looks like spam"), LATER_AND_REST),
    ("dot", Mishap("550 5.1.1 unknown"), DEAD),
    ("dot", Mishap("550 5.7.232 tenant external recipient rate"), THROTTLED),
    *(("dot", each, DOUBT) for each in (*LOST, Mishap("354 go on"))),
    ("dot", ACCEPTED, SENT),
    *(("quit", each, SENT) for each in (CLOSE, STALL, Mishap("500 never"), GARBAGE)),
]


@asynccontextmanager
async def at_work(
    stage: Stage,
    *extensions: str,
    security: Security = Security.PLAIN,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[RudeServer]:
    """A server for Ana's mailbox, and a daemon that is connected to it."""
    offered = ("AUTH PLAIN", *extensions)
    signs_in = ("rep@seller.example", "password")
    boot = stage.clock.boot
    async with (
        rude_server(extensions=offered, tls=tls) as rude,
        mailer_at(rude.port, boot, signs_in=signs_in, security=security) as mailer,
    ):
        doors = {**stage.world.doors, "ana": Door(mailer, stage.inboxes["ana"])}
        stage.world = MortalWorld(stage.database, stage.clock, stage.desk, doors, life=Life())
        stage.runner = Runner(stage.world, "a daemon", {})
        yield rude


def stored(stage: Stage, address: str) -> After:
    """What is stored of somebody's first mail and of Ana's mailbox."""
    [send] = stage.sends(address)[:1]
    enrollment = stage.enrollment(address)
    return After(
        send.state,
        stage.health().state,
        enrollment.finish_reason,
        "suppressed" in stage.timeline(address),
        send.tries,
    )


# Where commands are said together, their answers come together.
PIPELINED = [row for row in MATRIX if row[0] in {"mail", "rcpt", "data"}]


@pytest.mark.parametrize(
    ("phase", "mishap", "after", "extensions"),
    [*((*row, ()) for row in MATRIX), *((*row, ("PIPELINING",)) for row in PIPELINED)],
)
async def test_states(
    stage: Stage, phase: str, mishap: Mishap, after: After, extensions: tuple[str, ...]
) -> None:
    """The mail, its mailbox and its person are in the state of the table, and nobody else is."""
    stage.begin(ZOE, ADA)
    async with at_work(stage, *extensions) as rude:
        rude.script[phase], rude.mishaps_left = mishap, 1
        await stage.work()
        if phase == "quit":
            await stage.world.close()
        assert stored(stage, ZOE) == after
        rude.script.clear()
        for _ in range(3):
            await stage.work(timedelta(hours=1, minutes=2))
        assert stored(stage, ADA) == SENT
    left = sum(ZOE.encode() in mail for mail in rude.accepted)
    assert left == (after.ended is None)


async def test_one_of_many(stage: Stage) -> None:
    """An address that is refused for good takes none of the others with it."""
    others = [f"p{number}@firm{number}.example" for number in range(6)]
    stage.begin(*others[:3], ZOE, *others[3:])
    async with at_work(stage) as rude:
        rude.refuses = {ZOE: "550 5.1.1 unknown"}
        await stage.work()
        assert stored(stage, ZOE) == DEAD
        assert {stored(stage, each) for each in others} == {SENT}
        assert len(rude.accepted) == 6
        assert rude.connections <= 2


UNSAFE: dict[str, Callable[[], ssl.SSLContext]] = {
    "name": lambda: server_tls("other.example"),
    "time": expired_tls,
    "self-signed": self_signed_tls,
}


@pytest.mark.parametrize("fault", UNSAFE)
async def test_no_safe_line(stage: Stage, fault: str) -> None:
    """A server whose certificate is not good hears neither the password nor a mail."""
    stage.begin(ZOE)
    async with at_work(stage, security=Security.STARTTLS, tls=UNSAFE[fault]()) as rude:
        await stage.work()
        assert stored(stage, ZOE) == FAILING
        assert "certificate" in stage.health().reason.lower()
        assert not any(command.startswith(("AUTH", "MAIL")) for command in rude.commands)


async def test_no_line_in_the_clear(stage: Stage) -> None:
    """A server that offers no STARTTLS is no server of ours, and the mail waits."""
    stage.begin(ZOE)
    async with at_work(stage, security=Security.STARTTLS) as rude:
        await stage.work()
        assert stored(stage, ZOE) == FAILING
        assert rude.commands == ["EHLO [127.0.0.1]"]


async def test_a_server_of_small_mails(stage: Stage) -> None:
    """A mail above the server's limit fails alone, before a word of it was said."""
    stage.begin(ZOE)
    async with at_work(stage, "SIZE 10") as rude:
        await stage.work()
        assert stored(stage, ZOE) == FAILED
        assert not any(command.startswith("MAIL") for command in rude.commands)


async def test_an_address_that_is_not_ascii(stage: Stage) -> None:
    """Whether a server takes it or not, a person decides about it, and nobody calls it dead."""
    stage.begin("jürgen@firm.example")
    async with at_work(stage) as rude:
        rude.extensions = ("AUTH PLAIN",)
        await stage.work()
        assert stage.enrollment("jürgen@firm.example").pause_reason is PauseReason.REVIEW
        assert "suppressed" not in stage.timeline("jürgen@firm.example")
        assert not any(command.startswith("MAIL") for command in rude.commands)
