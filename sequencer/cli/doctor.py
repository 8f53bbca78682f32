"""`sequencer doctor`: is everything in order that a daemon needs?"""

import os
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import console, json_option, opened, print_json, workspace_folder
from sequencer.cli.failure import EXIT_FAILED, failure_of
from sequencer.cli.paragraph import harmless

if TYPE_CHECKING:
    from pathlib import Path

    from sequencer.engine.doctor import Finding

STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}
READABLE_BY_OTHERS = 0o077


@click.command("doctor")
@json_option
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Check everything that a daemon needs, and what to do about it.

    Looks at the settings and the cadences, the secret key, the database, the daemons, when each
    mailbox was last read, the booking tools and the calendars, and asks nobody outside: what they
    answered last is known. Ends with 1 if something does not work; warnings do not count.
    """
    found = _findings(ctx)
    if as_json:
        print_json(found)
    else:
        for each in found:
            _show(each)
    if any(each.level == "fail" for each in found):
        ctx.exit(EXIT_FAILED)


def _findings(ctx: click.Context) -> "list[Finding]":
    from sequencer.bootstrap import booking_sources
    from sequencer.engine.doctor import Finding, Level, look_over

    root = workspace_folder(ctx)
    found = _files(root)
    try:
        workspace = opened(ctx)
    except Exception as error:
        told = failure_of(error)
        if told is None:
            raise
        what = told.message.partition("\n")[0]
        return [*found, Finding(Level.FAIL, "workspace", what, "sequencer check")]
    sources = list(booking_sources(workspace.settings))
    now = workspace.clock.now()
    return [*found, *look_over(workspace.database, workspace.desk, sources, now)]


def _files(root: "Path") -> "list[Finding]":
    """What the files of the workspace are like."""
    from sequencer.bootstrap import check
    from sequencer.engine.doctor import Finding, Level, ok
    from sequencer.files.settings import SECRET_KEY

    found = []
    checked = check(root, os.environ)
    errors = [each for each in checked.problems if each.severity == "error"]
    for each in checked.problems:
        level = Level.FAIL if each.severity == "error" else Level.WARN
        place = f"{each.file}:{each.line}" if each.line else each.file
        found.append(Finding(level, place, each.message, each.hint))
    if not errors:
        number = len(checked.cadences)
        found.append(ok("files", f"settings and {number} cadences are valid"))
    key = root / SECRET_KEY
    if not key.exists():
        return found
    if key.stat().st_mode & READABLE_BY_OTHERS:
        what = "others on this machine can read it"
        found.append(Finding(Level.WARN, "secret key", what, f"chmod 600 {key}"))
    else:
        found.append(ok("secret key", "only its owner can read it"))
    return found


def _show(finding: "Finding") -> None:
    screen, level = console(), str(finding.level)
    screen.print(f"{level:<5}", style=STYLES[level], end="")
    screen.print(harmless(f" {finding.about}: {finding.what}"), soft_wrap=True)
    if finding.hint:
        screen.print(harmless(f"      hint: {finding.hint}"), soft_wrap=True)
