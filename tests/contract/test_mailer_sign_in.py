"""How a mailer protects its connection and proves who it is, and what it does when it cannot."""

import base64
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fakes.authority import client_tls, expired_tls, self_signed_tls, server_tls
from fakes.rude_smtp import Mishap, RudeServer, Then, rude_server
from fakes.tokens import Tokens

from sequencer.adapters.smtp import SmtpAccount, SmtpLimits, SmtpMailer
from sequencer.mail.server import Security, Server
from sequencer.mail.sign_in import SignInNeededError, TokenError
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase

LETTER = Envelope("rep@sender.example", "ann@prospect.example", b"Subject: x\r\n\r\nhello\r\n")
QUICK = SmtpLimits(connect_s=1, command_s=1, body_s=1, dot_s=1, quit_s=0.2)
REFUSED = Mishap("535 5.7.8 wrong")


async def yes() -> bool:
    return True


@asynccontextmanager
async def mailer_for(
    account: SmtpAccount, tls: ssl.SSLContext | None = None
) -> AsyncIterator[SmtpMailer]:
    """A mailer for that account, closed at the end."""
    mailer = SmtpMailer(account, tls or client_tls(), float, QUICK)
    try:
        yield mailer
    finally:
        await mailer.close()


async def outcome_of(account: SmtpAccount, tls: ssl.SSLContext | None = None) -> Outcome:
    """What comes of one mail through that account."""
    async with mailer_for(account, tls) as mailer:
        return await mailer.send(LETTER, yes)


def account_at(
    rude: RudeServer, security: Security = Security.PLAIN, token: Tokens | None = None
) -> SmtpAccount:
    server = Server("localhost", rude.port, security)
    return SmtpAccount(server, "rep@sender.example", "sésame", token)


def said(rude: RudeServer, verb: str) -> list[str]:
    return [command for command in rude.commands if command.startswith(verb)]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_protected(security: Security) -> None:
    """Both kinds of TLS work, and nothing is said in the clear before STARTTLS but EHLO."""
    implicit = security is Security.TLS
    async with rude_server(
        implicit_tls=implicit, tls=server_tls(), extensions=("AUTH PLAIN LOGIN",)
    ) as rude:
        assert (await outcome_of(account_at(rude, security))).kind is OutcomeKind.ACCEPTED
        clear = rude.commands[: rude.commands.index("STARTTLS")] if not implicit else []
        assert all(command.startswith("EHLO") for command in clear)


CERTIFICATES: dict[str, Callable[[], ssl.SSLContext]] = {
    "name": lambda: server_tls("other.example"),
    "authority": server_tls,
    "time": expired_tls,
    "self-signed": self_signed_tls,
}


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("fault", CERTIFICATES)
async def test_wrong_certificate(security: Security, fault: str) -> None:
    """A certificate for another name, of another time or by a stranger ends it before sign-in."""
    certificate = CERTIFICATES[fault]()
    trust = ssl.create_default_context() if fault == "authority" else client_tls()
    async with rude_server(implicit_tls=security is Security.TLS, tls=certificate) as rude:
        outcome = await outcome_of(account_at(rude, security), trust)
        assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)
        assert "certificate" in outcome.text.lower()
        assert said(rude, "AUTH") == []


async def test_starttls_not_offered() -> None:
    """A server, or somebody in between, that offers no STARTTLS gets no password and no mail."""
    async with rude_server(extensions=("AUTH PLAIN",)) as rude:
        outcome = await outcome_of(account_at(rude, Security.STARTTLS))
        assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)
        assert "STARTTLS" in outcome.text
        assert said(rude, "AUTH") == said(rude, "MAIL") == []


async def test_words_slipped_in_before_tls() -> None:
    """What comes in the clear behind the go-ahead for TLS is dropped, not taken for an answer."""
    async with rude_server(tls=server_tls(), extensions=("AUTH PLAIN",)) as rude:
        rude.script["starttls"] = Mishap("220 go ahead\r\n250-evil\r\n250 AUTH CRAM-MD5")
        outcome = await outcome_of(account_at(rude, Security.STARTTLS))
        assert outcome.kind is OutcomeKind.ACCEPTED
        assert [command.split()[1] for command in said(rude, "AUTH")] == ["PLAIN"]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_large_mail_over_tls(security: Security) -> None:
    """A mail that the line takes in many pieces arrives whole, and the next one after it."""
    large = replace(LETTER, data=b"Subject: x\r\n\r\n" + (b"y" * 900 + b"\r\n") * 3_000)
    async with rude_server(
        implicit_tls=security is Security.TLS,
        tls=server_tls(),
        extensions=("AUTH PLAIN", "PIPELINING"),
    ) as rude:
        async with mailer_for(account_at(rude, security)) as mailer:
            for letter in (large, LETTER):
                assert (await mailer.send(letter, yes)).kind is OutcomeKind.ACCEPTED
        assert rude.accepted == [large.data, LETTER.data]


async def test_words_behind_the_sign_in() -> None:
    """What comes behind the last answer of the sign-in is not taken for one to the first mail."""
    async with rude_server(extensions=("AUTH PLAIN",)) as rude:
        rude.script["auth"] = Mishap("235 welcome\r\n550 5.1.1 no such user")
        assert (await outcome_of(account_at(rude))).kind is OutcomeKind.ACCEPTED


