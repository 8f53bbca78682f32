"""How does somebody sign in on another device, and when has that happened? RFC 8628."""

import re
from collections.abc import Callable
from typing import Protocol

import httpx2

from sequencer.adapters.oauth.answer import Answer, seconds_of
from sequencer.adapters.oauth.client import OAuthClient
from sequencer.adapters.oauth.endpoint import ask
from sequencer.adapters.oauth.refusal import error_of, refusal_of
from sequencer.mail.sign_in import DevicePrompt, SignInError, TokenError

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
INTERVAL_S = 5.0  # between two questions, where the provider does not say; and what a no costs
MOST_INTERVAL_S = 60.0
LIFE_S = 900.0
_CODE = re.compile(r"[\x21-\x7e]{1,4096}")
# Both are shown in a terminal: nothing in them may move its cursor.
_USER_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
_PAGE = re.compile(r"https?://[A-Za-z0-9./:_~%?=&-]{1,300}")
_REFUSED = frozenset({"access_denied", "authorization_declined"})


class Waits(Protocol):
    """A clock to wait by."""

    def boot(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        ...


async def wait_for_consent(
    client: OAuthClient,
    http: httpx2.AsyncClient,
    waits: Waits,
    show: Callable[[DevicePrompt], None],
    wait_s: float,
) -> Answer:
    """The answer with the tokens, once somebody has entered the code.

    Raises:
        SignInError: nobody came in time, or it was refused.
        TokenError, SignInNeededError: the provider does not take part.
    """
    begun = await _begin(client, http)
    prompt, interval_s = _prompt(begun), _number(begun, "interval", INTERVAL_S)
    form = {
        "grant_type": GRANT,
        "device_code": _device_code(begun),
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    until_s = waits.boot() + min(wait_s, prompt.life_s)
    show(prompt)
    while waits.boot() + interval_s <= until_s:
        await waits.sleep(interval_s)
        answer = await _asked(client, http, form)
        if answer is None:
            interval_s = min(2 * interval_s, MOST_INTERVAL_S)  # as section 3.5 wants it
            continue
        if answer.status == httpx2.codes.OK:
            return answer
        interval_s += _more(answer)
    raise SignInError("Nobody has entered the code in time.")


async def _begin(client: OAuthClient, http: httpx2.AsyncClient) -> Answer:
    form = {"client_id": client.client_id, "scope": client.scope}
    answer = await ask(http, client.device_url, form)
    if answer.status != httpx2.codes.OK:
        raise refusal_of(answer.status, answer.fields, answer.retry_after)
    return answer


async def _asked(
    client: OAuthClient, http: httpx2.AsyncClient, form: dict[str, str]
) -> Answer | None:
    """The answer; None where the provider was not to be had this time."""
    try:
        answer = await ask(http, client.token_url, form)
    except TokenError:
        return None
    busy = answer.status == httpx2.codes.TOO_MANY_REQUESTS or answer.status >= 500
    return None if busy else answer


def _more(answer: Answer) -> float:
    """By how many seconds to wait longer from now on; raises where waiting is of no use."""
    error = error_of(answer.fields)
    if error == "authorization_pending":
        return 0.0
    if error == "slow_down":
        return INTERVAL_S
    if error in _REFUSED:
        raise SignInError("Whoever was asked said no, or may not say yes.")
    if error == "expired_token":
        raise SignInError("Nobody has entered the code in time.")
    raise refusal_of(answer.status, answer.fields, answer.retry_after)


def _prompt(begun: Answer) -> DevicePrompt:
    code = begun.fields.get("user_code")
    page = begun.fields.get("verification_uri") or begun.fields.get("verification_url")
    if not (isinstance(code, str) and _USER_CODE.fullmatch(code)):
        raise TokenError("The provider gave no code to enter.")
    if not (isinstance(page, str) and _PAGE.fullmatch(page)):
        raise TokenError("The provider named no page to enter the code on.")
    return DevicePrompt(page, code, _number(begun, "expires_in", LIFE_S))


def _device_code(begun: Answer) -> str:
    code = begun.fields.get("device_code")
    if isinstance(code, str) and _CODE.fullmatch(code):
        return code
    raise TokenError("The provider gave no code for this device.")


def _number(begun: Answer, name: str, otherwise: float) -> float:
    """A number of seconds, at least one, and no more than makes sense here."""
    return max(1.0, seconds_of(begun.fields.get(name), LIFE_S) or otherwise)
