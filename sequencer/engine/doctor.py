"""Is everything in order that a daemon needs, and if not, what is to be done?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.meaning import HEALTHS
from sequencer.engine.desk import Desk
from sequencer.engine.hook_list import hook_list
from sequencer.engine.outside_list import OutsideHealth, OutsideState
from sequencer.engine.status import MailboxStatus, Status, status
from sequencer.store import schema
from sequencer.store.database import Connection, Database
from sequencer.store.server import why_read_only

READ_WITHIN = timedelta(minutes=15)  # a mailbox that a daemon serves is read more often


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"  # something does not work, or soon will not


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: what it is, such as `mailbox ana`.
        hint: what to do; empty where nothing is.
    """

    level: Level
    about: str
    what: str
    hint: str = ""


def ok(about: str, what: str) -> Finding:
    """That something is in order."""
    return Finding(Level.OK, about, what)


def look_over(database: Database, desk: Desk, sources: list[str], now: datetime) -> list[Finding]:
    """What was found out without asking anybody outside; daemons have done that.

    Args:
        database: where everything is.
        desk: policy and cadences.
        sources: names of the booking tools whose deliveries are taken.
        now: this instant.
    """
    with database.read() as connection:
        return [*_database(connection, database), *_work(connection, desk, sources, now)]


def _database(connection: Connection, database: Database) -> Iterator[Finding]:
    revision = schema.current_revision(connection)
    if problem := why_read_only(database):
        hint = "look at its disk and its rights; nothing is sent as long as it is so"
        yield Finding(Level.FAIL, "database", f"it cannot be written to: {problem}", hint)
        return
    yield ok("database", f"it answers and can be written to; schema {revision}")


def _work(
    connection: Connection, desk: Desk, sources: list[str], now: datetime
) -> Iterator[Finding]:
    found = status(connection, desk, now)
    yield from _sending(found)
    for mailbox in found.mailboxes:
        yield _mailbox(mailbox, now, has_daemons=bool(found.daemons))
    yield from _address(desk)
    yield from _hooks(connection, desk, sources)
    for each in found.outside:
        yield _outside(each)


def _sending(found: Status) -> Iterator[Finding]:
    if found.held:
        yield Finding(Level.FAIL, "sending", f"nothing leaves: {found.held}", "sequencer status")
    if not found.daemons:
        hint = "start one with `sequencer run`"
        yield Finding(Level.FAIL, "daemons", "none is running", hint)
    else:
        names = ", ".join(each.name for each in found.daemons)
        yield ok("daemons", f"{len(found.daemons)} at work: {names}")
    if not found.cadences:
        hint = "sequencer check, then sequencer apply"
        yield Finding(Level.WARN, "cadences", "none has been applied", hint)
    if not found.mailboxes:
        hint = "add one to config/sequencer.yaml"
        yield Finding(Level.FAIL, "mailboxes", "none is in the settings", hint)


def _mailbox(mailbox: MailboxStatus, now: datetime, *, has_daemons: bool) -> Finding:
    health, about = mailbox.health, f"mailbox {mailbox.name}"
    if health.state is not MailboxState.OK:
        meaning = HEALTHS[health.state]
        reason = f" ({health.reason})" if health.reason else ""
        level = Level.WARN if meaning.heals else Level.FAIL
        return Finding(level, about, f"{meaning.sentence}{reason}", meaning.what)
    if has_daemons and not mailbox.held_by:
        return Finding(Level.WARN, about, "no daemon serves it yet", "wait a minute, then look")
    read_at = health.synced_at
    if read_at is None:
        hint = f"sequencer mailbox check {mailbox.name}"
        return Finding(Level.WARN, about, "it was never read", hint)
    if now - read_at > READ_WITHIN:
        level = Level.FAIL if has_daemons else Level.WARN
        minutes = round((now - read_at) / timedelta(minutes=1))
        hint = f"sequencer mailbox check {mailbox.name}"
        return Finding(level, about, f"it was last read {minutes:,} minutes ago", hint)
    if mailbox.parked:
        hint = "sequencer sends unknown"
        return Finding(Level.WARN, about, f"{mailbox.parked:,} mails wait for a person", hint)
    return ok(about, "in order, read within the last minutes")


def _address(desk: Desk) -> Iterator[Finding]:
    url = desk.policy.public_url
    if url.startswith("https://"):
        yield ok("public address", url)
    else:
        hint = "set web.public_url: opt-out links, webhooks and answers of reps go there"
        yield Finding(Level.WARN, "public address", f"{url} is not reached from outside", hint)


def _hooks(connection: Connection, desk: Desk, sources: list[str]) -> Iterator[Finding]:
    for each in hook_list(connection, sources, desk.policy.public_url).sources:
        if not each.is_set:
            continue
        about, failed = f"hooks {each.name}", each.states.get("failed", 0)
        if failed:
            what = f"{failed:,} deliveries came to nothing"
            yield Finding(Level.WARN, about, what, "sequencer hooks list")
        elif each.last_at is None:
            hint = f"book a meeting as a test; the address is {each.url}"
            yield Finding(Level.WARN, about, "nothing was ever delivered", hint)
        else:
            yield ok(about, f"last heard {each.last_at:%Y-%m-%d %H:%M} UTC")


def _outside(state: OutsideState) -> Finding:
    if state.health is OutsideHealth.FAILING:
        since = f"{state.failing_since:%Y-%m-%d %H:%M} UTC"
        what = f"it does not answer since {since}: {state.problem}"
        hint = "sequencer calendar check" if state.name.startswith("calendar") else ""
        return Finding(Level.FAIL, state.name, what, hint)
    if state.health is OutsideHealth.ODD:
        what, _, hint = state.problem.partition(": ")
        return Finding(Level.WARN, state.name, what, hint)
    if state.read_at is None:
        return Finding(Level.WARN, state.name, "it was not asked yet", "sequencer run")
    return ok(state.name, f"read {state.read_at:%Y-%m-%d %H:%M} UTC")
