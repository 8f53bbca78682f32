"""How is a provider asked for tokens? One request, within limits; no secret is in an error."""

import asyncio
from collections.abc import Mapping

import httpx2

from sequencer.adapters.oauth.answer import MAX_ANSWER, Answer, read_fields
from sequencer.adapters.oauth.refusal import rest_s
from sequencer.mail.sign_in import TokenError

HTTP_S = 30.0  # for the whole answer: one that drips in is none

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


async def ask(
    http: httpx2.AsyncClient, url: str, form: Mapping[str, str], *, limit_s: float = HTTP_S
) -> Answer:
    """The answer to a form, whatever its status. Raises TokenError."""
    sent = {name: value for name, value in form.items() if value}
    http.cookies.clear()  # all mailboxes share the client, and no answer is about the next one
    try:
        async with (
            asyncio.timeout(limit_s),
            http.stream("POST", url, data=sent, headers=_HEADERS) as response,
        ):
            body = await _body(response)
    except TimeoutError:
        raise TokenError(f"The provider took more than {limit_s:g} seconds.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise TokenError(f"The provider cannot be reached: {type(error).__name__}.") from None
    retry_after = response.headers.get("Retry-After", "")
    try:
        return Answer(response.status_code, read_fields(body), retry_after)
    except ValueError:  # pages of a proxy, of a portal, of an overloaded server
        text = f"The provider's answer is not JSON ({response.status_code})."
        raise TokenError(text, rest_s(retry_after)) from None


async def _body(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MAX_ANSWER:
            raise TokenError("The provider's answer is too long.")
    return bytes(body)
