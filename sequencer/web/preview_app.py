"""The application behind the page of drafts: for this machine, and for whoever knows its address.

The page shows what people wrote about others, so no page of somebody else may read it. Its address
holds a secret, and a request has to name this machine: a foreign name that was made to point here
(DNS rebinding) is turned away.
"""

from hmac import compare_digest

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sequencer.engine.preview_room import Room
from sequencer.engine.preview_view import Ask
from sequencer.web.headers import SafeHeaders
from sequencer.web.preview_page import preview_page

MOST = 200  # characters of a word in the address that are looked at
MOST_DIGITS = 6


class OnlyHere:
    """The application, for requests that name this machine and no other one."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or turn it away."""
        hosts = [value.lower() for name, value in scope.get("headers", ()) if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            await PlainTextResponse("not here", 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def build_preview(room: Room, secret: str, port: int) -> Starlette:
    """The application; it only reads."""
    app = Starlette(
        routes=[
            Route("/{secret}/", _page, methods=["GET"]),
            Route("/{secret}/stamp", _stamp, methods=["GET"]),
            Route("/{secret}/mail.eml", _source, methods=["GET"]),
        ],
        middleware=[Middleware(SafeHeaders), Middleware(OnlyHere, port=port)],
    )
    app.router.redirect_slashes = False
    app.state.room, app.state.secret = room, secret
    return app


def _page(request: Request) -> Response:
    if not _knows(request):
        return _nothing()
    room: Room = request.app.state.room
    return preview_page(room.look(_ask(request)), _word(request, "theme"), _word(request, "tab"))


def _stamp(request: Request) -> Response:
    if not _knows(request):
        return _nothing()
    room: Room = request.app.state.room
    return JSONResponse({"stamp": room.stamp()})


def _source(request: Request) -> Response:
    """The mail as it would leave, for a mail program to open."""
    room: Room = request.app.state.room
    step = room.look(_ask(request)).step if _knows(request) else None
    if step is None or step.mail is None:
        return _nothing()
    kept = {"Content-Disposition": f'attachment; filename="{step.id}.eml"'}
    return Response(step.mail.data, media_type="message/rfc822", headers=kept)


def _knows(request: Request) -> bool:
    given: str = request.path_params["secret"]
    secret: str = request.app.state.secret
    return compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _ask(request: Request) -> Ask:
    number = _word(request, "page")
    is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    return Ask(
        cadence=_word(request, "cadence"),
        step=_word(request, "step"),
        person=_word(request, "person"),
        variant=_word(request, "variant"),
        language=_word(request, "language"),
        mailbox=_word(request, "mailbox"),
        find=_word(request, "find"),
        page=int(number) if is_number else 1,
    )


def _word(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:MOST]


def _nothing() -> Response:
    return PlainTextResponse("nothing here", 404)
