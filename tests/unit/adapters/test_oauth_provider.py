"""People sign in at a provider, and tokens are renewed there; the provider has its ways."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from builders import NOON
from fakes.token_provider import SCOPE, Reply, TokenProvider, id_token, in_html, in_json
from fakes.virtual_clock import VirtualClock

from sequencer.adapters.oauth import OAuthClient, OAuthProvider
from sequencer.adapters.oauth.answer import MAX_ANSWER
from sequencer.adapters.oauth.endpoint import ask
from sequencer.adapters.oauth.provider import challenge_of
from sequencer.mail.sign_in import (
    DevicePrompt,
    Grant,
    SignInError,
    SignInNeededError,
    TokenError,
)

ANA = "ana@seller.example"
CLIENT = OAuthClient(
    token_url="https://id.example/token",
    client_id="cid",
    scope=SCOPE,
    authorize_url="https://id.example/authorize",
    device_url="https://id.example/device",
)


class Desk:
    """A client that asks that provider, and a person with a browser."""

    def __init__(self, provider: TokenProvider, client: OAuthClient = CLIENT) -> None:
        self.clock = VirtualClock(NOON)
        self.http = httpx2.AsyncClient(transport=httpx2.MockTransport(provider.respond))
        self.provider = OAuthProvider(client, self.http, self.clock)
        self.urls: list[str] = []
        self.prompts: list[DevicePrompt] = []
        self._tasks: list[asyncio.Task[None]] = []

    def show(self, url: str) -> None:
        self.urls.append(url)
        self._tasks.append(asyncio.create_task(self._visit(url)))

    async def _visit(self, url: str) -> None:
        """What a browser does: it opens the page, and goes where that sends it."""
        page = await self.http.get(url)
        async with httpx2.AsyncClient() as browser:
            await browser.get(page.headers["Location"])

    async def by_browser(self, wait_s: float = 60) -> Grant:
        return await self.provider.by_browser(ANA, self.show, wait_s=wait_s)

    async def by_device(self, wait_s: float = 900) -> Grant:
        return await self.provider.by_device(self.prompts.append, wait_s=wait_s)

    async def close(self) -> None:
        await asyncio.gather(*self._tasks)
        await self.http.aclose()


Opened = Callable[..., Desk]


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    desks: list[Desk] = []

    def open_one(provider: TokenProvider, **changes: str) -> Desk:
        desks.append(Desk(provider, replace(CLIENT, **changes)))
        return desks[-1]

    yield open_one
    for desk in desks:
        await desk.close()


def test_challenge() -> None:
    """The example of RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_browser(opened: Opened) -> None:
    """Whoever signs in brings both tokens and the name; each sign-in has secrets of its own."""
    provider = TokenProvider(signs_in="Ana@Seller.example")
    desk = opened(provider)
    grant = await desk.by_browser()
    assert provider.access[grant.access_token] == "Ana@Seller.example"
    assert grant.refresh_token in provider.refresh
    assert (grant.accounts, grant.life_s, grant.ends_s) == (frozenset({ANA}), 3600.0, None)
    await desk.by_browser()
    first, second = (parse_qs(urlsplit(url).query) for url in desk.urls)
    assert first["login_hint"] == [ANA]
    assert first["redirect_uri"][0].startswith("http://127.0.0.1:")
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]
    assert provider.forms[0]["code_verifier"] not in desk.urls[0]


async def test_microsoft(opened: Opened) -> None:
    """The way back is called as Microsoft wants it, and lets people choose an account."""
    desk = opened(TokenProvider(), vendor="microsoft", redirect_host="localhost")
    await desk.by_browser()
    asked = parse_qs(urlsplit(desk.urls[0]).query)
    assert asked["redirect_uri"][0].startswith("http://localhost:")
    assert asked["prompt"] == ["select_account"]


async def test_google_gives_a_refresh_token_once(opened: Opened) -> None:
    """Google is asked for consent anew each time; whoever does as Google and is not, is refused."""
    provider = TokenProvider(once=True)
    desk = opened(provider, vendor="google")
    for _ in range(2):
        assert (await desk.by_browser()).refresh_token in provider.refresh
    assert parse_qs(urlsplit(desk.urls[0]).query)["access_type"] == ["offline"]
    with pytest.raises(SignInError, match="gave no refresh token"):
        await opened(provider).by_browser()


