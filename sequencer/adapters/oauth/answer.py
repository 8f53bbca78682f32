"""What has a provider answered? Read with limits, and believed only as far as it can be used."""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from sequencer.adapters.oauth.client import OAuthClient
from sequencer.mail.sign_in import Grant, SignInError, TokenError

MAX_ANSWER = 262_144
MAX_TOKEN = 16_384
DEFAULT_LIFE_S = 600.0  # where the provider does not say (RFC 6749 section 5.1 only recommends it)
MAX_NAME = 320
MOST_LIFE_S = 86_400.0
MOST_ENDS_S = 366 * 86_400.0
_TOKEN = re.compile(rf"[\x21-\x7e]{{1,{MAX_TOKEN}}}")
_NAMES = ("email", "preferred_username", "upn", "unique_name")  # claims that may hold an address
_IDENTITY = frozenset({"openid", "email", "profile", "offline_access"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a provider; fields of what was no JSON object are empty."""

    status: int
    fields: Mapping[str, Any]
    retry_after: str = ""


def read_fields(body: bytes) -> dict[str, Any]:
    """The fields of a JSON object, none of any other JSON. Raises ValueError for anything else."""
    try:
        found = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found if isinstance(found, dict) else {}


def grant_of(fields: Mapping[str, Any], client: OAuthClient) -> Grant:
    """The tokens in an answer. Raises TokenError."""
    renewed = fields.get("refresh_token")
    return Grant(
        access_token=sound(fields.get("access_token"), "The provider"),
        refresh_token=sound(renewed, "The provider") if renewed else "",
        life_s=seconds_of(fields.get("expires_in"), MOST_LIFE_S) or DEFAULT_LIFE_S,
        ends_s=seconds_of(fields.get("refresh_token_expires_in"), MOST_ENDS_S),
        accounts=_accounts(fields.get("id_token"), client.client_id),
    )


def first_grant(fields: Mapping[str, Any], client: OAuthClient) -> Grant:
    """The tokens of a new sign-in, which have to be good for what they were asked for.

    Raises:
        SignInError: something is missing; the sentence says what to do.
        TokenError: there is no token in it.
    """
    if missing := _missing(fields.get("scope"), client.scope):
        raise SignInError(
            f"The permission to {missing} was not given. Sign in again, and tick every box."
        )
    grant = grant_of(fields, client)
    if not grant.refresh_token:
        raise SignInError(
            "The provider gave no refresh token, so the sign-in would end within the hour. "
            "Take away the access that this application has in the settings of the account, "
            "then sign in again; elsewhere than at Google, ask for the scope `offline_access`."
        )
    return grant


def sound(token: object, source: str) -> str:
    """The token, if it is one that may stand in a line of SMTP or IMAP. Raises TokenError."""
    if isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    raise TokenError(f"{source} gave no token.")


def _missing(granted: object, wanted: str) -> str:
    """What of the wanted scopes was not granted; nothing said means all (RFC 6749 section 5.1)."""
    if not isinstance(granted, str) or not granted:
        return ""
    known = {each.casefold().rstrip("/") for each in granted.split()}
    short = {each.rpartition("/")[2] for each in known}
    for scope in wanted.split():
        name = scope.casefold().rstrip("/")
        if scope not in _IDENTITY and name not in known and name.rpartition("/")[2] not in short:
            return f"use {scope}"
    return ""


def _accounts(id_token: object, client_id: str) -> frozenset[str]:
    """Whom the provider says it was; its signature is TLS (OpenID Connect Core 3.1.3.7).

    That is for honest mistakes only: what a mail server lets in is the server's decision.
    """
    parts = id_token.split(".") if isinstance(id_token, str) and len(id_token) <= MAX_ANSWER else []
    if len(parts) != 3:
        return frozenset()
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = read_fields(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        return frozenset()
    audience = claims.get("aud")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        return frozenset()
    names = (claims.get(name) for name in _NAMES)
    return frozenset(each.casefold() for each in names if _is_name(each))


def _is_name(claim: object) -> TypeGuard[str]:
    """Whether it may be an address, and may be shown in a terminal."""
    if not isinstance(claim, str) or len(claim) > MAX_NAME:
        return False
    return claim.isprintable() and "@" in claim


def seconds_of(value: object, most: float) -> float | None:
    """A number of seconds, None where there is none; some providers write it as a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return min(seconds, most) if math.isfinite(seconds) and seconds > 0 else None
