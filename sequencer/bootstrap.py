"""The composition root: reads settings, builds everything, and alone names concrete classes."""

import asyncio
import logging
import os
import socket
import ssl
import sys
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx2
import structlog

from sequencer.adapters import log_lines
from sequencer.adapters.booking.registry import TOOLS, calendly_subscriptions, look_ups, pollers
from sequencer.adapters.calendar_feed.door import CalendarDoor
from sequencer.adapters.clock import SteppedClock, SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapTime, Shares
from sequencer.adapters.instance_lock import InstanceLock
from sequencer.adapters.loop import new_loop
from sequencer.adapters.marker import MarkerFile
from sequencer.adapters.oauth import OAuthClient, OAuthProvider
from sequencer.adapters.open_files import raise_limit
from sequencer.adapters.opt_out_log import OptOutLog
from sequencer.adapters.randomness import new_key
from sequencer.adapters.seal import KeySealer
from sequencer.adapters.smtp import SmtpAccount, SmtpMailer
from sequencer.adapters.ticker import Ticker
from sequencer.adapters.token_command import CommandToken
from sequencer.domain.post import Secrets
from sequencer.engine.daemon import Daemon
from sequencer.engine.demo import Demo, Tempo
from sequencer.engine.demo_people import Guests, bring_in
from sequencer.engine.desk import Desk
from sequencer.engine.feed_list import feeds_of
from sequencer.engine.feeds import Feed, calendars
from sequencer.engine.history import HistoryWatch
from sequencer.engine.hook_sources import configured, new_source
from sequencer.engine.hooks import Source
from sequencer.engine.kept_token import KeptToken, Vault
from sequencer.engine.opt_out_book import OptOutBook
from sequencer.engine.outside import Outside, OutsideWatch
from sequencer.engine.policy_of import policy_of
from sequencer.engine.polling import tools_outside
from sequencer.engine.ports import Clock
from sequencer.engine.runner import Runner
from sequencer.engine.sign_in import OneToken, SignedIn, SignInProvider, Wanted, keep_sign_in
from sequencer.engine.world import Door, World
from sequencer.files.check import Checked, check_workspace
from sequencer.files.dispositions import load_dispositions
from sequencer.files.mailbox_settings import MailboxSettings, ServerSettings
from sequencer.files.new_workspace import write_workspace
from sequencer.files.oauth_settings import OauthSettings
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.prospects import read_prospects
from sequencer.files.provider import PRESETS, Provider
from sequencer.files.settings import Settings, lasting_database, load_settings
from sequencer.files.workspace import HISTORY, OPT_OUTS, SETTINGS, STATE
from sequencer.mail.server import Server
from sequencer.mail.sign_in import Grant, TokenSource
from sequencer.simulation.simulate import Simulation, new_simulation
from sequencer.store import schema
from sequencer.store.database import Database

event_loop = new_loop  # that a daemon runs on
ask_calendly = calendly_subscriptions
boot_s = SystemClock().boot  # seconds since the machine was started: for how long something took
fresh_key = new_key  # that nobody can guess
now = SystemClock().now  # this instant (UTC), for commands that open no workspace
SIMULATED_TOOLS = {"calendly": new_source(TOOLS["calendly"], Secrets(("a simulation's key",)))}
IMAP_THREADS = 32  # for blocking IMAP commands; a mailbox that only waits holds none
NO_KEY = Problem(
    file=(STATE / "secret.key").as_posix(),
    line=None,
    column=None,
    message="there is no secret key to sign opt-out links with",
    hint="`sequencer init` writes one; where there was one before, bring that one back: "
    "it signed the links of every mail that was sent",
)


@dataclass
class Workspace:
    """An opened workspace: settings, database, desk."""

    root: Path
    settings: Settings
    database: Database
    desk: Desk
    clock: Clock
    new_key: Callable[[], str] = new_key
    opt_outs: OptOutBook | None = None

    def close(self) -> None:
        """Close the database."""
        self.database.dispose()


def open_workspace(root: Path, environ: Mapping[str, str]) -> Workspace:
    """The workspace in that folder, its database created or migrated.

    Raises:
        ConfigError: the settings are not valid, or nothing signs the opt-out links.
        StoreError: the database belongs to a newer program.
    """
    settings = load_settings(root, environ)
    if not settings.secret_keys:
        raise ConfigError([NO_KEY])
    database = Database(settings.database)
    schema.upgrade(database)
    policy = replace(policy_of(settings), dispositions=load_dispositions(root))
    opt_outs = OptOutBook(OptOutLog(root / OPT_OUTS))
    database.tell = opt_outs.note
    return Workspace(root, settings, database, Desk(policy), SystemClock(), opt_outs=opt_outs)


def check(root: Path, environ: Mapping[str, str]) -> Checked:
    """Everything that is wrong with the files of a workspace; the database is not touched."""
    return check_workspace(root, environ)


def create_workspace(root: Path) -> list[Path]:
    """Files written for a new workspace: the examples and the secret key; none is overwritten."""
    return write_workspace(root, f"{new_key()}{new_key()}")


