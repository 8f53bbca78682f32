"""Which values may a template name, and what is said of one that nobody can have?"""

from collections.abc import Iterable
from typing import NamedTuple

from sequencer.domain.cadence import Cadence
from sequencer.domain.prospect import FIELDS
from sequencer.files import workspace
from sequencer.files.nearest import LISTED, did_you_mean, nearest
from sequencer.files.sample_values import ALWAYS, SENDER
from sequencer.files.settings_model import Settings
from sequencer.files.template import Template, template_variables
from sequencer.files.template_values import with_value

_HAD = frozenset(("sender", each) for each in SENDER)
NESTED = ("account", "sender")  # what has values below it


class TemplateNames(NamedTuple):
    """The names that templates of a workspace may use."""

    fields: tuple[str, ...]
    sender: tuple[str, ...]
    account: tuple[str, ...]


class Unknown(NamedTuple):
    """What is said of a name that is none."""

    message: str
    hint: str


def names_of(settings: Settings) -> TemplateNames:
    """All that the settings declare, and what is always there."""
    values = {name for each in settings.mailboxes.values() for name in each.values}
    values |= {name for each in settings.reps.values() for name in each.values}
    return TemplateNames(
        (*FIELDS, *settings.prospect_fields),
        (*SENDER, *sorted(values)),
        settings.account_fields,
    )


def unknown(name: str, known: TemplateNames) -> Unknown | None:
    """What is wrong with the name of a value; None where somebody may have it."""
    root, _, below = name.partition(".")
    if root == "sender":
        where = "under `values` of a mailbox or a rep"
        return None if below in known.sender else _no_value(name, root, known.sender, where)
    if below and root == "account":
        where = "under `account_fields`"
        return None if below in known.account else _no_value(name, root, known.account, where)
    if below:
        return Unknown(f"`{root}` is a single value, it has no `.{below}`", "")
    every = (*known.fields, *ALWAYS)
    if root in every:
        return None
    declare = f"declare it under prospect_fields in {workspace.SETTINGS.as_posix()}"
    hint = did_you_mean(root, every) if nearest(root, every) else declare
    return Unknown(f"there is no field `{root}`", hint)


def _no_value(name: str, root: str, known: Iterable[str], where: str) -> Unknown:
    every = [f"{root}.{each}" for each in known]
    declare = f"declare it {where} in {workspace.SETTINGS.as_posix()}"
    listed = f"; a template knows {', '.join(every)}" if 0 < len(every) <= LISTED else ""
    near = nearest(name.partition(".")[2], known)
    hint = f"did you mean `{root}.{near}`?" if near else declare
    return Unknown(f"there is no `{name}`{listed}", hint)


def with_nested(values: dict[str, object], template: Template) -> dict[str, object]:
    """The values, and a sample for each further one of the sender or the account in a template."""
    for use in template_variables(template):
        root, _, below = use.name.partition(".")
        if root in NESTED and below and (root, below) not in _HAD:
            values = with_value(values, use.name, "sample")
    return values


def certain_of_sender(cadence: Cadence, settings: Settings | None) -> dict[str, str]:
    """Samples for the values that each mailbox of a cadence has."""
    if settings is None:
        return dict(SENDER)
    named = cadence.mailboxes or settings.pools.get(cadence.pool, ())
    found = []
    for name, box in ((each, settings.mailboxes.get(each)) for each in named):
        if box is not None:
            rep = settings.reps.get((box.rep or name).strip().casefold())
            found.append({*box.values, *(rep.values if rep else ())})
    return {**dict.fromkeys(set.intersection(*found) if found else (), "sample"), **SENDER}
