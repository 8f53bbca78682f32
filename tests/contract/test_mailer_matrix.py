"""Every way in which a server can fail, at every phase, and what becomes of the mail then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fakes.authority import client_tls
from fakes.rude_smtp import Mishap, RudeServer, Then, rude_server

from sequencer.adapters.smtp import SmtpAccount, SmtpLimits, SmtpMailer
from sequencer.mail.server import Security, Server
from sequencer.mail.transaction import Blame, Envelope, OutcomeKind, Phase

LETTER = Envelope("rep@sender.example", "ann@prospect.example", b"Subject: x\r\n\r\nhello\r\n")
QUICK = SmtpLimits(connect_s=0.2, command_s=0.2, body_s=0.2, dot_s=0.2, quit_s=0.2)
CLOSE, RESET, STALL = (Mishap(then=then) for then in (Then.CLOSE, Then.RESET, Then.STALL))
GARBAGE = Mishap("what do you want")

DEFERRED, REJECTED, UNKNOWN = OutcomeKind.DEFERRED, OutcomeKind.REJECTED, OutcomeKind.UNKNOWN
RECIPIENT, MAILBOX, SIGN_IN = Blame.RECIPIENT, Blame.MAILBOX, Blame.SIGN_IN
MATRIX = [
    ("connect", Mishap("421 4.3.2 later", Then.CLOSE), DEFERRED, Phase.CONNECT, 421, MAILBOX),
    ("connect", Mishap("554 5.7.1 no", Then.CLOSE), DEFERRED, Phase.CONNECT, 554, MAILBOX),
    ("connect", CLOSE, DEFERRED, Phase.CONNECT, None, MAILBOX),
    ("connect", RESET, DEFERRED, Phase.CONNECT, None, MAILBOX),
    ("connect", STALL, DEFERRED, Phase.CONNECT, None, MAILBOX),
    ("connect", GARBAGE, DEFERRED, Phase.CONNECT, None, MAILBOX),
    ("ehlo", CLOSE, DEFERRED, Phase.CONNECT, None, MAILBOX),
    ("ehlo", STALL, DEFERRED, Phase.CONNECT, None, MAILBOX),
    ("ehlo", Mishap("550 5.7.1 bad name"), DEFERRED, Phase.CONNECT, 550, MAILBOX),
    ("mail", CLOSE, DEFERRED, Phase.MAIL, None, MAILBOX),
    ("mail", STALL, DEFERRED, Phase.MAIL, None, MAILBOX),
    ("mail", GARBAGE, DEFERRED, Phase.MAIL, None, MAILBOX),
    ("mail", Mishap("421 4.7.0 slow", Then.CLOSE), DEFERRED, Phase.MAIL, 421, MAILBOX),
    ("mail", Mishap("451 4.3.0 try later"), DEFERRED, Phase.MAIL, 451, MAILBOX),
    ("mail", Mishap("550 5.1.8 bad sender"), DEFERRED, Phase.MAIL, 550, MAILBOX),
    ("mail", Mishap("530 5.7.0 sign in first"), DEFERRED, Phase.MAIL, 530, SIGN_IN),
    ("mail", Mishap("550 5.7.30 no passwords"), DEFERRED, Phase.MAIL, 550, SIGN_IN),
    ("rcpt", CLOSE, DEFERRED, Phase.RCPT, None, MAILBOX),
    ("rcpt", RESET, DEFERRED, Phase.RCPT, None, MAILBOX),
    ("rcpt", STALL, DEFERRED, Phase.RCPT, None, MAILBOX),
    ("rcpt", GARBAGE, DEFERRED, Phase.RCPT, None, MAILBOX),
    ("rcpt", Mishap("450 4.2.1 greylisted"), DEFERRED, Phase.RCPT, 450, RECIPIENT),
    ("rcpt", Mishap("421 4.3.0 bye", Then.CLOSE), DEFERRED, Phase.RCPT, 421, RECIPIENT),
    ("rcpt", Mishap("550 5.1.1 unknown"), REJECTED, Phase.RCPT, 550, RECIPIENT),
    ("rcpt", Mishap("999 eh"), DEFERRED, Phase.RCPT, None, MAILBOX),
    ("data", CLOSE, DEFERRED, Phase.DATA, None, MAILBOX),
    ("data", STALL, DEFERRED, Phase.DATA, None, MAILBOX),
    ("data", GARBAGE, DEFERRED, Phase.DATA, None, MAILBOX),
    ("data", Mishap("451 4.3.0 try later"), DEFERRED, Phase.DATA, 451, RECIPIENT),
    ("data", Mishap("554 5.5.1 no"), REJECTED, Phase.DATA, 554, RECIPIENT),
    ("data", Mishap("250 fine"), DEFERRED, Phase.DATA, None, MAILBOX),
    ("dot", Mishap("452 4.3.1 disk full"), DEFERRED, Phase.DOT, 452, RECIPIENT),
    ("dot", Mishap("421 4.7.28 rate", Then.CLOSE), DEFERRED, Phase.DOT, 421, RECIPIENT),
    ("dot", Mishap("552 5.3.4 too big"), REJECTED, Phase.DOT, 552, RECIPIENT),
    ("dot", Mishap("550 5.4.5 daily limit"), DEFERRED, Phase.DOT, 550, MAILBOX),
    ("dot", CLOSE, UNKNOWN, Phase.DOT, None, MAILBOX),
    ("dot", RESET, UNKNOWN, Phase.DOT, None, MAILBOX),
    ("dot", STALL, UNKNOWN, Phase.DOT, None, MAILBOX),
    ("dot", GARBAGE, UNKNOWN, Phase.DOT, None, MAILBOX),
    ("dot", Mishap("354 go on"), UNKNOWN, Phase.DOT, None, MAILBOX),
]


async def yes() -> bool:
    return True


class Boot:
    """A boot clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def mailer_at(
    rude: RudeServer, boot: Callable[[], float] = float, limits: SmtpLimits = QUICK
) -> AsyncIterator[SmtpMailer]:
    """A mailer for that server, closed at the end."""
    server = Server("127.0.0.1", rude.port, Security.PLAIN)
    mailer = SmtpMailer(SmtpAccount(server), client_tls(), boot, limits)
    try:
        yield mailer
    finally:
        await mailer.close()