def build_world(workspace: Workspace) -> World:
    """The workspace with a mailer and an inbox for every mailbox; nothing is connected yet.

    Raises:
        ConfigError: a mailbox has nothing to sign in with.
    """
    accounts = workspace.settings.mailboxes
    if problems := [_no_sign_in(name) for name, each in accounts.items() if not _signs_in(each)]:
        raise ConfigError(problems)
    threads = Shares(ThreadPoolExecutor(IMAP_THREADS, thread_name_prefix="imap"))
    http = httpx2.AsyncClient(timeout=30)
    # One for all mailboxes: to read the system's certificates takes 20 ms and half a megabyte.
    files = {each.ca_file for each in accounts.values()}
    trusted = {file: ssl.create_default_context(cafile=file) for file in files}
    ways = Ways(workspace.clock, threads, trusted)
    tokens = {name: _token_source(name, each, workspace, http) for name, each in accounts.items()}
    doors = {name: _door(each, tokens[name], ways) for name, each in accounts.items()}
    return World(
        workspace.database,
        workspace.clock,
        workspace.desk,
        doors,
        opt_outs=workspace.opt_outs,
        tokens=[each for each in tokens.values() if isinstance(each, KeptToken)],
    )


def _signs_in(settings: MailboxSettings) -> bool:
    return bool(settings.password or settings.oauth or settings.token_command)


