"""What goes over the wire, octet for octet, and what is not let onto it."""

import re
from dataclasses import replace
from itertools import product

import pytest
from fakes.quick_mailer import LETTER, PATIENT, mailer_at, yes
from fakes.raw_smtp import END, raw_sink
from fakes.rude_smtp import RudeServer, rude_server

from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase

PIPELINING = [(), ("PIPELINING",)]
PIECES = (b"\r\n", b"\n", b".", b"..", b"\r\n.\r\n", b"\n.\n", b"a", b"QUIT\r\n", b"\0", b"\r", b"")


async def sent(envelope: Envelope, *, offered: tuple[str, ...]) -> tuple[Outcome, RudeServer]:
    """What a server with just these extensions made of that envelope."""
    async with rude_server() as rude, mailer_at(rude.port, limits=PATIENT) as mailer:
        rude.extensions = offered
        return await mailer.send(envelope, yes), rude


@pytest.mark.parametrize(
    ("data", "wire"),
    [
        (b"a\r\n", b"a\r\n"),
        (b"a", b"a\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\n.\nb\n", b"a\r\n..\r\nb\r\n"),
        (b"a\r\n.\r\nMAIL FROM:<x@y.example>\r\n", b"a\r\n..\r\nMAIL FROM:<x@y.example>\r\n"),
        (b".a\r\n..b\r\nc.\r\n", b"..a\r\n...b\r\nc.\r\n"),
        (b"a\r\n.", b"a\r\n..\r\n"),
        (b"a\n\r\n.\n.\r\n", b"a\r\n\r\n..\r\n..\r\n"),
        (b"x" * 998 + b"\r\n", b"x" * 998 + b"\r\n"),
    ],
)
@pytest.mark.parametrize("offered", PIPELINING)
async def test_wire_bytes(data: bytes, wire: bytes, offered: tuple[str, ...]) -> None:
    """Lone LF becomes CRLF, a leading dot is doubled, nothing else changes."""
    outcome, rude = await sent(replace(LETTER, data=data), offered=offered)
    assert (outcome.kind, rude.accepted) == (OutcomeKind.ACCEPTED, [wire])


@pytest.mark.parametrize("data", [b"a\0b\r\n", b"a\r.\rb\r\n", b"a\r", b"x" * 999 + b"\r\n"])
async def test_unsendable_data(data: bytes) -> None:
    """NUL, lone CR and overlong lines never leave; no connection is made for them."""
    outcome, rude = await sent(replace(LETTER, data=data), offered=())
    assert (outcome.kind, outcome.enhanced, outcome.phase) == (
        OutcomeKind.REJECTED,
        "5.6.0",
        Phase.CONNECT,
    )
    assert rude.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "@prospect.example",
        "ann@",
        "a@x.example,b@x.example",
        "a@x.example>\r\nRCPT TO:<b@x.example",
        "Ann <ann@prospect.example>",
        "ann @prospect.example",
        "a\u00a0b@x.example",
        "a\ud800@x.example",
    ],
)
async def test_unsendable_address(address: str) -> None:
    """What is not exactly one address goes nowhere; as a sender it is the mailbox's trouble."""
    outcome, rude = await sent(replace(LETTER, recipient=address), offered=())
    assert (outcome.kind, outcome.enhanced) == (OutcomeKind.REJECTED, "5.1.3")
    outcome, rude = await sent(replace(LETTER, sender=address), offered=())
    assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)
    assert rude.commands == []


@pytest.mark.parametrize(
    ("extension", "fits"),
    [
        ("SIZE 21", False),
        ("SIZE 22", True),
        ("SIZE 0", True),
        ("SIZE", True),
        ("SIZE " + "9" * 30, True),
    ],
)
async def test_size(extension: str, *, fits: bool) -> None:
    """A message above the server's limit is not offered, one at the limit is, with its size."""
    letter = replace(LETTER, data=b"Subject: x\r\n\r\n.dot\r\n")
    letter = replace(letter, data=letter.data + b"\r\n")
    assert len(letter.data) == 22
    outcome, rude = await sent(letter, offered=(extension,))
    if fits:
        assert outcome.kind is OutcomeKind.ACCEPTED
        assert "MAIL FROM:<rep@sender.example> SIZE=22" in rude.commands
    else:
        assert (outcome.kind, outcome.enhanced) == (OutcomeKind.REJECTED, "5.3.4")
        assert outcome.text == "The message has 22 octets, the server takes 21."
        assert not any(command.startswith("MAIL") for command in rude.commands)


