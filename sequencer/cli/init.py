"""`sequencer init`: the files of a new workspace."""

from pathlib import Path

import click


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
    click.echo(
        "\nNext:\n"
        "  1. put your mailbox into config/sequencer.yaml\n"
        "  2. sequencer check\n"
        "  3. sequencer apply\n"
        "  4. sequencer import config/prospects.csv\n"
        "  5. sequencer enroll fintech-intro --all\n"
        "  6. sequencer run"
    )
