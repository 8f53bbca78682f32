"""How people outside reach our web server: by its public address, through a proxy that ends TLS."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Proxy:
    """What stands between the public address and the port on which our web server listens.

    One-click links are https (RFC 8058 section 3.1), and in production a proxy takes care of that
    as well.
    """

    public_url: str
    port: int

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Status of the answer to a POST; redirects are not followed (RFC 8058 section 3.1).

        Raises:
            LookupError: the address leads somewhere else.
        """
        path = url.removeprefix(self.public_url)
        if path == url or not path.startswith("/"):
            raise LookupError(f"nobody listens at {url}")
        # Settings for proxies are not looked at: the server is in this very process.
        async with httpx2.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            inner = f"http://127.0.0.1:{self.port}{path}"
            answer = await client.post(inner, content=body, headers=dict(headers))
        return answer.status_code
