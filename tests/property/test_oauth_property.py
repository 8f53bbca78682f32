"""Whatever a provider or a program on this machine sends, it is understood or turned down."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sequencer.adapters.oauth.answer import first_grant, grant_of, read_fields
from sequencer.adapters.oauth.client import OAuthClient
from sequencer.adapters.oauth.loopback import Loopback
from sequencer.adapters.oauth.refusal import refusal_of, rest_s
from sequencer.mail.sign_in import SignInError, SignInNeededError, TokenError

CLIENT = OAuthClient("https://id.example/token", "cid", scope="https://mail.example/")
STATE = "the-state"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
tokens = st.sampled_from(["access", "a b", "", "a.eyJhdWQiOiJjaWQifQ.c", "a.W10.c"]) | values
fields = st.fixed_dictionaries(
    {},
    optional={
        "access_token": tokens,
        "refresh_token": tokens,
        "id_token": tokens,
        "expires_in": values,
        "refresh_token_expires_in": values,
        "scope": values,
        "error": st.sampled_from(["invalid_grant", "slow_down"]) | values,
        "error_description": st.sampled_from(["AADSTS50173: x"]) | values,
        "error_subtype": values,
        "suberror": values,
    },
)


@given(fields)
def test_any_grant(found: dict[str, Any]) -> None:
    """Tokens come out that may stand in a line, with a life that makes sense; or a plain error."""
    with suppress(TokenError, SignInError):
        first_grant(found, CLIENT)
    with suppress(TokenError):
        grant = grant_of(found, CLIENT)
        assert grant.access_token.isascii()
        assert grant.access_token.isprintable()
        assert 0 < grant.life_s <= 86_400
        assert all(name.isprintable() and "@" in name for name in grant.accounts)


@given(st.integers(100, 599), fields, st.text())
def test_any_refusal(status: int, found: dict[str, Any], retry_after: str) -> None:
    """A refusal is one of two, and its words are our own and the codes of the provider."""
    refusal = refusal_of(status, found, retry_after)
    assert isinstance(refusal, SignInNeededError | TokenError)
    assert str(refusal).isprintable()
    assert str(refusal).isascii()
    assert 0 <= rest_s(retry_after) <= 900


@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
def test_any_body(body: bytes) -> None:
    """A body is an object, or no JSON."""
    with suppress(ValueError):
        assert isinstance(read_fields(body), dict)


queries = st.lists(
    st.sampled_from(
        [b"state=the-state", b"state=x", b"code=c", b"code=", b"error=e", b"&", b"=", b"%ff", b"+"]
    )
    | st.binary(max_size=10)
).map(b"&".join)


@given(queries, st.sampled_from([b"/", b"/x", b"", b"//"]) | st.binary(max_size=5))
def test_any_request(query: bytes, path: bytes) -> None:
    """A code is taken only from a request that repeats the state, on the one path there is."""

    async def judged() -> str:
        async with Loopback(STATE) as loopback:
            host = loopback.uri.removeprefix("http://").encode()
            head = b"GET " + path + b"?" + query + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
            return loopback._judge(head)[1]

    brought = asyncio.run(judged())
    if brought:
        parts = query.split(b"&")
        assert path == b"/"
        assert parts.count(b"state=the-state") == 1
        assert brought.partition(" ")[0] in {"code", "error"}


@given(st.binary(max_size=200))
def test_any_octets(head: bytes) -> None:
    """What is no request at all brings nothing."""

    async def judged() -> str:
        async with Loopback(STATE) as loopback:
            return loopback._judge(head + b"\r\n\r\n")[1]

    assert asyncio.run(judged()) == ""
