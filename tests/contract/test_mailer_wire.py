"""What goes over the wire, octet for octet, and what is not let onto it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fakes.authority import client_tls
from fakes.rude_smtp import RudeServer, rude_server

from sequencer.adapters.smtp import SmtpAccount, SmtpLimits, SmtpMailer
from sequencer.mail.server import Security, Server
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase

LETTER = Envelope("rep@sender.example", "ann@prospect.example", b"Subject: x\r\n\r\nhello\r\n")
QUICK = SmtpLimits(connect_s=0.5, command_s=0.5, body_s=5, dot_s=0.5, quit_s=0.2)


async def yes() -> bool:
    return True


@asynccontextmanager
async def mailer_at(rude: RudeServer) -> AsyncIterator[SmtpMailer]:
    """A mailer for that server, closed at the end."""
    account = SmtpAccount(Server("127.0.0.1", rude.port, Security.PLAIN))
    mailer = SmtpMailer(account, client_tls(), float, QUICK)
    try:
        yield mailer
    finally:
        await mailer.close()


async def sent(envelope: Envelope, *, offered: tuple[str, ...]) -> tuple[Outcome, RudeServer]:
    """What a server with just these extensions made of that envelope."""
    async with rude_server() as rude, mailer_at(rude) as mailer:
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
async def test_wire_bytes(data: bytes, wire: bytes) -> None:
    """Lone LF becomes CRLF, a leading dot is doubled, nothing else changes."""
    outcome, rude = await sent(replace(LETTER, data=data), offered=())
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