async def test_seven_days(opened: Opened) -> None:
    """A sign-in that ends by itself says when."""
    grant = await opened(TokenProvider(ends_s=604_799)).by_browser()
    assert grant.ends_s == 604_799


async def test_said_no(opened: Opened) -> None:
    """A person who refuses is told so, and nothing is asked of the provider."""
    provider = TokenProvider(signs_in="")
    with pytest.raises(SignInError, match="said no"):
        await opened(provider).by_browser()
    assert provider.forms == []


async def test_nobody_comes(opened: Opened) -> None:
    """The wait has an end."""
    desk = opened(TokenProvider())
    with pytest.raises(SignInError, match=r"Nobody has signed in within 0\.05 seconds"):
        await desk.provider.by_browser(ANA, desk.urls.append, wait_s=0.05)


async def test_a_box_that_was_not_ticked(opened: Opened) -> None:
    """A permission that was not given is named."""
    with pytest.raises(SignInError, match=r"use https://mail\.example/ was not given"):
        await opened(TokenProvider(granted="openid offline_access")).by_browser()


@pytest.mark.parametrize("granted", ["https://mail.example", "HTTPS://MAIL.EXAMPLE/ x"])
async def test_scopes_are_written_in_many_ways(opened: Opened, granted: str) -> None:
    """What was granted may be spelt otherwise than what was asked for."""
    assert (await opened(TokenProvider(granted=granted)).by_browser()).refresh_token


async def test_no_page(opened: Opened) -> None:
    """Without a page there is nothing to show."""
    with pytest.raises(SignInError, match=r"set oauth\.authorize_url"):
        await opened(TokenProvider(), authorize_url="").by_browser()


async def test_wrong_secret(opened: Opened) -> None:
    """A refusal says what the provider's codes mean, and nothing that it wrote freely."""
    with pytest.raises(SignInError, match="the client secret is wrong") as caught:
        await opened(TokenProvider(client_secret="hush")).by_browser()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "a.!!!.c",
        "a.bm8.c",
        "x" * (MAX_ANSWER + 1),
        id_token("somebody else", email=ANA),
        id_token("cid", email=7),
        id_token("cid", email="no address"),
        id_token("cid", email="\x1b[2J@evil.example"),
        id_token("cid", email="\ud800@evil.example"),
        id_token("cid", email="x" * 400 + "@evil.example"),
        7,
    ],
)
async def test_nobody_knows_who(opened: Opened, token: object) -> None:
    """What tells nobody's name is as good as nothing."""
    provider = TokenProvider(names_account=False)
    answer = {"access_token": "a", "refresh_token": "r", "id_token": token}
    provider.canned = [in_json(200, **answer)]
    if isinstance(token, str) and len(token) > MAX_ANSWER:
        with pytest.raises(TokenError, match="too long"):
            await opened(provider).by_browser()
        return
    assert (await opened(provider).by_browser()).accounts == frozenset()


async def test_names_of_microsoft(opened: Opened) -> None:
    """An account may be known by several names."""
    token = id_token("cid", email="Sales@seller.example", preferred_username="ana@corp.example")
    provider = TokenProvider()
    provider.canned = [in_json(200, access_token="a", refresh_token="r", id_token=token)]
    grant = await opened(provider).by_browser()
    assert grant.accounts == {"sales@seller.example", "ana@corp.example"}


PENDING = in_json(400, error="authorization_pending")
SLOWER = in_json(400, error="slow_down")


async def test_device(opened: Opened) -> None:
    """The code is asked for at the pace that the provider wants, until somebody has entered it."""
    provider = TokenProvider(pending=[PENDING, SLOWER, PENDING, in_html(503)])
    desk = opened(provider)
    grant = await desk.by_device()
    assert grant.accounts == {ANA}
    assert desk.prompts == [DevicePrompt("https://id.example/device", "ABCD-1234", 900)]
    passed_s = (desk.clock.now() - NOON).total_seconds()
    assert passed_s == 5 + 5 + 10 + 10 + 20  # then twice as long, for nobody was there
    assert {form["device_code"] for form in provider.forms} == {"device-1-SECRET"}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (in_json(400, error="authorization_declined"), "said no"),
        (in_json(400, error="access_denied"), "said no"),
        (in_json(400, error="expired_token"), "in time"),
    ],
)
async def test_device_refused(opened: Opened, answer: Reply, sentence: str) -> None:
    """A refusal, or a code that is too old, ends the wait."""
    with pytest.raises(SignInError, match=sentence):
        await opened(TokenProvider(pending=[PENDING, answer])).by_device()


