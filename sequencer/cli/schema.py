"""`sequencer schema`: what an editor needs to complete and check the files while they are typed."""

import click

from sequencer.cli.desk import workspace_folder

KINDS = ("cadence", "settings", "test", "dispositions")


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--write", is_flag=True, help="Write all of them into config/schema.")
@click.pass_context
def command(ctx: click.Context, kind: str | None, *, write: bool) -> None:
    """Print the JSON Schema of a KIND of file, or write all of them into the workspace.

    The files that `init` makes name theirs in the first line, which editors with a YAML language
    server read: VS Code, Neovim, Zed and the JetBrains family among them. After an upgrade,
    `--write` brings the schemas up to date.
    """
    from sequencer.files.editor_schema import FileKind, schema_text, write_schemas

    if write and kind is not None:
        raise click.UsageError("--write writes all schemas: leave the kind out.")
    if kind is not None:
        click.echo(schema_text(FileKind(kind)), nl=False)
        return
    if not write:
        raise click.UsageError(f"Which one? One of {', '.join(KINDS)}; or --write for all.")
    root = workspace_folder(ctx)
    written = write_schemas(root)
    for path in written:
        click.echo(f"wrote {path.relative_to(root)}")
    if not written:
        click.echo("config/schema is up to date, nothing was changed.")