@pytest.mark.parametrize(("phase", "mishap", "kind", "ended", "code", "blame"), MATRIX)
async def test_matrix(
    phase: str, mishap: Mishap, kind: OutcomeKind, ended: Phase, code: int | None, blame: Blame
) -> None:
    """Each mishap has its outcome; only after the dot is there a doubt; the next mail goes."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script[phase] = mishap
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.phase, outcome.code, outcome.blame) == (
            kind,
            ended,
            code,
            blame,
        )
        assert len(rude.accepted) == (kind is UNKNOWN)
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED


async def test_cut_in_the_body() -> None:
    """A line that breaks while the body is written leaves no doubt, and no hand is asked."""
    big = replace(LETTER, data=b"Subject: x\r\n\r\n" + b"0123456789" * 90 + b"\r\n")
    big = replace(big, data=big.data + b"x" * 70 + b"\r\n" + (b"y" * 900 + b"\r\n") * 20_000)
    asked: list[bool] = []

    async def hand() -> bool:
        asked.append(True)
        return True

    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script["body"] = RESET
        outcome = await mailer.send(big, hand)
        assert (outcome.kind, outcome.phase) == (DEFERRED, Phase.BODY)
        assert (asked, rude.accepted, len(rude.broken_off)) == ([], [], 1)


async def test_server_that_does_not_read() -> None:
    """A server that stops reading in the body is given up, without a doubt."""
    huge = replace(LETTER, data=b"Subject: x\r\n\r\n" + (b"y" * 900 + b"\r\n") * 40_000)
    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script["data"] = Mishap("354 go on")
        rude.script["body"] = Mishap(then=Then.IGNORE)
        outcome = await mailer.send(huge, yes)
        assert (outcome.kind, outcome.phase) == (DEFERRED, Phase.BODY)
        rude.ignored.set()


@pytest.mark.parametrize("lost", [CLOSE, RESET])
async def test_cut_while_the_hand_is_asked(lost: Mishap) -> None:
    """A line that breaks between the body and the dot leaves no doubt: no dot was written."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script["body"] = lost

        async def hand() -> bool:
            async with asyncio.timeout(5):
                await rude.idle.wait()
                await rude.round_trip()
            return True

        outcome = await mailer.send(LETTER, hand)
        assert (outcome.kind, outcome.phase, rude.accepted) == (DEFERRED, Phase.BODY, [])


