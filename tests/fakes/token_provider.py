"""A provider of tokens with the ways of the big ones: it rotates, it revokes, it is strict."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

import httpx2

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = "https://mail.example/ offline_access openid"
Reply = tuple[int, dict[str, str], bytes]


def in_json(status: int, **fields: object) -> Reply:
    """An answer as it is meant to be."""
    return status, {"Content-Type": "application/json"}, json.dumps(fields).encode()


def in_html(status: int, **headers: str) -> Reply:
    """What a gateway in front of the provider says."""
    page = b"<html><h1>Sorry</h1><p>secret-part</p></html>"
    return status, {"Content-Type": "text/html", **headers}, page


@dataclass
class TokenProvider:
    """Its state, and what it answers.

    Attributes:
        signs_in: who sits in front of the page; empty for somebody who says no.
        rotates: whether each use of a refresh token gives a new one, and the old one, used again,
            ends the whole sign-in (Microsoft, and whoever follows RFC 9700).
        once: whether only the first consent gives a refresh token, unless consent is asked for
            anew (Google).
        names_account: whether an ID token tells who signed in.
        ends_s: how long a sign-in lasts, as Google says of an application that is a test.
        granted: the scope that is granted; everything where it is None.
        pending: what is answered while nobody has entered the code of a device.
        canned: what is answered to the next questions at the token endpoint, whatever they are.
        forms: what was asked there.
    """

    client_id: str = "cid"
    client_secret: str = ""
    signs_in: str = "ana@seller.example"
    rotates: bool = True
    once: bool = False
    names_account: bool = True
    life_s: object = 3600
    ends_s: int | None = None
    granted: str | None = None
    pending: list[Reply] = field(default_factory=list)
    canned: list[Reply] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    access: dict[str, str] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)
    spent: dict[str, str] = field(default_factory=dict)
    on_token: Callable[[], None] = lambda: None
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _number: int = 0

    def revoke(self, account: str) -> None:
        """End all sign-ins of an account; access tokens too."""
        self.refresh = {each: who for each, who in self.refresh.items() if who != account}
        self.expire(account)

    def expire(self, account: str) -> None:
        """Let the access tokens of an account be over."""
        self.access = {each: who for each, who in self.access.items() if who != account}

    def authorize(self, query: str) -> Reply:
        """The page: whoever sits there signs in at once, and is sent back."""
        asked = one_each(query)
        assert asked["code_challenge_method"] == "S256"
        back = {"state": asked["state"]}
        if self.signs_in:
            back["code"] = self._new("code")
            asked["who"] = self.signs_in
            self._codes[back["code"]] = asked
        else:
            back["error"] = "access_denied"
        return 302, {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"}, b""

    def device(self, body: str) -> Reply:
        """A code for a device; somebody enters it at once."""
        asked = one_each(body)
        code = self._new("device")
        self._codes[code] = {**asked, "who": self.signs_in}
        return in_json(
            200,
            device_code=code,
            user_code="ABCD-1234",
            verification_uri="https://id.example/device",
            expires_in=900,
            interval=5,
        )

    def token(self, body: str) -> Reply:
        """The token endpoint."""
        form = one_each(body)
        self.forms.append(form)
        self.on_token()
        if self.canned:
            return self.canned.pop(0)
        given = (form.get("client_id"), form.get("client_secret", ""))
        if given != (self.client_id, self.client_secret):
            return in_json(401, error="invalid_client", error_description="AADSTS7000215: no")
        if form["grant_type"] == "refresh_token":
            return self._renew(form["refresh_token"])
        if form["grant_type"] == DEVICE and self.pending:
            return self.pending.pop(0)
        return self._redeem(form)

    def introspect(self, body: str) -> Reply:
        """Whose access token it is (RFC 7662), for mail servers."""
        who = self.access.get(one_each(body).get("token", ""))
        return in_json(200, active=True, email=who) if who else in_json(200, active=False)

    def _redeem(self, form: Mapping[str, str]) -> Reply:
        """Tokens for a code, which is good once."""
        asked = self._codes.pop(form.get("code") or form["device_code"], None)
        if asked is None:
            return in_json(400, error="invalid_grant", error_description="used already")
        if "code" in form:
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            assert proof == asked["code_challenge"]
            assert form["redirect_uri"] == asked["redirect_uri"]
        who = asked["who"]
        withheld = self.once and who in self._known and asked.get("prompt") != "consent"
        self._known.add(who)
        more: dict[str, object] = {} if withheld else {"refresh_token": self._refresh(who)}
        if self.names_account:
            more["id_token"] = id_token(self.client_id, email=who)
        if self.ends_s is not None:
            more["refresh_token_expires_in"] = self.ends_s
        return self._tokens(who, scope=self.granted or asked["scope"], **more)

    def _renew(self, refresh_token: str) -> Reply:
        who = self.refresh.get(refresh_token)
        if thief := self.spent.get(refresh_token):
            self.revoke(thief)
        if who is None:
            told = "AADSTS50173: The provided grant has expired. secret-part"
            return in_json(400, error="invalid_grant", suberror="bad_token", error_description=told)
        if not self.rotates:
            return self._tokens(who)
        del self.refresh[refresh_token]
        self.spent[refresh_token] = who
        return self._tokens(who, refresh_token=self._refresh(who))

    def _tokens(self, who: str, **more: object) -> Reply:
        token = self._new("access")
        self.access[token] = who
        fields = {"access_token": token, "token_type": "Bearer", "expires_in": self.life_s}
        return in_json(200, **fields, **more)

    def _refresh(self, who: str) -> str:
        token = self._new("refresh")
        self.refresh[token] = who
        return token

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._number}-SECRET"

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to a request without any network."""
        status, headers, body = self.answer(
            request.url.path, request.url.query.decode(), request.content.decode()
        )
        return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(body))

    def answer(self, path: str, query: str, body: str) -> Reply:
        """The answer to a request."""
        if path == "/authorize":
            return self.authorize(query)
        ways = {"/token": self.token, "/device": self.device, "/introspect": self.introspect}
        return ways[path](body)


def one_each(text: str) -> dict[str, str]:
    """A form in which nothing is twice."""
    found = parse_qs(text, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def id_token(audience: str, **claims: object) -> str:
    """A token that says who it is, with a signature that nobody looks at."""
    parts = ({"alg": "RS256"}, {"aud": audience, **claims})
    coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join([*(part.rstrip("=") for part in coded), "c2ln"])