async def test_device_without_public_clients(opened: Opened) -> None:
    """An application that may not do this is told how it may."""
    told = in_json(401, error="invalid_client", error_description="AADSTS7000218: secret-part")
    with pytest.raises(SignInNeededError, match="allow public client flows") as caught:
        await opened(TokenProvider(pending=[told])).by_device()
    assert "secret-part" not in str(caught.value)


@pytest.mark.parametrize("wait_s", [60.0, 10_000.0])
async def test_nobody_enters_the_code(opened: Opened, wait_s: float) -> None:
    """The wait ends with the patience of the person, or with the life of the code."""
    desk = opened(TokenProvider(pending=[PENDING] * 1_000))
    with pytest.raises(SignInError, match="in time"):
        await desk.by_device(wait_s)
    assert (desk.clock.now() - NOON).total_seconds() == min(wait_s, 900)


async def test_no_devices_at_google(opened: Opened) -> None:
    """Google has no such codes for mail."""
    with pytest.raises(SignInError, match="Google gives none for mail"):
        await opened(TokenProvider(), device_url="", vendor="google").by_device()


GOOD = {
    "device_code": "d",
    "user_code": "ABC",
    "verification_uri": "https://id.example/",
    "interval": 1,
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"user_code": "\x1b[2J"}, "no code to enter"),
        ({"user_code": None}, "no code to enter"),
        ({"verification_uri": "javascript:alert(1)"}, "named no page"),
        ({"verification_uri": "https://id.example/\x1b[2J"}, "named no page"),
        ({"device_code": ""}, "no code for this device"),
        ({"device_code": "x" * 5_000}, "no code for this device"),
    ],
)
async def test_hostile_prompt(opened: Opened, changes: dict[str, object], sentence: str) -> None:
    """Nothing that could steer a terminal is shown."""
    provider = TokenProvider()
    desk = opened(provider, device_url="https://id.example/token")
    provider.canned = [in_json(200, **{**GOOD, **changes})]
    with pytest.raises(TokenError, match=sentence):
        await desk.by_device()
    assert desk.prompts == []


@pytest.mark.parametrize("interval", [0, -5, "nan", 1e-9, "soon", True])
async def test_absurd_interval(opened: Opened, interval: object) -> None:
    """However often a provider wants to be asked, once a second is enough."""
    provider = TokenProvider()
    desk = opened(provider, device_url="https://id.example/token")
    provider.canned = [in_json(200, **{**GOOD, "interval": interval}), *[PENDING] * 2_000]
    with pytest.raises(SignInError):
        await desk.by_device(10)
    assert len(provider.forms) <= 11


async def test_renewal(opened: Opened) -> None:
    """A refresh token is used once, and the next one comes with the access token."""
    provider = TokenProvider(client_secret="hush")
    provider.refresh["r"] = ANA
    grant = await opened(provider, client_secret="hush").provider.renew("r")
    assert provider.access[grant.access_token] == ANA
    assert list(provider.refresh) == [grant.refresh_token]
    assert provider.forms[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": "cid",
        "client_secret": "hush",
        "scope": SCOPE,
    }


async def test_renewal_that_leaves_the_refresh_token(opened: Opened) -> None:
    """A provider that says nothing of a new refresh token keeps the old one."""
    provider = TokenProvider(rotates=False)
    provider.refresh["r"] = ANA
    assert (await opened(provider).provider.renew("r")).refresh_token == ""


