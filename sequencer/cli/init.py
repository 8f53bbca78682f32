"""`sequencer init`: the files of a new workspace."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from sequencer.cli.desk import json_option, print_json

WHAT = {
    "config": "settings, ends of calls, invented people and companies",
    "config/cadences": "three cadences, each with its tests",
    "config/schema": "what editors complete and check the files by",
    "templates": "what the mails and guides say, in English and Spanish and more",
    ".sequencer": "the key that signs opt-out links; never under git",
}
NEXT = """
Look around, nothing can leave yet:
{cd}  sequencer check                            what is wrong with the files, if anything
  sequencer preview fintech-intro --open     what people would read, while you edit it
  sequencer test                             whether the cadences do what their tests say
  sequencer simulate fintech-intro --prospects config/prospects.csv
                                             what would leave when, from which mailbox
  sequencer plan                             what would change for whom
  sequencer apply                            make the cadences the ones that run

Before the first mail:
  put your mailboxes and your postal address into config/sequencer.yaml
  put a password into a file: export SEQUENCER_MAILBOXES__ANA__PASSWORD_FILE=/path/to/it
  sequencer import people.csv, with yourself in it (config/prospects.csv shows the form)
  sequencer enroll fintech-intro YOUR-OTHER-ADDRESS
  sequencer run

Everything but .sequencer belongs under git."""


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@json_option
@click.pass_context
def command(ctx: click.Context, folder: Path | None, *, as_json: bool) -> None:
    """Begin a workspace in FOLDER (the current one by default).

    Writes config/sequencer.yaml, three cadences with their templates and tests, a list of invented
    prospects to try them with, schemas for editors, and the secret key that signs opt-out links.
    Files that are there already are left alone. In a workspace that was copied from version control
    only the key is written, if there is none.
    """
    from sequencer.bootstrap import create_workspace
    from sequencer.cli.desk import workspace_folder
    from sequencer.files.builtin import builtin_files

    root = folder.resolve() if folder else workspace_folder(ctx)
    created = [path.relative_to(root).as_posix() for path in create_workspace(root)]
    there = [relative for relative, _ in builtin_files() if (root / relative).exists()]
    kept = [relative for relative in there if relative not in created]
    if as_json:
        print_json({"workspace": root.as_posix(), "written": created, "kept": kept})
        return
    if not created:
        click.echo(f"{root} is a workspace already, nothing was changed.")
        return
    for line in _told(created):
        click.echo(line)
    if kept and len(created) > 1:
        were = "file was" if len(kept) == 1 else "files were"
        past = "was" if len(kept) == 1 else "were"
        click.echo(f"{len(kept)} {were} there already and {past} left alone.")
    if len(created) == 1:
        click.echo("The rest was there already. Where this workspace has run before, bring its key")
        click.echo("back instead: it signed the opt-out links of every mail that was sent.")
        return
    click.echo(NEXT.format(cd=f"  cd {folder}\n" if folder else ""))


def _told(created: Sequence[str]) -> list[str]:
    """What was written, folder by folder."""
    counted = Counter(_folder(each) for each in created)
    return [
        f"wrote {folder + '/':<17}{number:>3} {'file ' if number == 1 else 'files'}  {WHAT[folder]}"
        for folder, number in counted.items()
    ]


def _folder(path: str) -> str:
    top = path.rpartition("/")[0]
    return top if top in WHAT else path.partition("/")[0]
