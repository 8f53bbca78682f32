"""How servers receive us when a person asks: signed in, refused, or not there."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes.authority import client_tls, server_tls
from fakes.rude_imap import rude_imap
from fakes.rude_smtp import Mishap, rude_server

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapTime
from sequencer.adapters.smtp import SmtpAccount, SmtpLimits, SmtpMailer
from sequencer.mail.folder import Folder
from sequencer.mail.greeting import Greeting
from sequencer.mail.server import Security, Server

AUTH = "AUTH PLAIN LOGIN"
QUICK = SmtpLimits(connect_s=1, command_s=1, body_s=1, dot_s=1, quit_s=0.2)


async def welcome(port: int, security: Security) -> Greeting:
    account = SmtpAccount(Server("localhost", port, security), "rep@sender.example", "sésame")
    mailer = SmtpMailer(account, client_tls(), float, QUICK)
    try:
        return await mailer.greet()
    finally:
        await mailer.close()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_signed_in(security: Security) -> None:
    """The version of TLS is told, and nothing is said but what a sign-in takes."""
    implicit = security is Security.TLS
    async with rude_server(implicit_tls=implicit, tls=server_tls(), extensions=(AUTH,)) as rude:
        found = await welcome(rude.port, security)
        assert found.is_ok
        assert found.tls.startswith("TLSv1.")
        assert not any(said.startswith("MAIL") for said in rude.commands)


async def test_in_the_clear() -> None:
    """A server on this machine may be spoken to without TLS, and that is told."""
    async with rude_server(extensions=(AUTH,)) as rude:
        assert await welcome(rude.port, Security.PLAIN) == Greeting()


async def test_refused() -> None:
    """A password that is refused needs a person, and the server's words are kept."""
    async with rude_server(extensions=(AUTH,)) as rude:
        rude.script["auth"] = Mishap("535 5.7.8 wrong")
        found = await welcome(rude.port, Security.PLAIN)
        assert found.needs_person
        assert "wrong" in found.problem


async def test_not_there() -> None:
    """A server that is not there is nobody's password."""
    async with rude_server() as rude:
        port = rude.port
    found = await welcome(port, Security.PLAIN)
    assert not found.is_ok
    assert not found.needs_person


async def test_folders() -> None:
    """An IMAP server shows its folders by their roles; one that went away says why."""
    clock = SystemClock()
    with ThreadPoolExecutor(1) as threads:
        async with rude_imap() as rude:
            server = Server("127.0.0.1", rude.port, Security.PLAIN)
            account = ImapAccount(server, "rep", "hunter2")
            inbox = ImapInbox(account, client_tls(), threads, ImapTime(clock.now, clock.boot))
            found = await inbox.greet()
            assert found.is_ok
            assert found.folders[Folder.INBOX] == "INBOX"
            assert found.tls == ""
        await inbox.close()
        assert not (await inbox.greet()).is_ok
