"""A process that wants a new access token again and again: `token_asker.py DATABASE URL TIMES`.

It writes each one that it gets.
"""

import asyncio
import sys

import httpx2

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.oauth import OAuthClient, OAuthProvider
from sequencer.adapters.randomness import new_key
from sequencer.adapters.seal import KeySealer
from sequencer.engine.kept_token import KeptToken, Vault
from sequencer.store.database import Database

KEY = b"a key that all hosts have"
ANA = "ana@seller.example"


async def main(database: str, url: str, times: int) -> None:
    """Ask, and say each time that the server has turned the last one down."""
    clock = SystemClock()
    vault = Vault(Database(database), KeySealer([KEY]), clock, new_key)
    async with httpx2.AsyncClient() as http:
        provider = OAuthProvider(OAuthClient(f"{url}/token", "cid"), http, clock)
        token = KeptToken("ana", ANA, provider, vault)
        refused = ""
        for _ in range(times):
            refused = await token(refused)
            sys.stdout.write(f"{refused}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
