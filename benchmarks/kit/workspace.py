"""A workspace in files, as an operator writes it: settings, one cadence, two templates."""

from pathlib import Path

from sequencer.files.workspace import CADENCES, SETTINGS, STATE, TEMPLATES

SLUG = "bench"
STEPS = ("intro", "bump")
# Limits that no run reaches, and that are there all the same: the arithmetic of pacing is done.
NO_LIMIT = 100_000

_SETTINGS = """\
workspace:
  name: Bench
  timezone: Europe/Madrid
  postal_address: Bench, 1 Example Street, 28001 Madrid, Spain
web: {{public_url: "https://go.seller.example"}}
database: "{database}"
sending: {{freshness_s: 3600, poll_s: 3600, probe: false}}
limits: {{per_domain: 1000, per_person_day: 1000, per_person_week: 1000}}
consent: {{countries: []}}
mailboxes:
"""
_MAILBOX = """\
  {name}: {{address: {name}@seller.example, name: Ana Ruiz, per_day: {most}, per_hour: {most},
    gap_s: 0, keeps_sent_copy: true, smtp: {{host: 127.0.0.1, port: {port}, tls: plain}},
    imap: {{host: 127.0.0.1, port: 1, tls: plain}}}}
"""
_CADENCE = """\
cadence: bench
title: First contact with shops
audience: {{stages: [], exclusive: none, min_days_since_touch: 0}}
{throttle}
schedule:
  window: {{mon-sun: ["00:00-24:00"]}}
  timezone: workspace
  jitter_minutes: 0
from: {{mailboxes: [{names}]}}
steps:
  - {{id: intro, email: intro.md}}
  - {{id: bump, wait: 3 days, email: bump.md}}
"""
_INTRO = """\
---
subject: The stock of {{ company }} in Leeds and York
---
Hello {{ first_name }},

you opened **another shop** for {{ company }} this spring. How do the two share their stock?

I ask because {{ title | or("whoever plans") }} is mostly the one who has to answer, and because
the three ways that we see people go about it cost rather different amounts of work:

- one list that both shops write to, which is *right in the evening* and wrong at noon,
- a list in each shop and somebody who compares them,
- a system that knows of every sale, as described [in these notes](https://seller.example/notes).

Those who have the third seldom need us. With the first two, {{ first_name }}, it is the hours after
a delivery that hurt: what arrived in one place is sold in the other, and a customer waits for
something that stands on a shelf twelve miles away. We have counted that for thirty shops, and the
figures for one of the size of {{ company }} are in the notes too.

Would it be worth a quarter of an hour to compare yours with them? Any day but Monday is fine.

Best regards,

{{ sender.name }}
"""
_BUMP = """\
Hello {{ first_name }},

did my mail about the stock of {{ company }} reach you? A word is enough, also if it is a no.

{{ sender.name }}
"""


def mailbox_names(mailboxes: int) -> list[str]:
    """Names of so many mailboxes."""
    return [f"box{number}" for number in range(mailboxes)]


def write_workspace(
    root: Path, database: str, mailboxes: int, port: int, *, throttled: bool = True
) -> None:
    """Write it: every mailbox submits to that port of this machine."""
    names = mailbox_names(mailboxes)
    boxes = [_MAILBOX.format(name=name, port=port, most=NO_LIMIT) for name in names]
    templates = root / TEMPLATES / SLUG
    for folder in (root / CADENCES, templates, root / STATE):
        folder.mkdir(parents=True, exist_ok=True)
    (root / SETTINGS).write_text(_SETTINGS.format(database=database) + "".join(boxes), "utf-8")
    throttle = f"throttle: {{new_per_day: {NO_LIMIT}}}" if throttled else ""
    cadence = _CADENCE.format(names=", ".join(names), throttle=throttle)
    (root / CADENCES / "bench.yaml").write_text(cadence, "utf-8")
    (templates / "intro.md").write_text(_INTRO, "utf-8")
    (templates / "bump.md").write_text(_BUMP, "utf-8")
    (root / STATE / "secret.key").write_text(f"{'k' * 64}\n", "ascii")


def passwords(mailboxes: int) -> dict[str, str]:
    """The environment that the workspace is opened in."""
    return {
        f"SEQUENCER_MAILBOXES__{name.upper()}__PASSWORD": "secret"
        for name in mailbox_names(mailboxes)
    }
