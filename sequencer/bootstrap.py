"""The composition root: reads settings, builds everything, and alone names concrete classes."""

import asyncio
import logging
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import httpx2
import structlog

from sequencer.adapters import calendly, log_lines
from sequencer.adapters.clock import SteppedClock, SystemClock
from sequencer.adapters.imap import ImapAccount, ImapInbox, ImapTime
from sequencer.adapters.instance_lock import InstanceLock
from sequencer.adapters.loop import new_loop
from sequencer.adapters.marker import MarkerFile
from sequencer.adapters.opt_out_log import OptOutLog
from sequencer.adapters.randomness import new_key
from sequencer.adapters.smtp import SmtpAccount, SmtpMailer
from sequencer.adapters.ticker import Ticker
from sequencer.adapters.token import CommandToken, OAuthClient, RefreshToken
from sequencer.adapters.token_file import TokenFile
from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.rolling import Ramp
from sequencer.engine.daemon import Daemon
from sequencer.engine.demo import Demo, Tempo
from sequencer.engine.demo_people import Guests, bring_in
from sequencer.engine.desk import Desk
from sequencer.engine.history import HistoryWatch
from sequencer.engine.hooks import Source
from sequencer.engine.opt_out_book import OptOutBook
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.ports import Clock
from sequencer.engine.runner import Runner
from sequencer.engine.world import Door, World
from sequencer.files.builtin import builtin_files
from sequencer.files.check import Checked, check_workspace
from sequencer.files.dispositions import load_dispositions
from sequencer.files.mailbox_settings import MailboxSettings, ServerSettings
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.prospects import read_prospects
from sequencer.files.provider import PRESETS
from sequencer.files.settings import Settings, lasting_database, load_settings
from sequencer.files.workspace import HISTORY, OPT_OUTS, SETTINGS, STATE
from sequencer.mail.server import Server
from sequencer.mail.sign_in import TokenSource
from sequencer.simulation.simulate import Simulation, new_simulation
from sequencer.store import schema
from sequencer.store.database import Database

event_loop = new_loop  # that a daemon runs on
IMAP_THREADS = 8  # for blocking IMAP commands; a mailbox that only waits holds none
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
    written = []
    for relative, content in builtin_files():
        target = root / relative
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    state = root / STATE
    state.mkdir(mode=0o700, exist_ok=True)  # it holds people and what was written to them
    secret = state / "secret.key"
    if not secret.exists():
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{new_key()}{new_key()}\n")
        (state / ".gitignore").write_text("*\n", encoding="ascii")
        written.append(secret)
    return written


def policy_of(settings: Settings) -> Policy:
    """The settings as the engine sees them, without passwords and ports."""
    workspace, sending, limits = settings.workspace, settings.sending, settings.limits
    return Policy(
        mailboxes={name: _mailbox(name, each) for name, each in settings.mailboxes.items()},
        keys=tuple(key.get_secret_value().encode() for key in settings.secret_keys),
        public_url=settings.web.public_url,
        tz=ZoneInfo(workspace.timezone),
        postal_address=workspace.postal_address,
        freshness=timedelta(seconds=sending.freshness_s),
        poll=timedelta(seconds=sending.poll_s),
        settle=timedelta(minutes=sending.settle_minutes),
        probes=sending.probe,
        consent_countries=frozenset(settings.consent.countries),
        limits=Limits(
            per_domain=limits.per_domain,
            per_person_day=limits.per_person_day,
            per_person_week=limits.per_person_week,
        ),
    )


def _mailbox(name: str, settings: MailboxSettings) -> MailboxPolicy:
    return MailboxPolicy(
        name=name,
        address=settings.address,
        sender_name=settings.name,
        tz=ZoneInfo(settings.timezone) if settings.timezone else None,
        pace=_pace(settings),
        keeps_sent_copy=settings.keeps_sent_copy,
        presumed_copy=PRESETS[settings.provider].keeps_sent_copy,
        server=_servers(settings),
        country=settings.country,
        subdivision=settings.subdivision,
        away=tuple(each.absence for each in settings.away),
        rep=settings.rep,
    )


def _servers(settings: MailboxSettings) -> str:
    smtp, imap = settings.smtp, settings.imap
    return f"{smtp.host}:{smtp.port} {imap.host}:{imap.port}"


