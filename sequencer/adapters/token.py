"""Where does a mailbox get its access tokens from?

Neither a token nor an answer of a provider is ever part of a message, an error or a log line.
"""

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import httpx2

from sequencer.mail.sign_in import SignInNeededError, TokenError

COMMAND_S = 30.0  # a command may have to ask a provider, never a person
COMMAND_KEEP_S = 300.0  # its tokens say nothing about their life; they live for an hour as a rule
REFRESH_BEFORE_S = 300.0
HTTP_S = 30.0
DEFAULT_LIFE_S = 600.0  # where the provider does not say (RFC 6749 section 5.1 only recommends it)
MAX_TOKEN = 16_384

# RFC 6749 section 5.2, OpenID Connect and Microsoft: asking again would bring the same answer.
_HOPELESS = frozenset(
    {
        "invalid_grant",
        "invalid_client",
        "unauthorized_client",
        "consent_required",
        "interaction_required",
        "login_required",
    }
)
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")
_TOKEN = re.compile(rf"[\x21-\x7e]{{1,{MAX_TOKEN}}}")


class CommandToken:
    """Tokens printed by a command of the operator, kept for five minutes.

    Args:
        argv: the command and its arguments; no shell is involved.
        boot: seconds on a clock that never goes back.
        timeout_s: how long it may take.
    """

    def __init__(
        self, argv: Sequence[str], boot: Callable[[], float], *, timeout_s: float = COMMAND_S
    ) -> None:
        self._argv = tuple(argv)
        self._boot = boot
        self._timeout_s = timeout_s
        self._token = ""
        self._keep_until = 0.0
        self._lock = asyncio.Lock()

    async def __call__(self, refused: str = "") -> str:
        """The kept token, or what the command prints."""
        async with self._lock:
            stale = self._token == refused or self._boot() >= self._keep_until
            if stale:
                self._token = await self._run()
                self._keep_until = self._boot() + COMMAND_KEEP_S
            return self._token

    async def _run(self) -> str:
        name = self._argv[0]
        try:
            process = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise TokenError(f"The token command {name} cannot be run: {error.strerror}.") from None
        try:
            async with asyncio.timeout(self._timeout_s):
                printed, _ = await process.communicate()
        except TimeoutError:
            raise TokenError(
                f"The token command {name} took more than {self._timeout_s:g} seconds."
            ) from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with what it has started itself
                await process.wait()
        if process.returncode != 0:
            raise TokenError(f"The token command {name} ended with code {process.returncode}.")
        return _sound(printed.decode("ascii", "replace").strip(), f"The token command {name}")


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """This programme as a provider knows it; public clients have no secret."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""


class TokenStore(Protocol):
    """Where the refresh token of one mailbox lies, for all processes that use it."""

    async def renew(self, spend: Callable[[str], Awaitable[str]]) -> None:
        """Store durably what `spend` makes of the stored token, while everybody else waits."""
        ...


class RefreshToken:
    """Tokens from a provider's token endpoint (RFC 6749 section 6).

    Providers may hand out a new refresh token and forget the old one. So it is saved before the
    access token that came with it is used, and one refresh at a time is made, in all processes: a
    daemon and a command of its operator use the same mailbox.

    Args:
        client: who asks, and where.
        store: where the refresh token lies.
        http: client for the request.
        boot: seconds on a clock that never goes back.
    """

    def __init__(
        self,
        client: OAuthClient,
        store: TokenStore,
        http: httpx2.AsyncClient,
        boot: Callable[[], float],
    ) -> None:
        self._client = client
        self._store = store
        self._unsaved = ""
        self._http = http
        self._boot = boot
        self._token = ""
        self._expires_at = 0.0
        self._lock = asyncio.Lock()

    async def __call__(self, refused: str = "") -> str:
        """An access token with at least five minutes left, as far as the provider's word goes."""
        async with self._lock:
            stale = self._token == refused or self._boot() > self._expires_at - REFRESH_BEFORE_S
            if stale or self._unsaved:
                await self._store.renew(self._refresh if stale else self._keep)
                self._unsaved = ""
            return self._token

    async def _keep(self, stored: str) -> str:
        """A refresh token that could not be stored before, instead of the one it replaces."""
        return self._unsaved or stored

    async def _refresh(self, stored: str) -> str:
        """The refresh token to use next; the stored one may be another process's newest."""
        refresh_token = self._unsaved or stored
        asked_at = self._boot()
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self._client.client_id,
            "client_secret": self._client.client_secret,
            "scope": self._client.scope,
        }
        try:
            response = await self._http.post(
                self._client.token_url,
                data={name: value for name, value in form.items() if value},
                headers={"Accept": "application/json"},
                timeout=HTTP_S,
            )
            answer = response.json()
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise TokenError(f"The provider cannot be reached: {type(error).__name__}.") from None
        except ValueError:
            raise TokenError("The provider's answer is not JSON.") from None
        fields = answer if isinstance(answer, dict) else {}
        if response.status_code != httpx2.codes.OK:
            raise _refusal(response.status_code, fields.get("error"))
        self._token = _sound(fields.get("access_token"), "The provider")
        self._expires_at = asked_at + _life_s(fields.get("expires_in"))
        renewed = fields.get("refresh_token")
        self._unsaved = renewed if isinstance(renewed, str) and renewed else refresh_token
        return self._unsaved


def _refusal(status: int, error: object) -> Exception:
    code = error if isinstance(error, str) and _ERROR_CODE.fullmatch(error) else "no reason given"
    text = f"The provider refused a token: {code} ({status})."
    return SignInNeededError(text) if code in _HOPELESS else TokenError(text)


def _sound(token: object, source: str) -> str:
    """The token, if it is one that may stand in a line of SMTP or IMAP."""
    if isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    raise TokenError(f"{source} gave no token.")


def _life_s(expires_in: object) -> float:
    """Seconds; some providers write the number as a string."""
    try:
        return float(expires_in) if isinstance(expires_in, int | float | str) else DEFAULT_LIFE_S
    except ValueError:
        return DEFAULT_LIFE_S
