"""Calendars, and whether all is in order, at the command line."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from builders import a_prospect
from click.testing import CliRunner, Result

from sequencer.adapters.clock import SystemClock
from sequencer.bootstrap import open_workspace, outside_of
from sequencer.cli.main import cli
from sequencer.engine.outside import begin
from sequencer.store import daemons, mailboxes, outside_looks, prospects
from sequencer.store.database import database_now
from sequencer.store.outside_looks import OutsideLook

SETTINGS = """
workspace: {name: Test, timezone: Europe/Madrid}
account_fields: [plan]
web: {public_url: https://go.seller.example}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana
    values: {phone: "1"}
    smtp: {host: 127.0.0.1, port: 1025, tls: plain}
    imap: {host: 127.0.0.1, port: 1143, tls: plain}
  luis:
    address: luis@seller.example
    name: Luis
    values: {phone: "2"}
    smtp: {host: 127.0.0.1, port: 1025, tls: plain}
    imap: {host: 127.0.0.1, port: 1143, tls: plain}
reps:
  marta:
    name: Marta Gil
    address: marta@seller.example
  paul:
    name: Paul
    address: paul@seller.example
"""
PASSWORD = {
    "SEQUENCER_MAILBOXES__ANA__PASSWORD": "x",
    "SEQUENCER_MAILBOXES__LUIS__PASSWORD": "x",
}
ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:u1
DTSTART:{at:%Y%m%dT%H%M%SZ}
DTEND:{end:%Y%m%dT%H%M%SZ}
SUMMARY:Intro
ORGANIZER:mailto:marta@seller.example
ATTENDEE;PARTSTAT=ACCEPTED:mailto:zoe@bank.example
END:VEVENT
END:VCALENDAR
"""


class Calendars(BaseHTTPRequestHandler):
    """A calendar of Marta, and none of anybody else."""

    def do_GET(self) -> None:
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
        body = ICS.format(at=at, end=at + timedelta(hours=1)).encode()
        self.send_response(200 if "marta" in self.path else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def secrets() -> Iterator[dict[str, str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Calendars)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    yield {
        **PASSWORD,
        "SEQUENCER_REPS__MARTA__CALENDAR__ICS": f"{url}/marta/private-hush",
        "SEQUENCER_REPS__PAUL__CALENDAR__ICS": f"{url}/paul/private-hush",
    }
    server.shutdown()
    thread.join()
    server.server_close()


def sequencer(root: Path, secrets: dict[str, str], *arguments: str) -> Result:
    """Run one command in a workspace; no secret is ever printed."""
    options = ["--workspace", str(root), *arguments]
    result = CliRunner(env=secrets).invoke(cli, options, obj={})
    assert "hush" not in result.output
    return result


@pytest.fixture
def root(tmp_path: Path, secrets: dict[str, str]) -> Path:
    assert sequencer(tmp_path, {}, "init").exit_code == 0
    (tmp_path / "config" / "sequencer.yaml").write_text(SETTINGS, "utf-8")
    workspace = open_workspace(tmp_path, secrets)
    now = workspace.clock.now()
    with workspace.database.write() as connection:
        prospects.upsert(connection, [a_prospect(email="zoe@bank.example")], now)
    workspace.close()
    return tmp_path


def test_check(root: Path, secrets: dict[str, str]) -> None:
    """What is found, what counts as a meeting, and what cannot be read; nothing is kept."""
    told = sequencer(root, secrets, "calendar", "check")
    assert told.exit_code == 1
    for words in (
        "marta (rep marta)",
        "1 events in the next 60 days, of 1 in the calendar; 1 hours are taken.",
        "zoe@bank.example, “Intro”: booked",
        "cannot be read: 127.0.0.1 has no calendar at this address (404)",
    ):
        assert words in told.output
    one = sequencer(root, secrets, "calendar", "check", "marta", "--json")
    assert one.exit_code == 0
    (found,) = json.loads(one.stdout)
    assert (found["rep"], found["events"], found["problem"]) == ("marta", 1, "")
    assert [each["kind"] for each in found["meetings"]] == ["booked"]


def test_check_of_nobody(root: Path, secrets: dict[str, str]) -> None:
    """Without a calendar there is nothing to check; a rep without one is a mistake."""
    none = sequencer(root, PASSWORD, "calendar", "check")
    assert (none.exit_code, "No calendar is in the settings" in none.output) == (0, True)
    assert json.loads(sequencer(root, PASSWORD, "calendar", "check", "--json").stdout) == []
    wrong = sequencer(root, secrets, "calendar", "check", "luis")
    assert wrong.exit_code == 2
    assert "marta, paul" in wrong.output


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("ICS", "http://calendar.example/private-hush"),
        ("ICS", "https://user:hush@calendar.example/"),
        ("ICS", "calendar hush"),
        ("ICS", "https://[hush/"),
        ("CALDAV", "http://calendar.example/hush"),
    ],
)
def test_addresses_that_are_none(root: Path, name: str, url: str) -> None:
    """They are refused, and the secret in them is not shown."""
    env = {**PASSWORD, f"SEQUENCER_REPS__MARTA__CALENDAR__{name}": url}
    refused = CliRunner(env=env).invoke(
        cli, ["--workspace", str(root), "calendar", "check"], obj={}
    )
    assert refused.exit_code == 3
    assert "https://" in refused.output or "address" in refused.output
    if name == "ICS":
        assert "hush" not in refused.output


def test_doctor_before_anything_runs(root: Path, secrets: dict[str, str]) -> None:
    """Each thing is one line, with what to do; a daemon that does not run is a failure."""
    told = sequencer(root, secrets, "doctor")
    assert told.exit_code == 1
    for words in (
        "ok    files: settings and",
        "ok    secret key: only its owner",
        "ok    database: it answers",
        "fail  daemons: none is running",
        "hint: start one with `sequencer run`",
        "warn  mailbox ana: it was never read",
        "ok    public address: https://go.seller.example",
    ):
        assert words in told.output
    found = json.loads(sequencer(root, secrets, "doctor", "--json").stdout)
    assert {each["level"] for each in found} == {"ok", "warn", "fail"}


def test_doctor_where_all_is_well(root: Path, secrets: dict[str, str]) -> None:
    """With a daemon, mailboxes that are read and calendars that answer, it ends with 0."""
    sequencer(root, secrets, "apply")
    workspace = open_workspace(root, secrets)
    now = SystemClock().now()
    with workspace.database.write() as connection:
        daemons.sign(connection, "a daemon", database_now(connection))
        mailboxes.ensure(connection, ["ana", "luis"])
        mailboxes.mark_synced(connection, "ana", now)
        mailboxes.mark_synced(connection, "luis", now - timedelta(hours=1))
        begin(connection, outside_of(workspace))
        outside_looks.succeed(connection, OutsideLook("calendar rep marta"), now, now)
        odd = OutsideLook("calendar rep paul", problem="it shrank: look at it")
        outside_looks.succeed(connection, odd, now, now)
    workspace.close()
    told = sequencer(root, secrets, "doctor")
    assert (told.exit_code, "ok    calendar rep marta: read" in told.output) == (0, True)
    assert "warn  calendar rep paul: it shrank\n      hint: look at it" in told.output
    status = sequencer(root, secrets, "status")
    assert "calendar rep paul: read" in status.output
    assert "it shrank" in status.output
    workspace = open_workspace(root, secrets)
    with workspace.database.write() as connection:
        outside_looks.fail(connection, OutsideLook("calendar rep paul"), now, now, "it is gone")
    workspace.close()
    failing = sequencer(root, secrets, "doctor")
    assert failing.exit_code == 1
    assert "fail  calendar rep paul: it does not answer since" in failing.output


def test_doctor_of_nothing(tmp_path: Path) -> None:
    """A folder that is no workspace, or whose settings are wrong, is told as such."""
    none = sequencer(tmp_path, {}, "doctor")
    assert none.exit_code == 1
    assert "fail  " in none.output
    assert "sequencer init" in none.output
