"""A forecast of a workspace: from its files, its list of people, and the database that runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from sequencer.domain.wall_time import instant_of
from sequencer.engine.hooks import Source
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.policy_of import policy_of
from sequencer.files.cadence import LoadedCadence, cadence_from_document
from sequencer.files.check import check_workspace
from sequencer.files.dispositions import load_dispositions
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import ConfigError, Severity
from sequencer.files.prospects import read_prospects
from sequencer.files.settings import Settings, load_settings
from sequencer.simulation.desk_work import Diligence
from sequencer.simulation.fates import SILENT, Rates
from sequencer.simulation.forecast import Scenario, forecast
from sequencer.simulation.forecast_values import Compared, Forecast
from sequencer.store import schema
from sequencer.store.copy_in_memory import copy_in_memory, is_there
from sequencer.store.memory import MemoryDatabase

NO_KEY = b"nothing that is signed with this ever leaves"
Progress = Callable[[datetime], None]


class ForecastError(Exception):
    """Something cannot be foreseen; the sentence is for whoever asked."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to know.

    Attributes:
        prospects: the list of people.
        from_on: when they are enrolled; None for now.
        added: mailboxes to compare with.
        alone: whether what runs already is left out.
        most: how many rows of the list are taken at most.
    """

    slug: str
    prospects: Path
    days: int
    seed: int = 1
    from_on: date | None = None
    rates: Rates = SILENT
    diligence: Diligence = field(default_factory=Diligence)
    added: Sequence[str] = ()
    alone: bool = False
    most: int | None = None


@dataclass(frozen=True)
class Surroundings:
    """What the outside gives: the folder, its variables, the clock, the booking tools."""

    root: Path
    environ: Mapping[str, str]
    now: datetime
    sources: Mapping[str, Source]


def foresee(wish: Wish, around: Surroundings, progress: Progress = lambda _now: None) -> Compared:
    """The forecast, and a second one with more mailboxes where some are named.

    Raises:
        ConfigError: a file of the workspace, or the list of people, is wrong.
        ForecastError: there is no such cadence, or the day is past.
        StoreError: the database cannot be copied.
    """
    settings, policy, cadences = _checked(around)
    scenario = _scenario(wish, around, policy, cadences, is_live=_is_live(wish, settings))

    def lived(one: Scenario, mailboxes: Policy) -> Forecast:
        database = _database(settings.database if one.is_live else None)
        try:
            return forecast(one, database, mailboxes, around.sources, progress)
        finally:
            database.dispose()

    found = lived(scenario, policy)
    if not wish.added:
        return Compared(found)
    with_added = lived(*_with_mailboxes(scenario, policy, wish.added))
    return Compared(found, tuple(wish.added), with_added)


def _checked(around: Surroundings) -> tuple[Settings, Policy, Sequence[LoadedCadence]]:
    checked = check_workspace(around.root, around.environ)
    errors = [each for each in checked.problems if each.severity is Severity.ERROR]
    if errors:
        raise ConfigError(errors)
    settings = load_settings(around.root, around.environ)
    policy = replace(policy_of(settings), dispositions=load_dispositions(around.root))
    if not policy.keys:
        policy = replace(policy, keys=(NO_KEY,))
    return settings, policy, checked.cadences


def _is_live(wish: Wish, settings: Settings) -> bool:
    return not wish.alone and is_there(settings.database)


def _scenario(
    wish: Wish,
    around: Surroundings,
    policy: Policy,
    cadences: Sequence[LoadedCadence],
    *,
    is_live: bool,
) -> Scenario:
    slugs = [each.cadence.slug for each in cadences]
    if wish.slug not in slugs:
        hint = did_you_mean(wish.slug, slugs)
        raise ForecastError(f"There is no cadence {wish.slug} in config/cadences. {hint}".rstrip())
    now = around.now.replace(microsecond=0)
    enrol_at = now if wish.from_on is None else instant_of(wish.from_on, 0, policy.tz)
    if is_live and wish.from_on is not None:
        if wish.from_on < now.astimezone(policy.tz).date():
            raise ForecastError(
                f"{wish.from_on} is past, and what runs already cannot be set back. "
                "Take a later day, or --alone."
            )
        enrol_at = max(enrol_at, now)
    return Scenario(
        slug=wish.slug,
        cadences=cadences,
        rows=list(read_prospects(wish.prospects)),
        begin=now if is_live else enrol_at,
        enrol_at=enrol_at,
        days=wish.days,
        seed=wish.seed,
        rates=wish.rates,
        diligence=wish.diligence,
        most=wish.most,
        is_live=is_live,
    )


def _database(live: str | None) -> MemoryDatabase:
    if live is not None:
        return copy_in_memory(live)
    database = MemoryDatabase()
    schema.upgrade(database)
    return database


def _with_mailboxes(
    scenario: Scenario, policy: Policy, names: Sequence[str]
) -> tuple[Scenario, Policy]:
    """The same with more mailboxes in the cadence; one that nobody knows is like its first one."""
    cadence = scenario.cadence.cadence
    own = policy.mailboxes_of(cadence)
    like = policy.mailboxes[own[0]]
    known = {name: policy.mailboxes.get(name) or _alike(like, name) for name in names}
    wider = replace(policy, mailboxes={**policy.mailboxes, **known})
    together = list(dict.fromkeys([*own, *names]))
    cadences = [
        _from_mailboxes(each, together) if each.cadence.slug == scenario.slug else each
        for each in scenario.cadences
    ]
    return replace(scenario, cadences=cadences), wider


def _alike(like: MailboxPolicy, name: str) -> MailboxPolicy:
    domain = like.address.rpartition("@")[2]
    return replace(
        like, name=name, address=f"{name}@{domain}", sender_name=name.title(), rep="", away=()
    )


def _from_mailboxes(loaded: LoadedCadence, names: Sequence[str]) -> LoadedCadence:
    document = {**loaded.document, "from": {"mailboxes": list(names)}}
    return replace(loaded, cadence=cadence_from_document(document), document=document)
