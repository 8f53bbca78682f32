"""MAIL, RCPT and DATA in one write (RFC 2920): only where it is offered, and never to harm."""

import asyncio

import pytest
from fakes.quick_mailer import LETTER, PATIENT, mailer_at, yes
from fakes.raw_smtp import raw_sink
from fakes.rude_smtp import Mishap, rude_server

from sequencer.mail.transaction import Outcome, OutcomeKind, Phase

GROUP = b"MAIL FROM:<rep@sender.example>\r\nRCPT TO:<ann@prospect.example>\r\nDATA\r\n"


async def test_one_group_where_it_is_offered() -> None:
    """The server has all three commands before it has said a word to any of them."""
    async with raw_sink("PIPELINING", group=3) as sink, mailer_at(sink.port) as mailer:
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert GROUP in sink.octets


async def test_one_by_one_where_it_is_not() -> None:
    """Each command waits for the answer to the one before it."""
    async with raw_sink() as sink, mailer_at(sink.port) as mailer:
        sink.words[b"MAIL"] = b"451 later"
        assert (await mailer.send(LETTER, yes)).phase is Phase.MAIL
        assert b"RCPT" not in sink.octets
        sink.words = {b"RCPT": b"451 later"}
        assert (await mailer.send(LETTER, yes)).phase is Phase.RCPT
        assert b"DATA" not in sink.octets


@pytest.mark.parametrize("chunk", [1, 2, 5, 11, 65_536])
async def test_answers_in_pieces(chunk: int) -> None:
    """However the answers are cut, each one belongs to its command."""
    async with raw_sink("PIPELINING", group=3) as sink, mailer_at(sink.port) as mailer:
        sink.chunk = chunk
        sink.words = {b"MAIL": b"250-2.1.0 a\r\n250 2.1.0 b", b".": b"250-2.0.0 as\r\n250 4711"}
        outcome = await mailer.send(LETTER, yes)
        assert outcome == Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "as 4711")


@pytest.mark.parametrize(("verb", "phase"), [("mail", Phase.MAIL), ("rcpt", Phase.RCPT)])
async def test_a_refusal_answers_the_whole_group(verb: str, phase: Phase) -> None:
    """The other answers of the group are read, the transaction is wiped out, the line serves on."""
    async with rude_server(extensions=("PIPELINING",)) as rude, mailer_at(rude.port) as mailer:
        rude.script[verb] = Mishap("450 4.2.1 later")
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.phase, outcome.code) == (phase, 450)
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert (rude.connections, rude.commands.count("RSET")) == (1, 1)


@pytest.mark.parametrize("verb", ["mail", "rcpt"])
async def test_input_for_nobody(verb: str) -> None:
    """A server that wants the text of a mail that it has refused gets nothing, not even a dot."""
    async with rude_server(extensions=("PIPELINING",)) as rude, mailer_at(rude.port) as mailer:
        rude.script |= {verb: Mishap("550 5.1.1 no"), "data": Mishap("354 go on")}
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.code, outcome.phase) == (550, Phase(verb))
        async with asyncio.timeout(5):
            await rude.idle.wait()
        assert (rude.accepted, rude.broken_off) == ([], [b""])
        rude.script.clear()
        assert (await mailer.send(LETTER, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.connections == 2


async def test_a_refusal_outlasts_what_follows_it() -> None:
    """A recipient who was refused stays refused, though the rest of the answers never comes."""
    async with rude_server(extensions=("PIPELINING",)) as rude, mailer_at(rude.port) as mailer:
        rude.script |= {"rcpt": Mishap("550 5.1.1 no"), "data": Mishap("what?")}
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.phase, outcome.code) == (
            OutcomeKind.REJECTED,
            Phase.RCPT,
            550,
        )


@pytest.mark.parametrize("group", [1, 3])
async def test_one_answer_too_many(group: int) -> None:
    """A server that answers more than it was asked is not told the text of the mail."""
    extensions = ("PIPELINING",) if group == 3 else ()
    async with raw_sink(*extensions, group=group) as sink, mailer_at(sink.port) as mailer:
        sink.words[b"DATA"] = b"354 go on\r\n250 queued"
        outcome = await mailer.send(LETTER, yes)
        assert outcome.kind is OutcomeKind.DEFERRED
        assert sink.messages == []
        assert outcome.phase in {Phase.DATA, Phase.BODY}


async def test_words_while_the_hand_is_asked() -> None:
    """An answer that comes before its dot is none: the dot is not written, and nothing accepted."""
    async with rude_server() as rude, mailer_at(rude.port, limits=PATIENT) as mailer:
        rude.script["body"] = Mishap("250 queued already")

        async def hand() -> bool:
            async with asyncio.timeout(5):
                await rude.idle.wait()
            return True

        outcome = await mailer.send(LETTER, hand)
        assert (outcome.kind, outcome.phase, rude.accepted) == (
            OutcomeKind.DEFERRED,
            Phase.BODY,
            [],
        )
