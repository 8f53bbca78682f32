"""Read a request's body up to a limit, whatever length it claims to have."""

from starlette.requests import Request


class BodyTooLargeError(Exception):
    """The body is longer than it may be."""


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body; BodyTooLargeError as soon as more than `limit` bytes came or were announced."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:12]) > limit:
        raise BodyTooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLargeError
    return bytes(body)
