"""What do other programs need for the same work? Each in an environment of its own, if it is there.

django-post_office stores every mail, as we do; nodemailer keeps nothing. Both build mails of the
same size and hand them to the same sink. Registries that cannot be reached are said so, and no
more. Prints one JSON line each; `ratio` is CPU seconds against the ceiling of `drain.py`.

    python benchmarks/peers.py [--mails 1000] [--mailboxes 10]
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from drain import Setup, ceiling, engine, prepare
from kit.measure import alone, say
from kit.peers import MissingError, installed, installed_npm
from kit.servers import Sink, smtp_sink

HERE = Path(__file__).parent / "peers"


def nodemailer(setup: Setup) -> list[str]:
    """The command that drains with nodemailer."""
    folder = installed_npm("nodemailer", "nodemailer")
    numbers = [str(setup.port), str(setup.mails), str(setup.mailboxes)]
    return ["node", str(HERE / "nodemailer.mjs"), str(folder), *numbers]


def post_office(setup: Setup) -> list[str]:
    """The command that drains with django-post_office."""
    folder = installed("post-office", "django-post_office")
    numbers = [str(setup.port), str(setup.mails), str(setup.mailboxes)]
    return [str(folder / "bin" / "python"), str(HERE / "post_office_drain.py"), *numbers]


def drained(command: list[str], sink: Sink, mails: int) -> dict[str, Any]:
    """What the program says that its drain has cost; the sink must have it all."""
    before = sink.mails()
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    if sink.mails() - before != mails:
        raise RuntimeError(f"{sink.mails() - before} mails came in: {done.stderr[-1_000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure other programs at the same work.")
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--mailboxes", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peers-") as name, smtp_sink() as sink:
        root = Path(name)
        url = f"sqlite:///{root}/filled.db"
        setup = Setup(root, url, given.mails, given.mailboxes, sink.port)
        alone(prepare, setup, given.mails)
        base = alone(ceiling, setup)["cost"]
        found: dict[str, dict[str, Any]] = {"ceiling": vars(base)}
        for peer, command in {"nodemailer": nodemailer, "post_office": post_office}.items():
            try:
                found[peer] = drained(command(setup), sink, given.mails)
            except (MissingError, subprocess.SubprocessError, OSError, RuntimeError) as error:
                say(f"peers/{peer}", skipped=str(getattr(error, "stderr", None) or error)[-300:])
        found["engine"] = vars(alone(engine, replace(setup), wire=True)["cost"])
        for what, figures in found.items():
            seconds, cpu = figures["seconds"], figures["cpu_s"]
            rate = round(given.mails / seconds)
            ratio = cpu / base.cpu_s
            say(f"peers/{what}", n=given.mails, seconds=seconds, mails_per_s=rate, cpu_s=cpu,
                ratio=ratio)  # fmt: skip


if __name__ == "__main__":
    main()
