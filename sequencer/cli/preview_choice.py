"""What a command about drafts of mails is asked for: which cadence, whose mailbox, which person."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sequencer.cli.desk import opened, workspace_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sequencer.bootstrap import Workspace
    from sequencer.domain.cadence import Version
    from sequencer.domain.prospect import Prospect
    from sequencer.engine.desk import Desk
    from sequencer.engine.preview import StepPreview, Wish
    from sequencer.engine.preview_files import Written
    from sequencer.engine.preview_people import Complete, People, Sample

ANY = "config/prospects.csv"
WORDS = ("step", "variant", "language", "mailbox")  # of the page that options begin with


@dataclass(frozen=True)
class Choice:
    """What was asked for.

    Attributes:
        invented: people who are there without any list.
        language: as if everybody read that one; empty for their own.
        has_database: whether there is one that can be asked.
    """

    desk: "Desk"
    version: "Version"
    wish: "Wish"
    invented: "tuple[Sample, ...]"
    language: str
    has_database: bool

    def person(self, prospect: "Prospect") -> "Prospect":
        """The person, in the language that was asked for."""
        return replace(prospect, language=self.language) if self.language else prospect

    def steps(self, sample: "Sample") -> "list[StepPreview]":
        """The steps for one person, as of now."""
        from sequencer.bootstrap import now
        from sequencer.engine.preview import preview

        wish = sample.wish(self.wish)
        return preview(self.desk, self.version, self.person(sample.prospect), wish, now())


def written_in(ctx: click.Context) -> "Written":
    """What the files of the workspace say."""
    from sequencer.engine.preview_files import read_files

    return read_files(workspace_folder(ctx), os.environ)


def chosen(written: "Written", cadence: str | None, options: dict[str, Any]) -> Choice:
    """The cadence of that name, or the only one, and the other choices.

    Raises:
        ConfigError: its files, or the settings, cannot be used.
        UsageError: there is no such cadence, step, variant or mailbox.
    """
    from sequencer.engine.preview import Wish, mailbox_for
    from sequencer.engine.preview_people import samples

    desk, settings = written.desk, written.settings
    version = _version(written, cadence)
    if desk is None or settings is None:
        raise _broken(written, version.cadence.slug)
    known = version.cadence
    _one_of("step", options["step"], [step.id for step in known.steps])
    _one_of("mailbox", options["mailbox"], list(settings.mailboxes))
    variant = options.get("variant", "")
    _one_of("variant", variant, [each.name for step in known.steps for each in step.variants])
    wish = Wish(options["mailbox"], options["step"], variant, options.get("all_variants", False))
    if not mailbox_for(desk, version, wish):
        raise _broken(written, known.slug)
    invented = samples(settings.prospect_fields, settings.account_fields)
    language = options.get("language", "")
    return Choice(desk, version, wish, invented, language, written.has_database)


def check_choice(written: "Written", cadence: str, options: dict[str, Any]) -> None:
    """Make sure that there is what was asked for, as far as the files can be read.

    Raises:
        UsageError: there is no such cadence, step, variant or mailbox.
    """
    if cadence and cadence not in written.files:
        _version(written, cadence)
    is_whole = written.desk is not None and cadence in written.versions
    if is_whole or (not cadence and any(options[name] for name in WORDS)):
        chosen(written, cadence or None, options)


def person_of(
    ctx: click.Context, choice: Choice, address: str, list_of: Path | None = None
) -> "Sample":
    """Whoever has that address: in the list, else in the database, else in config/prospects.csv."""
    from sequencer.engine.preview_people import find_in, find_stored

    complete = completing(ctx, choice)
    if list_of is None and choice.has_database:
        workspace = _workspace(ctx)
        with workspace.database.read() as connection:
            found = find_stored(connection, workspace.desk, choice.version, address)
        if found is not None:
            return found
    path = list_of or workspace_folder(ctx) / ANY
    found = find_in(listed(path).samples, address) if path.exists() else None
    if found is None:
        where = str(list_of) if list_of else f"the database or in {ANY}"
        raise click.UsageError(f"Nobody in {where} has the address {address}.")
    return complete(choice.version, [found])[0]


def completing(ctx: click.Context, known: "Choice | Written") -> "Complete":
    """What adds to people what the database knows of their companies, where there is one."""
    from sequencer.engine.preview_people import as_they_are, with_accounts

    if not known.has_database:
        return as_they_are
    workspace = _workspace(ctx)

    def complete(version: "Version", some: "Sequence[Sample]") -> "Sequence[Sample]":
        with workspace.database.read() as connection:
            return with_accounts(connection, workspace.desk, version, some)

    return complete


def _workspace(ctx: click.Context) -> "Workspace":
    """The opened workspace, the same one each time."""
    known: dict[str, Workspace] = ctx.meta
    if __name__ not in known:
        known[__name__] = opened(ctx)
    return known[__name__]


def listed(path: Path) -> "People":
    """The people of a list; one without any is told at once."""
    from sequencer.engine.preview_people import people_of

    found = people_of(path)
    if not found.samples:
        raise click.UsageError(f"{path} names nobody: {found.refused} rows are refused.")
    return found


def _version(written: "Written", cadence: str | None) -> "Version":
    names = list(written.files)
    if cadence is None and len(names) == 1:
        cadence = names[0]
    if cadence is None or cadence not in written.files:
        told = f"No cadence is named {cadence}." if cadence else "Say which cadence."
        there = f" There are: {', '.join(sorted(names))}." if names else " There is none yet."
        raise click.UsageError(f"{told}{there}")
    version = written.versions.get(cadence)
    if version is None:
        raise _broken(written, cadence)
    return version


def _broken(written: "Written", slug: str) -> Exception:
    from sequencer.engine.preview_files import error_of

    return error_of(written, slug)


def _one_of(what: str, name: str, known: list[str]) -> None:
    if name and name not in known:
        there = f"There are: {', '.join(known)}." if known else "There is none."
        raise click.UsageError(f"No {what} is named {name}. {there}")
