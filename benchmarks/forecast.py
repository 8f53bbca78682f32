"""How long does `sequencer simulate` take? So many people, steps and days, on an empty database.

Every fourth step is a call, which reps make, the others are mails. Each run in its own process;
prints one JSON line.

    python benchmarks/forecast.py [--people 1000] [--steps 8] [--days 60] [--mailboxes 4] [--runs 3]
"""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit.measure import Cost, alone, peak_mib, say

from sequencer.bootstrap import SIMULATED_TOOLS, configure_logging, create_workspace
from sequencer.simulation.forecast_files import Surroundings, Wish, foresee

BEGINS_AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
SETTINGS = """
workspace: {name: Bench, timezone: Europe/Madrid, postal_address: "Example Street 1, Madrid"}
consent: {countries: []}
web: {public_url: "https://go.seller.example"}
mailboxes:
"""
MAILBOX = """
  m{number}: {{address: m{number}@seller.example, name: Rep {number}, provider: google_workspace,
    per_day: {per_day}, gap_s: 90}}
"""
CADENCE = """
cadence: bench
title: A cadence of many steps
schedule: {{window: {{mon-fri: ["08:30-17:00"]}}, timezone: prospect}}
audience: {{exclusive: none, min_days_since_touch: 0}}
from: {{mailboxes: [{names}]}}
steps:
  - {{id: s0, email: mail.md}}
"""
MAIL = """---
subject: Hello {{ first_name }}
---
Hello {{ first_name }}, may I show you [something](https://seller.example/)?
"""


def write(root: Path, people: int, steps: int, mailboxes: int) -> None:
    """A workspace with one cadence and a list of people."""
    create_workspace(root)
    for path in (root / "config/cadences").iterdir():
        path.unlink()
    boxes = [MAILBOX.format(number=number, per_day=100) for number in range(mailboxes)]
    (root / "config/sequencer.yaml").write_text(SETTINGS + "".join(boxes), "utf-8")
    names = ", ".join(f"m{number}" for number in range(mailboxes))
    lines = [CADENCE.format(names=names)]
    for number in range(1, steps):
        kind = "call: call.md, skip_after: 2 business_days" if number % 4 == 3 else "email: mail.md"
        lines.append(f"  - {{id: s{number}, wait: 3 business_days, {kind}}}\n")
    (root / "config/cadences/bench.yaml").write_text("".join(lines), "utf-8")
    folder = root / "templates/bench"
    folder.mkdir()
    (folder / "mail.md").write_text(MAIL, "utf-8")
    (folder / "call.md").write_text("Call {{ first_name }}.\n", "utf-8")
    rows = [f"p{n}@c{n}.example,P{n},Europe/Madrid,ES\n" for n in range(people)]
    text = "email,first_name,timezone,country\n" + "".join(rows)
    (root / "people.csv").write_text(text, "utf-8")


def lived(given: dict[str, int]) -> dict[str, Any]:
    """Cost of one forecast."""
    configure_logging(as_json=False, quiet=True)
    with tempfile.TemporaryDirectory(prefix="forecast-") as folder:
        root = Path(folder)
        write(root, given["people"], given["steps"], given["mailboxes"])
        around = Surroundings(root, {}, BEGINS_AT, SIMULATED_TOOLS)
        wish = Wish("bench", root / "people.csv", given["days"], alone=True)
        cost = Cost()
        with cost:
            found = foresee(wish, around).forecast
    touches = len(found.touches)
    return {"cost": cost, "touches": touches, "last_at": str(found.last_at), "peak_mib": peak_mib()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure a forecast.")
    for name, default in (("people", 1_000), ("steps", 8), ("days", 60), ("mailboxes", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--runs", type=int, default=3)
    given = vars(parser.parse_args())
    runs = given.pop("runs")
    for _ in range(runs):
        found = alone(lived, given)
        cost = found.pop("cost")
        say("forecast", **given, seconds=cost.seconds, cpu_s=cost.cpu_s, **found)


if __name__ == "__main__":
    main()
