"""Every way in which a server can fail, at every phase, and what becomes of the mail then."""

import asyncio
from dataclasses import replace

import pytest
from fakes.quick_mailer import LETTER, PATIENT, mailer_at, yes
from fakes.rude_smtp import Mishap, Then, rude_server

from sequencer.mail.transaction import Blame, OutcomeKind, Phase

CLOSE, RESET, STALL = (Mishap(then=then) for then in (Then.CLOSE, Then.RESET, Then.STALL))
DRIP, FLOOD = Mishap(then=Then.DRIP), Mishap(then=Then.FLOOD)
GARBAGE = Mishap("what do you want")
TWO_CODES = Mishap("250-fine\r\n550 or rather not")
LONG = "x" * 2_000

ACCEPTED, DEFERRED, REJECTED, UNKNOWN, _ = OutcomeKind
RECIPIENT, MAILBOX, SIGN_IN = Blame.RECIPIENT, Blame.MAILBOX, Blame.SIGN_IN
MATRIX = [
    ("connect", Mishap("421 4.3.2 later", Then.CLOSE), DEFERRED, Phase.CONNECT, 421, MAILBOX),
    ("connect", Mishap("554 5.7.1 no", Then.CLOSE), DEFERRED, Phase.CONNECT, 554, MAILBOX),
    *(
        ("connect", each, DEFERRED, Phase.CONNECT, None, MAILBOX)
        for each in (CLOSE, RESET, STALL, DRIP, GARBAGE)
    ),
    *(
        ("ehlo", each, DEFERRED, Phase.CONNECT, None, MAILBOX)
        for each in (CLOSE, RESET, STALL, DRIP, GARBAGE)
    ),
    ("ehlo", Mishap("550 5.7.1 bad name"), DEFERRED, Phase.CONNECT, 550, MAILBOX),
    *(
        (phase.value, each, DEFERRED, phase, None, MAILBOX)
        for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA)
        for each in (CLOSE, RESET, STALL, DRIP, FLOOD, GARBAGE, TWO_CODES, Mishap("999 eh"))
    ),
    ("mail", Mishap("421 4.7.0 slow", Then.CLOSE), DEFERRED, Phase.MAIL, 421, MAILBOX),
    ("mail", Mishap("451 4.3.0 try later"), DEFERRED, Phase.MAIL, 451, MAILBOX),
    ("mail", Mishap("550 5.1.8 bad sender"), DEFERRED, Phase.MAIL, 550, MAILBOX),
    ("mail", Mishap("530 5.7.0 sign in first"), DEFERRED, Phase.MAIL, 530, SIGN_IN),
    ("mail", Mishap("550 5.7.30 no passwords"), DEFERRED, Phase.MAIL, 550, SIGN_IN),
    ("mail", Mishap("552 5.3.4 too big"), REJECTED, Phase.MAIL, 552, RECIPIENT),
    ("rcpt", Mishap("450 4.2.1 greylisted"), DEFERRED, Phase.RCPT, 450, RECIPIENT),
    ("rcpt", Mishap("421 4.3.0 bye", Then.CLOSE), DEFERRED, Phase.RCPT, 421, RECIPIENT),
    ("rcpt", Mishap("550 5.1.1 unknown"), REJECTED, Phase.RCPT, 550, RECIPIENT),
    ("rcpt", Mishap("550-5.1.1 un\r\n550 5.1.1 known"), REJECTED, Phase.RCPT, 550, RECIPIENT),
    ("rcpt", Mishap(f"550 5.1.1 {LONG}"), REJECTED, Phase.RCPT, 550, RECIPIENT),
    ("rcpt", Mishap("450 5.1.1 both"), DEFERRED, Phase.RCPT, 450, RECIPIENT),
    ("rcpt", Mishap("550 4.2.1 both"), REJECTED, Phase.RCPT, 550, RECIPIENT),
    ("rcpt", Mishap("550 5.7.1 relaying denied"), DEFERRED, Phase.RCPT, 550, SIGN_IN),
    ("data", Mishap("451 4.3.0 try later"), DEFERRED, Phase.DATA, 451, RECIPIENT),
    ("data", Mishap("554 5.5.1 no"), REJECTED, Phase.DATA, 554, RECIPIENT),
    ("data", Mishap("250 fine"), DEFERRED, Phase.DATA, None, MAILBOX),
    ("dot", Mishap("452 4.3.1 disk full"), DEFERRED, Phase.DOT, 452, RECIPIENT),
    ("dot", Mishap("421 4.7.28 rate", Then.CLOSE), DEFERRED, Phase.DOT, 421, RECIPIENT),
    ("dot", Mishap("552 5.3.4 too big"), REJECTED, Phase.DOT, 552, RECIPIENT),
    ("dot", Mishap(f"554-5.7.1 {LONG}\r\n554 5.7.1 no"), REJECTED, Phase.DOT, 554, RECIPIENT),
    ("dot", Mishap("550 5.4.5 daily limit"), DEFERRED, Phase.DOT, 550, MAILBOX),
    *(
        ("dot", each, UNKNOWN, Phase.DOT, None, MAILBOX)
        for each in (CLOSE, RESET, STALL, DRIP, FLOOD, GARBAGE, TWO_CODES, Mishap("354 go on"))
    ),
    ("dot", Mishap(f"250-{LONG}\r\n250-\r\n250 done"), ACCEPTED, Phase.DOT, 250, RECIPIENT),
]
PIPELINING = [(), ("PIPELINING",)]
SOON = 0.2  # the time that the phase under test has, and no other
IMPATIENT = {
    "connect": replace(PATIENT, connect_s=SOON),
    "ehlo": replace(PATIENT, connect_s=SOON),
    "dot": replace(PATIENT, dot_s=SOON),
}


