"""Which connections a mailer keeps, how many it has at once, and when it gives them up."""

import asyncio
from dataclasses import replace

import pytest
from fakes.quick_mailer import LETTER, PATIENT, QUICK, Boot, mailer_at, yes
from fakes.rude_smtp import Mishap, Then, rude_server

from sequencer.mail.transaction import OutcomeKind

CLOSE, RESET, STALL = (Mishap(then=then) for then in (Then.CLOSE, Then.RESET, Then.STALL))
IDLE_FOR_TOO_LONG = Mishap("421 4.4.2 idle for too long", Then.CLOSE)


class Grip:
    """Hands that hold their mails back until they are told, or are cancelled."""

    def __init__(self) -> None:
        self.held = 0
        self.several = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self) -> bool:
        self.held += 1
        if self.held == 2:
            self.several.set()
        await self.go.wait()
        return True


async def test_kept_for_a_minute() -> None:
    """A connection serves again within its idle time, and not after it."""
    boot = Boot()
    async with rude_server() as rude, mailer_at(rude.port, boot) as mailer:
        for seconds in (0.0, 59.0, 118.0, 178.0):
            boot.seconds = seconds
            await mailer.send(LETTER, yes)
        assert (rude.connections, len(rude.accepted)) == (2, 4)
        assert "QUIT" in rude.commands


async def test_kept_for_so_many_mails() -> None:
    """A connection is given up after its number of mails."""
    limits = replace(QUICK, keep_mails=2)
    async with rude_server() as rude, mailer_at(rude.port, limits=limits) as mailer:
        for _ in range(5):
            await mailer.send(LETTER, yes)
        assert (rude.connections, len(rude.accepted)) == (3, 5)


@pytest.mark.parametrize("mishap", [CLOSE, RESET, STALL, IDLE_FOR_TOO_LONG])
async def test_stale_connection(mishap: Mishap) -> None:
    """A kept connection that turns out to be dead at MAIL is replaced without a word."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        await mailer.send(LETTER, yes)
        rude.script["mail"] = mishap
        rude.mishaps_left = 1
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert (rude.connections, len(rude.accepted)) == (2, 2)


async def test_two_connections_at_most() -> None:
    """Mails sent at the same time share two connections, and the others wait for one of them."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        outcomes = await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(7)))
        assert {outcome.kind for outcome in outcomes} == {OutcomeKind.ACCEPTED}
        assert (rude.connections, len(rude.accepted)) == (2, 7)


async def test_the_third_waits() -> None:
    """While two mails are on their way the next one says nothing to the server yet."""
    async with rude_server() as rude, mailer_at(rude.port, limits=PATIENT) as mailer:
        grip = Grip()
        tasks = [asyncio.create_task(mailer.send(LETTER, grip)) for _ in range(3)]
        async with asyncio.timeout(5):
            await grip.several.wait()
            await rude.round_trip()
        assert sum(command.startswith("MAIL") for command in rude.commands) == 2
        grip.go.set()
        assert {(await task).kind for task in tasks} == {OutcomeKind.ACCEPTED}
        assert grip.held == 3


async def test_a_mail_that_waits_can_be_cancelled() -> None:
    """Whoever stops waiting takes nobody's turn away."""
    async with rude_server() as rude, mailer_at(rude.port, limits=PATIENT) as mailer:
        grip = Grip()
        tasks = [asyncio.create_task(mailer.send(LETTER, grip)) for _ in range(4)]
        async with asyncio.timeout(5):
            await grip.several.wait()
        tasks[2].cancel()
        grip.go.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(found.pop(2), asyncio.CancelledError)
        assert len(rude.accepted) == 3


async def test_close_waits_for_what_is_under_way() -> None:
    """Nobody hangs up on a mail whose body has gone out already."""
    async with rude_server() as rude, mailer_at(rude.port, limits=PATIENT) as mailer:
        grip = Grip()
        tasks = [asyncio.create_task(mailer.send(LETTER, grip)) for _ in range(2)]
        async with asyncio.timeout(5):
            await grip.several.wait()
        closing = asyncio.create_task(mailer.close())
        grip.go.set()
        await closing
        assert {(await task).kind for task in tasks} == {OutcomeKind.ACCEPTED}
        assert rude.commands.count("QUIT") == 2