def _no_sign_in(name: str) -> Problem:
    variable = f"SEQUENCER_MAILBOXES__{name.upper().replace('-', '_')}__PASSWORD_FILE"
    return Problem(
        file=SETTINGS.as_posix(),
        line=None,
        column=None,
        message=f"the mailbox `{name}` has nothing to sign in with",
        hint=f"put its password into a file and name that file in {variable}, or see `oauth`",
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """What all doors share: the clock, threads that wait for servers, whom to trust by file."""

    clock: Clock
    threads: Shares
    trusted: Mapping[str | None, ssl.SSLContext]


def _door(settings: MailboxSettings, token: TokenSource | None, ways: Ways) -> Door:
    tls, clock = ways.trusted[settings.ca_file], ways.clock
    user, given = settings.username, settings.password
    password = given.get_secret_value() if given else ""
    smtp = SmtpAccount(_server(settings.smtp), user, password, token)
    imap = ImapAccount(_server(settings.imap), user, password, token)
    threads = ways.threads.of(settings.imap.host)
    inbox = ImapInbox(imap, tls, threads, ImapTime(clock.now, clock.boot))
    return Door(SmtpMailer(smtp, tls, clock.boot), inbox)


def _server(settings: ServerSettings) -> Server:
    return Server(settings.host, settings.port, settings.tls)


def _token_source(
    name: str, settings: MailboxSettings, workspace: Workspace, http: httpx2.AsyncClient
) -> TokenSource | None:
    if settings.token_command:
        return CommandToken(settings.token_command, workspace.clock.boot)
    if settings.oauth is None:
        return None
    provider = _provider(settings.provider, settings.oauth, http)
    return KeptToken(name, settings.address, provider, _vault(workspace))


def _vault(workspace: Workspace) -> Vault:
    sealer = KeySealer(workspace.desk.policy.keys)
    return Vault(workspace.database, sealer, workspace.clock, workspace.new_key)


def _provider(name: Provider, oauth: OauthSettings, http: httpx2.AsyncClient) -> OAuthProvider:
    known = PRESETS[name].oauth
    client = OAuthClient(
        token_url=oauth.token_url,
        client_id=oauth.client_id,
        client_secret=oauth.client_secret.get_secret_value() if oauth.client_secret else "",
        scope=oauth.scope,
        vendor=known.vendor if known else "",
        authorize_url=oauth.authorize_url,
        device_url=oauth.device_url,
        redirect_host=known.redirect_host if known else "127.0.0.1",
    )
    return OAuthProvider(client, http, SystemClock())


async def sign_in(
    workspace: Workspace, name: str, by: Callable[[SignInProvider], Awaitable[Grant]]
) -> SignedIn:
    """Let somebody sign in to a mailbox that has `oauth`, and keep what comes of it.

    Raises:
        SignInError, TokenError, SignInNeededError: nothing came of it, and nothing was stored.
    """
    settings = workspace.settings.mailboxes[name]
    oauth = settings.oauth
    if oauth is None:
        raise ConfigError([_no_sign_in(name)])
    names = [oauth.account] if oauth.account else [settings.address, settings.username]
    wanted = Wanted(name, settings.address, frozenset(each.casefold() for each in names))
    trusted = {settings.ca_file: ssl.create_default_context(cafile=settings.ca_file)}
    with ThreadPoolExecutor(1, thread_name_prefix="imap") as threads:
        async with httpx2.AsyncClient() as http:
            grant = await by(_provider(settings.provider, oauth, http))
        ways = Ways(workspace.clock, Shares(threads), trusted)
        door = _door(settings, OneToken(grant.access_token), ways)
        now = workspace.clock.now()
        try:
            return await keep_sign_in(_vault(workspace), wanted, grant, door, now)
        finally:
            await door.mailer.close()
            await door.inbox.close()


def booking_sources(settings: Settings) -> dict[str, Source]:
    """The booking tools of whose deliveries the settings tell how to check them."""
    return configured(settings.hooks, TOOLS, look_ups(settings.hooks.hubspot.token()))


def calendar_feeds(workspace: Workspace) -> list[Feed]:
    """The calendars in the settings."""
    door = CalendarDoor(httpx2.AsyncClient(timeout=30), workspace.clock.now)
    return feeds_of(workspace.settings, door.open)


def outside_of(workspace: Workspace) -> list[Outside]:
    """What a daemon asks by itself: calendars, booking tools."""
    hooks, url = workspace.settings.hooks, workspace.desk.policy.public_url
    tokens = {"calendly": hooks.calendly.token(), "calcom": hooks.calcom.token()}
    asked = pollers(httpx2.AsyncClient(timeout=30), tokens, hooks.calcom.api_url)
    tools = tools_outside(hooks, asked, ask_calendly, url)
    return [*calendars(calendar_feeds(workspace)), *tools]


def open_simulation() -> Simulation:
    """The engine in a world of chance, with the booking tools that we know."""
    return new_simulation(SIMULATED_TOOLS)


@contextmanager
def only_daemon(workspace: Workspace) -> Iterator[None]:
    """Hold an embedded database for this process alone; a server's database bears many.

    Raises:
        LockedError: another process has it.
    """
    path = workspace.database.path
    if path is None:
        yield
        return
    with InstanceLock(path):
        yield


def with_database(workspace: Workspace, url: str) -> Workspace:
    """The workspace with the database at that address, which is not opened yet.

    Raises:
        ValueError: it is no address of a database that could be there.
    """
    return replace(workspace, database=Database(lasting_database(url, workspace.root)))


def build_daemon(
    world: World,
    sources: Mapping[str, Source],
    serve: Callable[[asyncio.Event], Coroutine[None, None, None]],
    history: HistoryWatch | None = None,
    outside: Sequence[Outside] = (),
) -> Daemon:
    """The daemon of this process."""
    raise_limit()
    holder = f"{socket.gethostname()}:{os.getpid()}:{new_key()[:8]}"
    ticker = partial(Ticker, now=SystemClock().now)  # by which clock it plans is not the world's
    watch = OutsideWatch(outside)
    runner = Runner(world, holder, sources, history=history, outside=watch)
    return Daemon(runner, ticker, serve)


def opt_out_logs(workspace: Workspace, others: Sequence[Path]) -> list[OptOutLog]:
    """The log of opt-outs of this workspace, and those of other hosts."""
    return [OptOutLog(path) for path in (workspace.root / OPT_OUTS, *others)]


def watch_history(workspace: Workspace) -> HistoryWatch:
    """What compares the database with what this host has seen of it."""
    return HistoryWatch(MarkerFile(workspace.root / HISTORY), new_key)


def configure_logging(*, as_json: bool, quiet: bool = False) -> None:
    """Logs on standard error: one event per line, control characters escaped, no secrets in it."""
    log_lines.configure(as_json=as_json, quiet=quiet)


DEMO_BEGINS_AT = datetime(2026, 10, 19, 6, tzinfo=UTC)  # a Monday; Europe's clocks change on Sunday
DEMO_CADENCE = "fintech-intro"


class Face(Protocol):
    """A web server that listens already."""

    port: int

    def serving(
        self, world: World, sources: Mapping[str, Source]
    ) -> Callable[[asyncio.Event], Coroutine[None, None, None]]:
        """What runs until its event is set."""
        ...


@asynccontextmanager
async def open_demo(
    root: Path, face: Face, *, seed: int, hours_per_s: float
) -> AsyncIterator[Demo]:
    """A demonstration in a new workspace at `root`: servers, people, web, and a daemon's work."""
    from sequencer.adapters.sandbox.sandbox import Sandbox  # noqa: PLC0415 - an optional extra

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    clock = SteppedClock(DEMO_BEGINS_AT)
    create_workspace(root)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(clock.now, face.port))
        (root / SETTINGS).write_text(sandbox.settings_text(), encoding="utf-8")
        environ = sandbox.environ()
        workspace = replace(open_workspace(root, environ), clock=clock)
        stack.callback(workspace.close)
        rows = list(read_prospects(root / "config" / "prospects.csv"))
        guests = Guests(check(root, environ).cadences, DEMO_CADENCE, rows)
        people = bring_in(workspace.database, workspace.desk, guests, seed, clock.now())
        sandbox.invite(people, seed)
        world, sources = build_world(workspace), booking_sources(workspace.settings)
        stopping = asyncio.Event()
        served = asyncio.create_task(face.serving(world, sources)(stopping))

        async def end() -> None:
            stopping.set()
            await served
            await world.close()

        stack.push_async_callback(end)
        tempo = Tempo(hours_per_s, SystemClock().sleep, boot_s)
        yield Demo(Runner(world, "demo", sources), clock, sandbox, tempo)
