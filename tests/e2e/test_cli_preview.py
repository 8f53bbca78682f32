"""`sequencer preview` and `sequencer send-test` as a person uses them."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from click.testing import CliRunner

from sequencer.cli.main import cli

SLUG = "fintech-intro"


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str


def sequencer(root: Path, *arguments: str, faces: dict[str, Any] | None = None) -> Done:
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj=faces or {})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace as `init` writes it."""
    assert sequencer(tmp_path, "init").code == 0
    return tmp_path


def test_nothing_is_made(workspace: Path) -> None:
    """Files are enough: three people are shown, and no database is there afterwards."""
    done = sequencer(workspace, "preview", SLUG)
    assert done.code == 0, done.err
    assert done.out.count(f"{SLUG} for ") == 3
    assert "Subject:     Closing the month at North Bank" in done.out
    assert "El cierre de mes" in done.out
    assert not list((workspace / ".sequencer").glob("*.db*"))


def test_one_step_in_another_language(workspace: Path) -> None:
    """Only what was asked for."""
    done = sequencer(workspace, "preview", SLUG, "--step", "bump", "--language", "de")
    assert done.code == 0
    assert "1. intro" not in done.out
    assert done.out.count("from bump.de.md") == 3


def test_somebody_of_the_list(workspace: Path) -> None:
    """A person of config/prospects.csv, by any spelling; nobody else."""
    address = "Lucia.Marin@banco-encina.example"
    done = sequencer(workspace, "preview", SLUG, "--prospect", address)
    assert done.out.count(f"{SLUG} for ") == 1
    assert "Banco Encina" in done.out
    unknown = sequencer(workspace, "preview", SLUG, "--prospect", "who@else.example")
    assert unknown.code == 2
    assert "has the address who@else.example" in unknown.err


def test_somebody_of_the_database(workspace: Path) -> None:
    """Who was imported is known as they are stored."""
    people = workspace / "people.csv"
    people.write_text("email,first_name,company\nzoe@buyer.example,Zoe,Buyer\n")
    assert sequencer(workspace, "import", str(people)).code == 0
    done = sequencer(
        workspace, "preview", SLUG, "--prospect", "zoe@buyer.example", "--step", "intro"
    )
    assert "Closing the month at Buyer" in done.out


def test_a_list(workspace: Path) -> None:
    """Who of a list would be held, by what they lack."""
    (workspace / "templates" / SLUG / "bump.md").write_text("{{ first_name }} of {{ company }}\n")
    people = workspace / "people.csv"
    rows = "a@x.example,,\nb@x.example,Bea,\nc@x.example,Cleo,X\nnobody,,\n"
    people.write_text(f"email,first_name,company\n{rows}")
    done = sequencer(workspace, "preview", SLUG, "--csv", str(people))
    assert done.code == 0, done.err
    assert "3 people, 1 of them complete" in done.out
    assert "2 people without `company` (lines 2, 3): held" in done.out
    assert "Held: there is no value for `first_name`, `company`." in done.out
    found = json.loads(sequencer(workspace, "preview", SLUG, "--csv", str(people), "--json").out)
    assert found["list"]["held"] == {"company": [2, 3], "first_name": [2]}
    assert [each["held"] for each in found["people"][0]["steps"]].count(True) == 1


def test_a_list_in_another_language(workspace: Path) -> None:
    """The summary is of the mails that were asked for, and of whatever holds one of them."""
    (workspace / "templates" / SLUG / "bump.es.md").write_text("{{ title }}, {{ company }}\n")
    people = workspace / "people.csv"
    people.write_text("email,first_name,company\na@x.example,Ana,X\nb@x.example,B\u202ee,X\n")
    arguments = ["preview", SLUG, "--csv", str(people)]
    own = sequencer(workspace, *arguments)
    assert "2 people, 1 of them complete" in own.out
    assert "1 person (line 3): held, " in own.out
    done = sequencer(workspace, *arguments, "--language", "es")
    assert "2 people, 0 of them complete" in done.out
    assert "2 people without `title` (lines 2, 3): held" in done.out
    step = sequencer(workspace, *arguments, "--language", "es", "--step", "intro", "--json")
    assert json.loads(step.out)["list"]["held"] == {}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "No cadence is named nothing. There are: "),
        ([], "Say which cadence. There are: "),
        ([SLUG, "--step", "no"], "No step is named no. There are: intro, bump"),
        ([SLUG, "--mailbox", "no"], "No mailbox is named no. There are: ana, luis."),
        ([SLUG, "--variant", "no"], "No variant is named no."),
    ],
)
def test_a_name_that_is_not_there(workspace: Path, arguments: list[str], told: str) -> None:
    """What there is instead is told."""
    done = sequencer(workspace, "preview", *arguments)
    assert done.code == 2
    assert told in done.err


def test_broken_files(workspace: Path) -> None:
    """A cadence that cannot be used is told as `check` tells it; others are previewed."""
    (workspace / "config" / "cadences" / "missed-you.yaml").write_text("cadence: missed-you\n")
    broken = sequencer(workspace, "preview", "missed-you")
    assert broken.code == 3
    assert "config/cadences/missed-you.yaml" in broken.err
    assert sequencer(workspace, "preview", SLUG).code == 0


