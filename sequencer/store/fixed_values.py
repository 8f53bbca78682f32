"""How do values that never change become part of a statement?

On a server they are written into its text: there they cost nothing, and the planner knows them once
and for all, so that it need not plan the statement again for each run.
"""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from sequencer.store.turns import into

_PLACE = re.compile(r"(?<!%)%\((\w+)\)s")


def bound_in(compiled: SQLCompiler) -> dict[str, sa.BindParameter[Any]]:
    """The values of a statement, by their names in it."""
    return {name: bind for bind, name in compiled.bind_names.items()}


def text_of(compiled: SQLCompiler) -> str:
    """The statement as the driver takes it."""
    if compiled.positiontup is not None:
        return compiled.string
    bound = bound_in(compiled)

    def written(place: re.Match[str]) -> str:
        bind = bound[place[1]]
        return place[0] if bind.required else compiled.render_literal_value(bind.value, bind.type)

    return _PLACE.sub(written, compiled.string)


def given_in(compiled: SQLCompiler) -> dict[str, Any]:
    """The values that never change and that the driver is given none the less, as it takes them."""
    if compiled.positiontup is None:
        return {}
    fixed = {name: bind for name, bind in bound_in(compiled).items() if not bind.required}
    turns = {name: into(bind, compiled.dialect) for name, bind in fixed.items()}
    return {
        name: turn(bind.value) if (turn := turns[name]) else bind.value
        for name, bind in fixed.items()
    }
