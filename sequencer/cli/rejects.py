"""Where refused rows are written: never over a file that somebody may be working on."""

from itertools import count
from pathlib import Path

import click


def rejects_target(source: Path, wanted: Path | None = None) -> Path:
    """The file wanted, or one beside the source with a name that is free.

    Raises:
        click.BadParameter: the file wanted is the source itself, or its folder is not there.
    """
    if wanted is None:
        names = (f"{source.stem}.rejects{'' if n == 1 else f'-{n}'}.csv" for n in count(1))
        return next(path for name in names if not (path := source.with_name(name)).exists())
    if wanted.resolve() == source.resolve():
        raise click.BadParameter("that is the file to be imported", param_hint="--rejects")
    if not wanted.parent.is_dir():
        raise click.BadParameter(f"there is no folder {wanted.parent}", param_hint="--rejects")
    return wanted