async def test_withheld_mail_never_arrives() -> None:
    """When the hand says no, the server sees a body without its dot, and then the end."""
    async with rude_server() as rude, mailer_at(rude) as mailer:

        async def no() -> bool:
            return False

        assert (await mailer.send(LETTER, no)).kind is OutcomeKind.WITHHELD
        async with asyncio.timeout(5):
            await rude.idle.wait()
        assert (rude.accepted, len(rude.broken_off)) == ([], 1)
        assert LETTER.data.startswith(rude.broken_off[0])


@pytest.mark.parametrize("phase", ["ehlo", "mail", "rcpt", "data", "dot"])
async def test_cancelled(phase: str) -> None:
    """A cancellation goes through, and the connection it cut in two is not used again."""
    patient = replace(QUICK, connect_s=30, command_s=30, dot_s=30)
    async with rude_server() as rude, mailer_at(rude, limits=patient) as mailer:
        rude.script[phase] = STALL
        task = asyncio.create_task(mailer.send(LETTER, yes))
        async with asyncio.timeout(5):
            await rude.stalled.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.connections == 2


@pytest.mark.parametrize("mishap", [CLOSE, STALL, Mishap("500 never"), GARBAGE])
async def test_quit_changes_nothing(mishap: Mishap) -> None:
    """However badly a server says goodbye, what it accepted stays accepted."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script["quit"] = mishap
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        await mailer.close()
        assert len(rude.accepted) == 1


async def test_refusal_keeps_the_connection() -> None:
    """After a refused recipient the transaction is reset and the connection serves on."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script["rcpt"] = Mishap("550 5.1.1 unknown")
        await mailer.send(LETTER, yes)
        rude.script.clear()
        await mailer.send(LETTER, yes)
        assert (rude.connections, rude.commands.count("RSET")) == (1, 1)


async def test_failed_reset_ends_the_connection() -> None:
    """A server that cannot reset gets a new connection, and the refusal stands."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        rude.script |= {"rcpt": Mishap("550 5.1.1 unknown"), "rset": CLOSE}
        assert (await mailer.send(LETTER, yes)).kind is REJECTED
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.connections == 2


async def test_kept_for_a_minute() -> None:
    """A connection serves again within its idle time, and not after it."""
    boot = Boot()
    async with rude_server() as rude, mailer_at(rude, boot) as mailer:
        for seconds in (0.0, 59.0, 118.0, 178.0):
            boot.seconds = seconds
            await mailer.send(LETTER, yes)
        assert (rude.connections, len(rude.accepted)) == (2, 4)
        assert "QUIT" in rude.commands


async def test_kept_for_so_many_mails() -> None:
    """A connection is given up after its number of mails."""
    limits = replace(QUICK, keep_mails=2)
    async with rude_server() as rude, mailer_at(rude, limits=limits) as mailer:
        for _ in range(5):
            await mailer.send(LETTER, yes)
        assert (rude.connections, len(rude.accepted)) == (3, 5)


@pytest.mark.parametrize("mishap", [CLOSE, RESET, STALL])
async def test_stale_connection(mishap: Mishap) -> None:
    """A kept connection that turns out to be dead at MAIL is replaced without a word."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        await mailer.send(LETTER, yes)
        rude.script["mail"] = mishap
        rude.mishaps_left = 1
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert (rude.connections, len(rude.accepted)) == (2, 2)


async def test_one_transaction_at_a_time() -> None:
    """Mails sent at the same time wait for each other on the one connection."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
        outcomes = await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(5)))
        assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
        assert (rude.connections, len(rude.accepted)) == (1, 5)


async def test_nobody_listens() -> None:
    """A port where nobody listens is the mailbox's trouble."""
    async with rude_server() as rude:
        pass
    async with mailer_at(rude) as mailer:
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.phase, outcome.blame) == (DEFERRED, Phase.CONNECT, MAILBOX)