def test_only_to_ourselves(workspace: Path) -> None:
    """A test goes to nobody else, and says who may get one; nothing was asked of a server."""
    for name in ("ANA", "LUIS"):
        os.environ.pop(f"SEQUENCER_MAILBOXES__{name}__PASSWORD", None)
    done = sequencer(workspace, "send-test", SLUG, "--to", "zoe@buyer.example", "--yes")
    assert done.code == 1
    assert "zoe@buyer.example is none of our addresses" in done.err
    assert "test_recipients" in done.err


def test_a_guide_is_no_mail(workspace: Path) -> None:
    """A call cannot be sent."""
    to = "ana@closing-days.example"
    done = sequencer(workspace, "send-test", SLUG, "--to", to, "--step", "first-call", "--yes")
    assert done.code == 2
    assert "`sequencer preview` shows guides" in done.err


def test_only_its_own_mailbox_signs_in(workspace: Path) -> None:
    """What is missing is told of the mailbox that sends, and of no other one."""
    to = "luis@closing-days.example"
    done = sequencer(workspace, "send-test", SLUG, "--to", to, "--mailbox", "luis", "--yes")
    assert done.code == 3
    assert "`luis` has nothing to sign in with" in done.err
    assert "`ana`" not in done.err


def test_is_asked_first(workspace: Path) -> None:
    """What would leave is told, and nothing does without a yes."""
    done = sequencer(workspace, "send-test", SLUG, "--to", "ana@closing-days.example")
    assert done.code == 1
    assert "intro: Closing the month at North Bank" in done.err
    assert "Aborted" in done.err


class Face:
    """A web server that ends at once."""

    port = 8123

    def __init__(self, port: int) -> None:
        assert port == 0

    def serving(self, room: Any, secret: str) -> Callable[[Any], Any]:
        assert len(secret) == 32
        assert room.root.is_dir()

        async def serve(stopping: Any) -> None:
            del stopping

        return serve


def test_opens_a_browser(workspace: Path) -> None:
    """The address is printed and opened, with what was asked for in it."""
    opened: list[str] = []
    faces = {"preview": Face, "browse": opened.append}
    done = sequencer(workspace, "preview", SLUG, "--open", "--step", "bump", faces=faces)
    assert done.code == 0, done.err
    [url] = opened
    assert url in done.err
    assert re.fullmatch(rf"http://127\.0\.0\.1:8123/[0-9a-f]{{32}}/\?cadence={SLUG}&step=bump", url)


@pytest.mark.parametrize(
    "arguments",
    [
        ["fintech-intrO"],
        [SLUG, "--step", "nope"],
        [SLUG, "--variant", "zzz"],
        [SLUG, "--mailbox", "no"],
        ["--step", "intro"],
    ],
)
def test_opens_nothing_else(workspace: Path, arguments: list[str]) -> None:
    """A name that is not there is told; no other cadence is opened in its place."""
    opened: list[str] = []
    faces = {"preview": Face, "browse": opened.append}
    done = sequencer(workspace, "preview", *arguments, "--open", faces=faces)
    assert (done.code, opened) == (2, [])
    assert "There are: " in done.err or "There is none." in done.err


def test_opens_what_is_half_written(workspace: Path) -> None:
    """A cadence with mistakes is opened, since the page shows them."""
    path = workspace / "config" / "cadences" / "intro.yaml"
    path.write_text(f"cadence: {SLUG}\nsteps: [\n")
    opened: list[str] = []
    faces = {"preview": Face, "browse": opened.append}
    assert sequencer(workspace, "preview", SLUG, "--open", faces=faces).code == 0
    assert opened


def test_opens_with_a_list(workspace: Path) -> None:
    """Somebody of a list comes first, and the list is the one that was given."""
    people = workspace / "people.csv"
    people.write_text("email,first_name\nzoe@buyer.example,Zoe\n")
    rooms: list[Any] = []

    class Kept(Face):
        def serving(self, room: Any, secret: str) -> Callable[[Any], Any]:
            rooms.append(room)
            return super().serving(room, secret)

    faces = {"preview": Kept, "browse": lambda _url: None}
    arguments = ["preview", SLUG, "--open", "--csv", str(people), "--prospect", "zoe@buyer.example"]
    assert sequencer(workspace, *arguments, faces=faces).code == 0
    [room] = rooms
    assert room.guest.prospect.first_name == "Zoe"
    assert room.list_of == people


def test_as_a_process(workspace: Path) -> None:
    """The page is served to this machine, and Ctrl-C ends it cleanly."""
    command = [sys.executable, "-m", "sequencer", "-w", str(workspace), "preview"]
    command += [SLUG, "--open"]
    quiet = {**os.environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=quiet) as running:
        try:
            assert running.stderr is not None
            url = running.stderr.readline().strip()
            assert url.startswith("http://127.0.0.1:")
            running.stderr.readline()
            assert "<iframe sandbox" in httpx2.get(url, timeout=30).text
            assert httpx2.get(url.replace("/?", "0/?"), timeout=30).status_code == 404
            running.send_signal(signal.SIGINT)
            rest = running.stderr.read()
            assert running.wait(30) == 0
        finally:
            running.kill()
    assert rest.splitlines()[-1] == "stopped"
    assert "Traceback" not in rest
