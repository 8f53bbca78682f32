"""`sequencer init`: the files of a new workspace."""

from pathlib import Path

import click

NEXT = """
Next:
  1. {}put your mailbox and your postal address into config/sequencer.yaml
  2. put its password into a file: SEQUENCER_MAILBOXES__ANA__PASSWORD_FILE=/path/to/it
  3. sequencer check
  4. sequencer apply
  5. sequencer import people.csv, with yourself in it (config/prospects.csv shows the form)
  6. sequencer enroll fintech-intro YOUR-OTHER-ADDRESS
  7. sequencer run"""


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """Begin a workspace in FOLDER (the current one by default).

    Writes config/sequencer.yaml, an example cadence with its templates, a list of invented
    prospects to try it with, and the secret key that signs opt-out links. Files that are there
    already are left alone.
    """
    from sequencer.bootstrap import create_workspace
    from sequencer.cli.desk import workspace_folder

    root = folder.resolve() if folder else workspace_folder(ctx)
    created = create_workspace(root)
    for path in created:
        click.echo(f"wrote {path.relative_to(root)}")
    if not created:
        click.echo(f"{root} is a workspace already, nothing was changed.")
        return
    click.echo(NEXT.format(f"cd {folder}, and " if folder else ""))
