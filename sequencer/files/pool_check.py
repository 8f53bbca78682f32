"""Pools of mailboxes: is everybody in them known, and every pool that a cadence names?"""

from collections.abc import Iterator

from sequencer.files import workspace
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem
from sequencer.files.rep_check import Mistake
from sequencer.files.settings_model import Settings
from sequencer.files.yaml_source import YamlSource


def pool_mistakes(settings: Settings) -> Iterator[Mistake]:
    """Mailboxes of pools that are not there, or stand there twice."""
    for pool, names in settings.pools.items():
        for number, name in enumerate(names):
            path = ("pools", pool, number)
            if name not in settings.mailboxes:
                hint = did_you_mean(name, settings.mailboxes)
                yield Mistake(path, f"there is no mailbox `{name}`", hint)
            elif name in names[:number]:
                yield Mistake(path, f"`{name}` is in the pool already", "delete one of both")


def unknown_pool(source: YamlSource, written: object, settings: Settings) -> Iterator[Problem]:
    """A cadence from a pool that the settings do not have."""
    pool = written.get("pool") if isinstance(written, dict) else None
    if isinstance(pool, str) and pool not in settings.pools:
        declare = f"declare it in {workspace.SETTINGS.as_posix()}: `pools: {{{pool}: [...]}}`"
        hint = did_you_mean(pool, settings.pools) or declare
        message = f"there is no pool `{pool}` in the settings"
        yield source.problem(("from", "pool"), message, hint).of_rule("unknown-pool")