async def test_utf8_only_when_needed() -> None:
    """SMTPUTF8 is asked for when a local part needs it, and never for a domain."""
    offered = ("SMTPUTF8", "8BITMIME")
    _, rude = await sent(replace(LETTER, recipient="ann@bücher.example"), offered=offered)
    assert "RCPT TO:<ann@xn--bcher-kva.example>" in rude.commands
    assert not any("SMTPUTF8" in command for command in rude.commands)
    _, rude = await sent(replace(LETTER, recipient="jürgen@bücher.example"), offered=offered)
    assert "MAIL FROM:<rep@sender.example> SMTPUTF8" in rude.commands
    assert "RCPT TO:<jürgen@xn--bcher-kva.example>" in rude.commands


async def test_utf8_not_offered() -> None:
    """Without SMTPUTF8 such a recipient is refused; such a sender is the mailbox's trouble."""
    outcome, _ = await sent(replace(LETTER, recipient="jürgen@x.example"), offered=())
    assert (outcome.kind, outcome.enhanced) == (OutcomeKind.REJECTED, "5.6.7")
    outcome, _ = await sent(replace(LETTER, sender="jürgen@x.example"), offered=())
    assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)


async def test_8bit() -> None:
    """Octets above 127 go only where 8BITMIME is offered, and are declared."""
    letter = replace(LETTER, data="Subject: x\r\n\r\nGrüße\r\n".encode())
    outcome, _ = await sent(letter, offered=())
    assert (outcome.kind, outcome.enhanced) == (OutcomeKind.REJECTED, "5.6.3")
    outcome, rude = await sent(letter, offered=("8BITMIME",))
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert "MAIL FROM:<rep@sender.example> BODY=8BITMIME" in rude.commands
    assert rude.accepted == [letter.data]


async def test_nothing_about_the_machine() -> None:
    """EHLO does not tell the name of the machine."""
    _, rude = await sent(LETTER, offered=())
    assert rude.commands[0] == "EHLO [127.0.0.1]"


@pytest.mark.parametrize("offered", PIPELINING)
async def test_hostile_bodies(offered: tuple[str, ...]) -> None:
    """Nothing in a body ends it, or is taken for a command, or breaks a rule of the wire."""
    count = 0
    limits = replace(PATIENT, keep_mails=10_000)
    async with raw_sink(*offered) as sink, mailer_at(sink.port, limits=limits) as mailer:
        for parts in product(PIECES, repeat=3):
            data = b"".join(parts)
            outcome = await mailer.send(replace(LETTER, data=data), yes)
            if b"\0" in data or re.search(rb"\r(?!\n)", data):
                assert (outcome.kind, outcome.enhanced) == (OutcomeKind.REJECTED, "5.6.0")
                continue
            count += 1
            assert (outcome.kind, len(sink.messages)) == (OutcomeKind.ACCEPTED, count)
            wire = sink.messages[-1]
            given = re.sub(rb"(?m)^\.", b"", wire).replace(b"\r\n", b"\n")
            whole = data if data.endswith(b"\n") else data + b"\n"
            assert given == whole.replace(b"\r\n", b"\n")
        octets = bytes(sink.octets)
    assert not re.search(rb"\0|\r(?!\n)|(?<!\r)\n", octets)
    assert octets.count(END) == octets.count(b"\r\nDATA\r\n") == count
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    assert sink.connections == 1


@pytest.mark.parametrize("offered", PIPELINING)
@pytest.mark.parametrize("granted", [False, True])
async def test_the_dot_waits_for_the_hand(offered: tuple[str, ...], *, granted: bool) -> None:
    """The server has the whole body, and nothing behind it, while the hand is asked."""
    letter = replace(LETTER, data=b"Subject: x\r\n\r\n.hello\r\n.\r\n")
    body = b"Subject: x\r\n\r\n..hello\r\n..\r\n"
    before: list[bool] = []
    async with raw_sink(*offered) as sink, mailer_at(sink.port, limits=PATIENT) as mailer:

        async def hand() -> bool:
            await sink.until(lambda octets: octets.endswith(b"DATA\r\n" + body))
            before.append(END in sink.octets)
            return granted

        outcome = await mailer.send(letter, hand)
        expected = OutcomeKind.ACCEPTED if granted else OutcomeKind.WITHHELD
        assert (outcome.kind, before) == (expected, [False])
        assert sink.messages == ([body] if granted else [])


@pytest.mark.parametrize("offered", PIPELINING)
async def test_nothing_unasked_about_utf8(offered: tuple[str, ...]) -> None:
    """A server that did not offer it is never told of SMTPUTF8, nor sent an octet above 127."""
    async with raw_sink(*offered) as sink, mailer_at(sink.port, limits=PATIENT) as mailer:
        for recipient in ("jürgen@x.example", "ann@bücher.example", "a@x.example"):
            await mailer.send(replace(LETTER, recipient=recipient), yes)
        await mailer.send(replace(LETTER, data="Subject: x\r\n\r\nGrüße\r\n".encode()), yes)
        assert sink.octets.isascii()
        assert b"SMTPUTF8" not in sink.octets
        assert len(sink.messages) == 2