@pytest.mark.parametrize("extensions", PIPELINING)
@pytest.mark.parametrize(("phase", "mishap", "expected"), [(*row[:2], row[2:]) for row in MATRIX])
async def test_matrix(
    phase: str, mishap: Mishap, expected: tuple[object, ...], extensions: tuple[str, ...]
) -> None:
    """Each mishap has its outcome; only after the dot is there a doubt; the next mail goes."""
    limits = IMPATIENT.get(phase, replace(PATIENT, command_s=SOON))
    async with (
        rude_server(extensions=extensions) as rude,
        mailer_at(rude.port, limits=limits) as mailer,
    ):
        rude.script[phase] = mishap
        async with asyncio.timeout(10):
            outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.phase, outcome.code, outcome.blame) == expected
        assert len(rude.accepted) == (outcome.kind in {UNKNOWN, ACCEPTED})
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.flooded < 10_000_000


async def test_cut_in_the_body() -> None:
    """A line that breaks while the body is written leaves no doubt, and no hand is asked."""
    big = replace(LETTER, data=b"Subject: x\r\n\r\n" + b"0123456789" * 90 + b"\r\n")
    big = replace(big, data=big.data + b"x" * 70 + b"\r\n" + (b"y" * 900 + b"\r\n") * 20_000)
    asked: list[bool] = []

    async def hand() -> bool:
        asked.append(True)
        return True

    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script["body"] = RESET
        outcome = await mailer.send(big, hand)
        assert (outcome.kind, outcome.phase) == (DEFERRED, Phase.BODY)
        assert (asked, rude.accepted, len(rude.broken_off)) == ([], [], 1)


async def test_server_that_does_not_read() -> None:
    """A server that stops reading in the body is given up, without a doubt."""
    huge = replace(LETTER, data=b"Subject: x\r\n\r\n" + (b"y" * 900 + b"\r\n") * 40_000)
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script["data"] = Mishap("354 go on")
        rude.script["body"] = Mishap(then=Then.IGNORE)
        outcome = await mailer.send(huge, yes)
        assert (outcome.kind, outcome.phase) == (DEFERRED, Phase.BODY)
        rude.ignored.set()


@pytest.mark.parametrize("lost", [CLOSE, RESET])
async def test_cut_while_the_hand_is_asked(lost: Mishap) -> None:
    """A line that breaks between the body and the dot leaves no doubt: no dot was written."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
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
    async with rude_server() as rude, mailer_at(rude.port) as mailer:

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
    async with rude_server() as rude, mailer_at(rude.port, limits=PATIENT) as mailer:
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
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script["quit"] = mishap
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        await mailer.close()
        assert len(rude.accepted) == 1


async def test_refusal_keeps_the_connection() -> None:
    """After a refused recipient the transaction is reset and the connection serves on."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script["rcpt"] = Mishap("550 5.1.1 unknown")
        await mailer.send(LETTER, yes)
        rude.script.clear()
        await mailer.send(LETTER, yes)
        assert (rude.connections, rude.commands.count("RSET")) == (1, 1)


async def test_failed_reset_ends_the_connection() -> None:
    """A server that cannot reset gets a new connection, and the refusal stands."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script |= {"rcpt": Mishap("550 5.1.1 unknown"), "rset": CLOSE}
        assert (await mailer.send(LETTER, yes)).kind is REJECTED
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.connections == 2


async def test_nobody_listens() -> None:
    """A port where nobody listens is the mailbox's trouble."""
    async with rude_server() as rude:
        pass
    async with mailer_at(rude.port) as mailer:
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.phase, outcome.blame) == (DEFERRED, Phase.CONNECT, MAILBOX)
