"""How is a connection opened, protected and signed in?"""

import asyncio
import ssl
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
)

from sequencer.adapters.smtp.account import SmtpAccount, SmtpLimits
from sequencer.adapters.smtp.connection import Connection
from sequencer.adapters.smtp.line import Line
from sequencer.adapters.smtp.verdict import on_connect, on_silence
from sequencer.mail.server import Security
from sequencer.mail.sign_in import SignInNeededError, TokenError, TokenSource
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase


async def connect(
    account: SmtpAccount, tls: ssl.SSLContext, limits: SmtpLimits, boot: float
) -> Connection | Outcome:
    """A connection that is ready for MAIL, or the outcome that says why there is none."""
    security = account.server.security
    client = SMTP(
        hostname=account.server.host,
        port=account.server.port,
        use_tls=security is Security.TLS,
        start_tls=security is Security.STARTTLS,  # True demands it, None would only prefer it
        tls_context=tls,
        local_hostname=account.hello,
        timeout=limits.connect_s,
    )
    try:
        refusal = await _opened(client, account)
    except BaseException:
        _drop(client)
        raise
    transport = _transport(client)
    if refusal is not None or transport is None:
        _drop(client)
        return refusal or on_silence(Phase.CONNECT, "The connection was lost.")
    # The library, which says one command at a time, is done. What it has read beyond the last
    # reply nobody asked for, so that it is left behind with the library.
    return Connection(Line(transport), client.esmtp_extensions, limits, used_at=boot)


def _drop(client: SMTP) -> None:
    """Close a connection at once."""
    transport = _transport(client)
    if transport is not None:
        transport.abort()  # close() would go on writing, and in TLS wait for the other side
    client.close()


def _transport(client: SMTP) -> asyncio.Transport | None:
    """What the client writes to; that of uvloop is a transport without being one by its class."""
    return cast("asyncio.Transport | None", client.transport)


async def _opened(client: SMTP, account: SmtpAccount) -> Outcome | None:
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
        if account.username:
            await _sign_in(client, account)
    except SMTPAuthenticationError as error:
        return on_connect(error.code, error.message, signing_in=True)
    except SMTPResponseException as error:
        return on_connect(error.code, error.message)
    except SignInNeededError as error:
        return Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, text=str(error), blame=Blame.SIGN_IN)
    except (SMTPException, OSError, TokenError) as error:  # OSError: also a wrong certificate
        return on_silence(Phase.CONNECT, str(error) or type(error).__name__)
    return None


async def _sign_in(client: SMTP, account: SmtpAccount) -> None:
    offered = client.server_auth_methods
    if account.token is not None:
        if "xoauth2" not in offered:
            raise SMTPException("The server does not offer XOAUTH2.")
        await _with_token(client, account.username, account.token)
    # One mechanism, once: the library's login() would try a wrong password with each of them, and
    # providers lock accounts for that.
    elif "plain" in offered:
        await client.auth_plain(account.username, account.password)
    elif "login" in offered:
        await client.auth_login(account.username, account.password)
    elif "cram-md5" in offered:
        await client.auth_crammd5(account.username, account.password)
    else:
        raise SMTPException("The server offers no way to sign in with a password.")


async def _with_token(client: SMTP, username: str, token: TokenSource) -> None:
    """Sign in; a token that was taken back before its time is replaced once."""
    first = await token()
    try:
        await client.auth_xoauth2(username, first)
    except SMTPAuthenticationError as refusal:
        second = await token(first) if refusal.code >= 500 and client.is_connected else first
        if second == first:
            raise
        await client.auth_xoauth2(username, second)