def _pace(settings: MailboxSettings) -> Pace:
    ramp = settings.ramp
    return Pace(
        per_day=settings.per_day,
        gap=timedelta(seconds=settings.gap_s),
        per_hour=settings.per_hour,
        per_week=settings.per_week,
        ramp=Ramp(ramp.begin, ramp.step) if ramp else None,
        first_share=settings.first_share,
    )


def build_world(workspace: Workspace) -> World:
    """The workspace with a mailer and an inbox for every mailbox; nothing is connected yet.

    Raises:
        ConfigError: a mailbox has nothing to sign in with.
    """
    accounts = workspace.settings.mailboxes
    if problems := [_no_sign_in(name) for name, each in accounts.items() if not _signs_in(each)]:
        raise ConfigError(problems)
    threads = ThreadPoolExecutor(IMAP_THREADS, thread_name_prefix="imap")
    http = httpx2.AsyncClient(timeout=30)
    # One for all mailboxes: to read the system's certificates takes 20 ms and half a megabyte.
    files = {each.ca_file for each in accounts.values()}
    trusted = {file: ssl.create_default_context(cafile=file) for file in files}
    ways = Ways(workspace.clock, threads, trusted)
    doors = {
        name: _door(each, _token_source(name, each, workspace, http), ways)
        for name, each in accounts.items()
    }
    opt_outs = workspace.opt_outs
    return World(workspace.database, workspace.clock, workspace.desk, doors, opt_outs=opt_outs)


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
    threads: ThreadPoolExecutor
    trusted: Mapping[str | None, ssl.SSLContext]


def _door(settings: MailboxSettings, token: TokenSource | None, ways: Ways) -> Door:
    tls, clock = ways.trusted[settings.ca_file], ways.clock
    user, given = settings.username, settings.password
    password = given.get_secret_value() if given else ""
    smtp = SmtpAccount(_server(settings.smtp), user, password, token)
    imap = ImapAccount(_server(settings.imap), user, password, token)
    inbox = ImapInbox(imap, tls, ways.threads, ImapTime(clock.now, clock.boot))
    return Door(SmtpMailer(smtp, tls, clock.boot), inbox)


def _server(settings: ServerSettings) -> Server:
    return Server(settings.host, settings.port, settings.tls)


def _token_source(
    name: str, settings: MailboxSettings, workspace: Workspace, http: httpx2.AsyncClient
) -> TokenSource | None:
    boot = workspace.clock.boot
    if settings.token_command:
        return CommandToken(settings.token_command, boot)
    if settings.oauth is None:
        return None
    oauth = settings.oauth
    given = oauth.refresh_token.get_secret_value() if oauth.refresh_token else ""
    kept = TokenFile(workspace.root / STATE / "tokens" / f"{name}.token", given)
    client = OAuthClient(
        token_url=oauth.token_url,
        client_id=oauth.client_id,
        client_secret=oauth.client_secret.get_secret_value() if oauth.client_secret else "",
        scope=oauth.scope,
    )
    return RefreshToken(client, kept, http, boot)


def booking_sources(settings: Settings) -> dict[str, Source]:
    """The booking tools whose signing keys are in the settings."""
    keys = [key.get_secret_value() for key in settings.hooks.calendly.signing_keys]
    if not keys:
        return {}
    return {"calendly": calendly_source(keys)}


def calendly_source(keys: Sequence[str]) -> Source:
    """Calendly with these signing keys."""

    def verify(headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        return calendly.verify(headers.get(calendly.HEADER, ""), body, keys, now)

    return Source(calendly.SOURCE, verify, calendly.read_delivery)


def boot_s() -> float:
    """Seconds since the machine was started: for how long something took."""
    return SystemClock().boot()


def open_simulation() -> Simulation:
    """The engine in a world of chance, with the booking tools that we know."""
    return new_simulation({calendly.SOURCE: calendly_source(["a key of the simulation"])})


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
) -> Daemon:
    """The daemon of this process."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{new_key()[:8]}"
    ticker = partial(Ticker, now=SystemClock().now)  # by which clock it plans is not the world's
    return Daemon(Runner(world, holder, sources, history=history), ticker, serve)


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
