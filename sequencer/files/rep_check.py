"""What is wrong between the reps of the settings and everything else there."""

from collections.abc import Iterator
from typing import NamedTuple

from sequencer.domain.address import address_key
from sequencer.domain.handover_policy import Way
from sequencer.domain.prospect import FIELDS
from sequencer.files.nearest import did_you_mean
from sequencer.files.settings_model import Settings

_RULES = ("countries", "regions")


class Mistake(NamedTuple):
    """Something that does not fit, and where it was written."""

    path: tuple[str | int, ...]
    message: str
    hint: str
    at_key: bool = False


def rep_mistakes(settings: Settings) -> Iterator[Mistake]:
    """Reps who share an address or take another's name, and columns that nobody declared."""
    yield from _same_address(settings)
    for name in settings.reps:
        if name in list(Way):
            message = f"`{name}` is a way to find a rep, and cannot be the name of one"
            yield Mistake(("reps", name), message, "give the rep another name", at_key=True)
        yield from _anothers_mailbox(settings, name)
        yield from _unknown_columns(settings, name)


def _same_address(settings: Settings) -> Iterator[Mistake]:
    """An address stands for one rep: by it we know whom a booking names as its host."""
    owner_of = {
        address_key(mailbox.address): (mailbox.rep or name, f"the mailbox `{name}`")
        for name, mailbox in settings.mailboxes.items()
    }
    taken: dict[str, str] = {}
    for name, rep in settings.reps.items():
        key = address_key(rep.address)
        path = ("reps", name, "address")
        owner, mailbox = owner_of.get(key, (name, ""))
        if key in taken:
            yield Mistake(path, f"`{taken[key]}` has this address already", "each has their own")
        elif owner.casefold() != name.casefold():
            message = f"this is the address of {mailbox}, which is {owner}'s"
            hint = f"call the rep `{owner}`, or give the mailbox `rep: {name}`"
            yield Mistake(path, message, hint)
        taken.setdefault(key, name)


def _anothers_mailbox(settings: Settings, name: str) -> Iterator[Mistake]:
    """A mailbox that has the name of a rep must be theirs, or nobody knew who is meant."""
    mailbox = settings.mailboxes.get(name)
    if mailbox is not None and (mailbox.rep or name).casefold() != name:
        message = f"there is a mailbox `{name}`, and it is {mailbox.rep}'s"
        hint = f"give the rep another name, or the mailbox `rep: {name}`"
        yield Mistake(("reps", name), message, hint, at_key=True)


def _unknown_columns(settings: Settings, name: str) -> Iterator[Mistake]:
    territory = settings.reps[name].territory
    columns = (*FIELDS, *settings.prospect_fields)
    for column in territory.columns() if territory else ():
        if column not in columns:
            near = did_you_mean(column, (*_RULES, *columns))
            hint = near or "declare it under `prospect_fields`"
            message = f"no prospect has a column `{column[:80]}`"
            yield Mistake(("reps", name, "territory", column), message, hint, at_key=True)
