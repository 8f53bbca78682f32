"""What can be asked of a provider: to let somebody sign in, and to renew what came of it."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

import httpx2

from sequencer.adapters.oauth.answer import first_grant, grant_of
from sequencer.adapters.oauth.client import OAuthClient
from sequencer.adapters.oauth.device import Waits, wait_for_consent
from sequencer.adapters.oauth.endpoint import ask
from sequencer.adapters.oauth.loopback import Loopback
from sequencer.adapters.oauth.refusal import refusal_of
from sequencer.mail.sign_in import DevicePrompt, Grant, SignInError, TokenError

# Google gives a refresh token at the first consent only, unless it has to ask for consent anew.
_QUIRKS = {
    "google": {"access_type": "offline", "prompt": "consent"},
    "microsoft": {"prompt": "select_account"},
}


class OAuthProvider:
    """One provider, asked as one client.

    Args:
        client: who asks, and where.
        http: client for the requests.
        waits: a clock to wait by.
    """

    def __init__(self, client: OAuthClient, http: httpx2.AsyncClient, waits: Waits) -> None:
        self._client = client
        self._http = http
        self._waits = waits

    async def renew(self, refresh_token: str) -> Grant:
        """New tokens (RFC 6749 section 6). Raises TokenError or SignInNeededError."""
        client = self._client
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "scope": client.scope,
        }
        answer = await ask(self._http, client.token_url, form)
        if answer.status != httpx2.codes.OK:
            raise refusal_of(answer.status, answer.fields, answer.retry_after)
        return grant_of(answer.fields, client)

    async def by_browser(
        self, account: str, show: Callable[[str], None], *, wait_s: float, port: int = 0
    ) -> Grant:
        """Tokens of whoever signs in with a browser on this machine (RFC 8252, RFC 7636).

        Args:
            account: who is expected, so that the page can say so.
            show: told the address of the page.
            wait_s: how long the person may take.
            port: where to wait for the browser; 0 for any that is free.

        Raises:
            SignInError: nobody came, or it was refused; the sentence says which.
            TokenError, SignInNeededError: the provider did not hand out tokens.
        """
        client = self._client
        if not client.authorize_url:
            raise SignInError("This provider has no page to sign in on: set oauth.authorize_url.")
        verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
        async with Loopback(state, client.redirect_host, port) as loopback:
            query = {
                "response_type": "code",
                "client_id": client.client_id,
                "redirect_uri": loopback.uri,
                "scope": client.scope,
                "state": state,
                "code_challenge": challenge_of(verifier),
                "code_challenge_method": "S256",
                "login_hint": account,
                **_QUIRKS.get(client.vendor, {}),
            }
            show(f"{client.authorize_url}?{urlencode(query)}")
            try:
                async with asyncio.timeout(wait_s):
                    code = await loopback.code()
            except TimeoutError:
                raise SignInError(f"Nobody has signed in within {wait_s:g} seconds.") from None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": loopback.uri,
            "code_verifier": verifier,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        }
        return await self._first(form)

    async def by_device(self, show: Callable[[DevicePrompt], None], *, wait_s: float) -> Grant:
        """Tokens of whoever enters a code on a page, on any device (RFC 8628).

        Raises:
            SignInError: nobody came, or it was refused; the sentence says which.
            TokenError, SignInNeededError: the provider does not take part.
        """
        client = self._client
        if not client.device_url:
            why = "Google gives none for mail" if client.vendor == "google" else "none is known"
            raise SignInError(f"This provider has no code for devices ({why}): use the browser.")
        answer = await wait_for_consent(client, self._http, self._waits, show, wait_s)
        return first_grant(answer.fields, client)

    async def _first(self, form: dict[str, str]) -> Grant:
        answer = await ask(self._http, self._client.token_url, form)
        if answer.status != httpx2.codes.OK:
            refusal = refusal_of(answer.status, answer.fields, answer.retry_after)
            if isinstance(refusal, TokenError):
                raise refusal
            raise SignInError(str(refusal))
        return first_grant(answer.fields, self._client)


def challenge_of(verifier: str) -> str:
    """What proves later on that the code comes back to whoever asked for it (RFC 7636 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
