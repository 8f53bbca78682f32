"""What does a provider's refusal mean? Told by its codes: its free words may hold secrets."""

import re
from collections.abc import Mapping
from typing import Any

import httpx2

from sequencer.mail.sign_in import SignInNeededError, TokenError

MOST_REST_S = (
    900.0  # however long a provider wants to be left alone, a person may sign in meanwhile
)
_WORD = re.compile(r"[a-z_]{1,40}")
_MICROSOFT = re.compile(r"AADSTS(\d{3,8})(?!\d)")
_SECONDS = re.compile(r"\d{1,6}")

# RFC 6749 section 5.2, OpenID Connect and Microsoft: asking again would bring the same answer.
_HOPELESS = frozenset(
    {
        "invalid_grant",
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "access_denied",
        "consent_required",
        "interaction_required",
        "login_required",
    }
)
_MEANINGS = {
    "invalid_client": "its client secret is wrong, or there is no such client",
    "invalid_rapt": "the organisation lets nobody stay signed in for longer",
    "access_denied": "somebody said no",
    "consent_required": "somebody has to agree to it on the page of the provider",
    "interaction_required": "the organisation wants more proof of who signs in",
    "admin_policy_enforced": "an administrator has to allow this application",
    "50057": "the account is disabled",
    "50059": "the tenant is missing: set `tenant` for this application",
    "50076": "the organisation wants more proof of who signs in",
    "50079": "the organisation wants more proof of who signs in",
    "50126": "the password was wrong",
    "50173": "the password was changed, or the sign-ins were revoked",
    "50194": "the application is for one tenant: set `tenant` for it",
    "53003": "a rule of the organisation (conditional access) forbids it",
    "65001": "somebody has to agree to it on the page of the provider",
    "70008": "it was not used for too long",
    "70043": "the organisation lets nobody stay signed in for longer",
    "90002": "there is no such tenant",
    "700016": "the tenant does not know this client id",
    "700025": "the application is public: leave its client secret out",
    "700082": "it was not used for 90 days",
    "700084": "it has ended, as this kind of sign-in does after a day",
    "7000112": "the application is disabled",
    "7000215": "the client secret is wrong",
    "7000218": "the application has to allow public client flows, or needs its client secret",
    "7000222": "the client secret has expired",
}
_REVOKED = (
    "it has expired or was revoked; at Google it lasts 7 days while the application is a test"
)


def error_of(fields: Mapping[str, Any]) -> str:
    """The error code of an answer; empty where there is none that can be shown."""
    return _word(fields.get("error"))


def refusal_of(status: int, fields: Mapping[str, Any], retry_after: str) -> Exception:
    """The exception for an answer that is none of success."""
    codes = _codes(fields)
    told = ", ".join(codes) or "no reason given"
    text = f"The provider refused a token: {told} ({status}){_meaning(codes)}."
    busy = status == httpx2.codes.TOO_MANY_REQUESTS or status >= 500
    if codes and codes[0] in _HOPELESS and not busy:
        return SignInNeededError(text)
    return TokenError(text, rest_s(retry_after))


def rest_s(retry_after: str) -> float:
    """For how many seconds a provider wants to be left alone; a date is not looked at."""
    found = _SECONDS.fullmatch(retry_after.strip())
    return min(float(found[0]), MOST_REST_S) if found else 0.0


def _codes(fields: Mapping[str, Any]) -> list[str]:
    description = fields.get("error_description")
    found = _MICROSOFT.search(description[:200]) if isinstance(description, str) else None
    codes = [
        error_of(fields),
        _word(fields.get("error_subtype") or fields.get("suberror")),
        found[0] if found else "",
    ]
    return [code for code in codes if code]


def _meaning(codes: list[str]) -> str:
    for code in reversed(codes):  # the last one says most
        if meaning := _MEANINGS.get(code.removeprefix("AADSTS")):
            return f": {meaning}"
    return f": {_REVOKED}" if codes == ["invalid_grant"] else ""


def _word(value: object) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""