async def test_every_idle_connection_is_looked_at() -> None:
    """Of two connections the one that is not needed any more is closed after its idle time."""
    boot = Boot()
    async with rude_server() as rude, mailer_at(rude.port, boot) as mailer:
        await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(2)))
        boot.seconds = 59
        await mailer.send(LETTER, yes)
        boot.seconds = 61
        await mailer.send(LETTER, yes)
        assert (rude.connections, rude.commands.count("QUIT")) == (2, 1)


THROTTLES = [
    ("mail", Mishap("421 4.7.0 slow down", Then.CLOSE)),
    ("mail", Mishap("432 4.3.2 concurrent connections limit exceeded")),
    ("rcpt", Mishap("450 4.7.28 too many mails")),
    ("dot", Mishap("421 4.7.28 rate", Then.CLOSE)),
]


@pytest.mark.parametrize(("phase", "mishap"), THROTTLES)
async def test_one_only_after_a_throttle(phase: str, mishap: Mishap) -> None:
    """A server that asks for less gets one connection for an hour, then two again."""
    boot = Boot()
    async with rude_server() as rude, mailer_at(rude.port, boot) as mailer:
        await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(2)))
        rude.script[phase] = mishap
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.DEFERRED
        rude.script.clear()
        boot.seconds = 3_500
        rude.connections = 0
        await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(3)))
        assert rude.connections == 1
        boot.seconds = 3_700
        await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(3)))
        assert rude.connections == 3


@pytest.mark.parametrize("reply", ["450 4.7.1 greylisted", "450 4.2.1 too quickly", "451 later"])
async def test_two_after_trouble_of_one_recipient(reply: str) -> None:
    """A throttle that is about one recipient changes nothing for the others."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script["rcpt"] = Mishap(reply)
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.DEFERRED
        rude.script.clear()
        await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(3)))
        assert rude.connections == 2


@pytest.mark.parametrize("extra", ["250 and one more", "2", "421 4.4.2 bye"])
async def test_a_connection_that_spoke_unasked(extra: str) -> None:
    """What comes between two mails ends the connection; it is never taken for an answer."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        rude.script["dot"] = Mishap(f"250 2.0.0 queued\r\n{extra}")
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        rude.script.clear()
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.text) == (OutcomeKind.ACCEPTED, "queued as 4711")
        assert (rude.connections, len(rude.accepted)) == (2, 2)


async def test_a_poisoned_connection_is_never_used_again() -> None:
    """After a doubt, garbage or a withheld mail the next mail has a connection of its own."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:

        async def no() -> bool:
            return False

        rude.script["dot"] = Mishap("what do you want")
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.UNKNOWN
        rude.script.clear()
        assert (await mailer.send(LETTER, no)).kind is OutcomeKind.WITHHELD
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.connections == 3


async def test_a_connection_that_was_opened_ahead() -> None:
    """One that was opened to see how the server receives us may be stale like any kept one."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        assert (await mailer.greet()).is_ok
        rude.script["mail"], rude.mishaps_left = CLOSE, 1
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert (rude.connections, len(rude.accepted)) == (2, 1)


async def test_a_server_that_always_says_idle() -> None:
    """A server that claims the line was idle on a new one too is not asked for ever."""
    async with rude_server() as rude, mailer_at(rude.port) as mailer:
        await mailer.send(LETTER, yes)
        rude.script["mail"] = Mishap("451 4.4.2 idle for too long")
        async with asyncio.timeout(5):
            outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.code, rude.connections) == (OutcomeKind.DEFERRED, 451, 2)


async def test_a_cancelled_goodbye() -> None:
    """Whoever is cancelled while an old connection says goodbye leaves none of them open."""
    boot = Boot()
    limits = replace(PATIENT, quit_s=30)
    async with rude_server() as rude, mailer_at(rude.port, boot, limits) as mailer:
        await asyncio.gather(*(mailer.send(LETTER, yes) for _ in range(2)))
        boot.seconds = 61
        rude.script["quit"] = STALL
        task = asyncio.create_task(mailer.send(LETTER, yes))
        async with asyncio.timeout(5):
            await rude.stalled.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            rude.script.clear()
            assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.connections == 3
