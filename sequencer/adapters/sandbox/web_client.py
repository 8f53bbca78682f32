"""How people outside reach our web server: with a plain HTTP client."""

from collections.abc import Mapping

import httpx2

TIMEOUT_S = 10.0


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Status of the answer to a POST; redirects are not followed (RFC 8058 section 3.1).

    Settings for proxies are not looked at: the server is in this very process.
    """
    async with httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
        answer = await client.post(url, content=body, headers=dict(headers))
    return answer.status_code
