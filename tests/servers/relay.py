"""Pass connections on to another address, byte by byte."""

import asyncio
from contextlib import suppress


async def relay(listen: str, target: str, port: int) -> asyncio.Server:
    """A server on that port of one address, behind which is the same port of another."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            beyond, to_beyond = await asyncio.open_connection(target, port)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(_pass_on(reader, to_beyond), _pass_on(beyond, writer))

    return await asyncio.start_server(serve, listen, port)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.close()
