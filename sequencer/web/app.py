"""The HTTP face: all routes together; webhooks in, the opt-out link, and a health check."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sequencer.domain.post import Post
from sequencer.engine.history import why_held
from sequencer.engine.hooks import store_delivery
from sequencer.engine.opt_out import is_token, opt_out
from sequencer.web import page
from sequencer.web.api import refused
from sequencer.web.body import BodyTooLargeError, read_body
from sequencer.web.handover_api import handover_api_routes
from sequencer.web.handover_routes import handover_routes
from sequencer.web.headers import SafeHeaders
from sequencer.web.meeting_api import meeting_routes
from sequencer.web.meeting_routes import meeting_page_routes
from sequencer.web.site import Site

__all__ = ["MAX_FORM", "MAX_HOOK", "Site", "build_app"]

MAX_HOOK = 256 * 1024  # bytes; the largest real delivery is a tenth of it
MAX_FORM = 16 * 1024


def build_app(site: Site) -> Starlette:
    """The application; all state is in the database."""
    app = Starlette(
        routes=[
            Route("/healthz", _healthz, methods=["GET"]),
            Route("/hooks/{source}", _hook, methods=["POST"]),
            Route("/hooks/{source}/{secret}", _hook, methods=["POST"]),
            Route("/u/{token}", _opt_out_page, methods=["GET"]),
            Route("/u/{token}", _opt_out, methods=["POST"]),
            *handover_routes(),
            *meeting_page_routes(),
            *meeting_routes(),
            *handover_api_routes(),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: refused},
    )
    app.router.redirect_slashes = False  # the address to go to would be made of a header
    app.state.site = site
    return app


async def _healthz(request: Request) -> Response:
    """200 while the database answers, else 503. That nothing leaves is told, and is no failure."""
    site: Site = request.app.state.site
    if await site.world.is_well():
        held = await site.world.read(why_held)
        return JSONResponse({"status": "ok"} | ({"held": held} if held else {}))
    return JSONResponse({"status": "the database does not answer"}, status_code=503)


async def _hook(request: Request) -> Response:
    """2xx only after the delivery is stored; the signature is checked over the raw bytes."""
    site: Site = request.app.state.site
    source = site.sources.get(request.path_params["source"])
    if source is None:
        return JSONResponse({"error": "unknown source"}, status_code=404)
    try:
        body = await read_body(request, MAX_HOOK)
    except BodyTooLargeError:
        return JSONResponse({"error": f"more than {MAX_HOOK} bytes"}, status_code=413)
    now = site.world.clock.now()
    post = _post(request, site, body)
    if not source.verify(post, now):
        return JSONResponse({"error": "signature missing, wrong or too old"}, status_code=401)
    asked = source.answer(post)
    if asked is not None:
        return JSONResponse(asked)
    new = await site.world.write(store_delivery, source, body, now)
    return JSONResponse({"status": "stored" if new else "known"})


def _post(request: Request, site: Site, body: bytes) -> Post:
    """The request as its sender made it: a proxy in front of us has changed its address."""
    base = site.world.desk.policy.public_url.rstrip("/")
    query = f"?{request.url.query}" if request.url.query else ""
    secret = request.path_params.get("secret", "")
    return Post(body, request.headers, f"{base}{request.url.path}{query}", secret, request.method)


async def _opt_out_page(request: Request) -> Response:
    """A page with one button. Changes nothing: mail scanners follow every link."""
    site: Site = request.app.state.site
    if not is_token(site.world.desk, request.path_params["token"]):
        return page.unknown_link()
    return page.ask()


async def _opt_out(request: Request) -> Response:
    """Opt out at once, without log-in or redirect, as often as it is asked (RFC 8058 section 3.2).

    The body says nothing that the link does not, so whatever it holds is read and left alone.
    """
    site: Site = request.app.state.site
    try:
        await read_body(request, MAX_FORM)
    except BodyTooLargeError:
        return page.unknown_link(413)
    token, source = request.path_params["token"], "opt-out link"
    now = site.world.clock.now()
    if not await site.world.write(opt_out, site.world.desk, token, source, now):
        # Signed by us, and whose it is may be forgotten: that is found once Sent was compared.
        why = await site.world.read(why_held)
        is_ours = is_token(site.world.desk, token)
        return page.try_again() if why and is_ours else page.unknown_link()
    if not await site.world.keeps_opt_outs():
        return page.try_again()
    return page.done()