@pytest.mark.parametrize(
    ("expires_in", "life_s"),
    [
        ("3600", 3600),
        (None, 600),
        ("soon", 600),
        (0, 600),
        (-1, 600),
        (True, 600),
        ("nan", 600),
        ("inf", 600),
        (10**400, 600),
        (1e9, 86_400),
    ],
)
async def test_life(opened: Opened, expires_in: object, life_s: int) -> None:
    """A life written as a string counts, a missing or senseless one is taken for short."""
    provider = TokenProvider(life_s=expires_in)
    provider.refresh["r"] = ANA
    assert (await opened(provider).provider.renew("r")).life_s == life_s


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (in_json(400, error="invalid_grant"), "expired or was revoked; at Google it lasts 7 days"),
        (in_json(400, error="invalid_grant", error_subtype="invalid_rapt"), "stay signed in"),
        (
            in_json(400, error="invalid_grant", error_description="AADSTS700082: secret-part"),
            r"invalid_grant, AADSTS700082 \(400\): it was not used for 90 days",
        ),
        (in_json(400, error="invalid_grant", suberror="token_expired"), "token_expired"),
        (in_json(401, error="invalid_client"), "no such client"),
        (in_json(400, error="interaction_required"), "more proof"),
        (in_json(400, error="unauthorized_client", error_description=7), "unauthorized_client"),
    ],
)
async def test_somebody_has_to_sign_in(opened: Opened, answer: Reply, sentence: str) -> None:
    """A refusal that asking again does not change needs a person, who is told what it means."""
    provider = TokenProvider(canned=[answer])
    with pytest.raises(SignInNeededError, match=sentence) as caught:
        await opened(provider).provider.renew("r-secret")
    assert "secret-part" not in str(caught.value)
    assert "r-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        in_html(503),
        in_html(200),
        in_json(500, error="temporarily_unavailable"),
        in_json(503, error="invalid_grant"),
        in_json(429, error="invalid_grant"),
        in_json(400, error={"code": "invalid_grant"}),
        in_json(400, error="invalid_grant\x1b[2J"),
        (400, {}, json.dumps(["invalid_grant"]).encode()),
        (302, {"Location": "https://evil.example"}, b"{}"),
        in_json(200, token_type="Bearer"),
        in_json(200, access_token="a b"),
        in_json(200, access_token="a\r\nb"),
        in_json(200, access_token="x" * 17_000),
        in_json(200, access_token="a", refresh_token="a\nb"),
        (200, {}, b"\xff"),
        (200, {}, b"[" * 100_000),
        (200, {}, b"{" + b" " * (MAX_ANSWER + 1) + b"}"),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 10_000_000)),
    ],
)
async def test_try_again_later(opened: Opened, answer: Reply) -> None:
    """Every other trouble may pass: nobody has to sign in, and the next try asks again."""
    provider = TokenProvider(canned=[answer])
    provider.refresh["r"] = ANA
    desk = opened(provider)
    with pytest.raises(TokenError) as caught:
        await desk.provider.renew("r")
    assert "secret-part" not in str(caught.value)
    assert (await desk.provider.renew("r")).access_token


@pytest.mark.parametrize(
    ("retry_after", "rest_s"),
    [("120", 120), ("9999999", 0), ("86400", 900), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-1", 0)],
)
async def test_leave_me_alone(opened: Opened, retry_after: str, rest_s: float) -> None:
    """A provider that wants to be left alone is, within reason."""
    busy = in_html(429, **{"Retry-After": retry_after})
    with pytest.raises(TokenError) as caught:
        await opened(TokenProvider(canned=[busy])).provider.renew("r")
    assert caught.value.rest_s == rest_s


async def test_no_network() -> None:
    """A provider that cannot be reached is no reason to sign in."""

    def fail(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route")

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(fail)) as http:
        with pytest.raises(TokenError, match="cannot be reached: ConnectError"):
            await OAuthProvider(CLIENT, http, VirtualClock(NOON)).renew("r")


async def test_an_answer_that_drips() -> None:
    """The whole answer has one time limit: one octet now and then does not extend it."""

    class Drip(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.get_running_loop().create_future()

    def drip(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=Drip())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(drip)) as http:
        with pytest.raises(TokenError, match=r"took more than 0\.05 seconds"):
            await ask(http, "https://id.example/token", {"a": "b"}, limit_s=0.05)


async def test_cookies_are_not_kept() -> None:
    """What a provider sets while it renews for one mailbox it does not hear from the next one."""

    class Body(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{}"

    brought: list[str | None] = []

    def bake(request: httpx2.Request) -> httpx2.Response:
        brought.append(request.headers.get("Cookie"))
        return httpx2.Response(200, headers={"Set-Cookie": "who=ana"}, stream=Body())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(bake)) as http:
        for refresh_token in ("of ana", "of luis"):
            await ask(http, "https://id.example/token", {"refresh_token": refresh_token})
    assert brought == [None, None]


def test_secrets_are_not_shown() -> None:
    """No secret shows in what is printed of a client or a grant."""
    shown = repr(replace(CLIENT, client_secret="hush")) + repr(Grant("hush", "hush", 1.0))
    assert "hush" not in shown