async def test_password() -> None:
    """The password goes out once, whatever its letters."""
    async with rude_server(extensions=("AUTH LOGIN PLAIN",)) as rude:
        assert (await outcome_of(account_at(rude))).kind is OutcomeKind.ACCEPTED
        encoded = base64.b64encode("\0rep@sender.example\0sésame".encode()).decode()
        assert said(rude, "AUTH") == [f"AUTH PLAIN {encoded}"]


@pytest.mark.parametrize("reply", ["535 5.7.8 wrong", "534 5.7.9 app password", "550 5.7.30 off"])
async def test_wrong_password(reply: str) -> None:
    """A refused password asks for a new sign-in, and is not tried with another mechanism."""
    async with rude_server(extensions=("AUTH LOGIN PLAIN CRAM-MD5",)) as rude:
        rude.script["auth"] = Mishap(reply)
        outcome = await outcome_of(account_at(rude))
        assert (outcome.kind, outcome.phase, outcome.blame) == (
            OutcomeKind.DEFERRED,
            Phase.CONNECT,
            Blame.SIGN_IN,
        )
        assert len(said(rude, "AUTH")) == 1


@pytest.mark.parametrize("reply", ["454 4.7.0 temporary", "421 4.7.0 too many", "what?"])
async def test_sign_in_out_of_order(reply: str) -> None:
    """A server that cannot check a password just now does not make anybody sign in anew."""
    async with rude_server(extensions=("AUTH PLAIN",)) as rude:
        rude.script["auth"] = Mishap(reply)
        outcome = await outcome_of(account_at(rude))
        assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)


@pytest.mark.parametrize("offered", [(), ("AUTH GSSAPI",)])
async def test_no_way_to_sign_in(offered: tuple[str, ...]) -> None:
    """Without a mechanism in common nothing is sent, and the mailbox says so."""
    async with rude_server(extensions=offered) as rude:
        outcome = await outcome_of(account_at(rude))
        assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)
        assert outcome.text


async def test_token() -> None:
    """A token goes out as XOAUTH2 has it."""
    async with rude_server(extensions=("AUTH PLAIN XOAUTH2",)) as rude:
        account = account_at(rude, token=Tokens(["tok123"]))
        assert (await outcome_of(account)).kind is OutcomeKind.ACCEPTED
        (line,) = said(rude, "AUTH")
        assert base64.b64decode(line.split()[2]) == (
            b"user=rep@sender.example\x01auth=Bearer tok123\x01\x01"
        )


async def test_stale_token() -> None:
    """A token that is refused is replaced once, and then it works."""
    async with rude_server(extensions=("AUTH XOAUTH2",)) as rude:
        rude.script["auth"] = REFUSED
        rude.mishaps_left = 1
        tokens = Tokens(["old", "new"])
        assert (await outcome_of(account_at(rude, token=tokens))).kind is OutcomeKind.ACCEPTED
        assert (tokens.refused, len(said(rude, "AUTH"))) == (["old"], 2)


@pytest.mark.parametrize("tokens", [["old", "new"], ["same", "same"]])
async def test_refused_token(tokens: list[str]) -> None:
    """When the second token is refused too, or is the first again, somebody has to sign in."""
    async with rude_server(extensions=("AUTH XOAUTH2",)) as rude:
        rude.script["auth"] = REFUSED
        outcome = await outcome_of(account_at(rude, token=Tokens(tokens)))
        assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.SIGN_IN)
        assert len(said(rude, "AUTH")) == len(set(tokens))


@pytest.mark.parametrize(
    ("error", "blame"),
    [(SignInNeededError("gone"), Blame.SIGN_IN), (TokenError("no net"), Blame.MAILBOX)],
)
async def test_no_token(error: Exception, blame: Blame) -> None:
    """Without a token nothing is sent, and it is plain whose trouble that is."""
    async with rude_server(extensions=("AUTH XOAUTH2",)) as rude:
        outcome = await outcome_of(account_at(rude, token=Tokens([], error)))
        assert (outcome.kind, outcome.blame, outcome.text) == (
            OutcomeKind.DEFERRED,
            blame,
            str(error),
        )


@pytest.mark.parametrize("extra", [(), ("PIPELINING",)])
async def test_taken_back_on_a_kept_connection(extra: tuple[str, ...]) -> None:
    """A sign-in that is taken back while the connection is kept shows at MAIL."""
    async with (
        rude_server(extensions=("AUTH PLAIN", *extra)) as rude,
        mailer_for(account_at(rude)) as mailer,
    ):
        await mailer.send(LETTER, yes)
        rude.script["mail"] = Mishap("530 5.7.57 not signed in", Then.CLOSE)
        outcome = await mailer.send(LETTER, yes)
        assert (outcome.kind, outcome.phase, outcome.blame) == (
            OutcomeKind.DEFERRED,
            Phase.MAIL,
            Blame.SIGN_IN,
        )


def test_secrets_are_not_shown() -> None:
    """Neither a password nor a token source shows in what is printed of an account."""
    account = SmtpAccount(Server("mail.example", 465), "rep", "hunter2", Tokens(["tok"]))
    assert "hunter2" not in repr(account)
    assert "tok" not in repr(account)
