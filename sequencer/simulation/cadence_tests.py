"""All cadence tests of a workspace: find their files, read them, and have them ready to be run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sequencer.domain.cadence import Cadence, StepKind
from sequencer.domain.cadence_test import CadenceTest
from sequencer.domain.prospect import FIELDS
from sequencer.engine.policy import Policy
from sequencer.engine.policy_of import policy_of
from sequencer.files import workspace
from sequencer.files.cadence import LoadedCadence, cadence_from_source
from sequencer.files.cadence_name import name_in
from sequencer.files.cadence_test_file import Known, read_cadence_tests
from sequencer.files.dispositions import load_dispositions
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.settings import load_settings
from sequencer.files.yaml_source import YamlSource, load_yaml
from sequencer.simulation.cadence_test import Rehearsal

KEY = b"a key of tests, which signs nothing outside of them"


@dataclass(frozen=True, slots=True)
class Found:
    """The tests of a workspace.

    Attributes:
        files: those that were read, as messages call them.
        problems: what is wrong with the files of tests.
        known: what they may name.
    """

    tests: tuple[CadenceTest, ...]
    files: tuple[str, ...]
    problems: tuple[Problem, ...]
    known: Known
    rehearsal: Rehearsal

    @property
    def slugs(self) -> frozenset[str]:
        """The cadences that there are to be tested."""
        return frozenset(each.cadence.slug for each in self.rehearsal.loaded)

    @property
    def first_mails(self) -> list[tuple[str, str]]:
        """The cadences that begin with a mail, by name, and the id of that step."""
        begins = {each.cadence.slug: each.cadence.steps[0] for each in self.rehearsal.loaded}
        mails = {slug: step.id for slug, step in begins.items() if step.kind is StepKind.EMAIL}
        return sorted(mails.items())


@dataclass(frozen=True, slots=True)
class _Cadences:
    loaded: Sequence[LoadedCadence]
    broken: frozenset[str]


def find_tests(root: Path, environ: Mapping[str, str]) -> Found:
    """The tests in all files of a workspace; its database is not needed.

    Raises:
        ConfigError: the settings or the dispositions are wrong.
    """
    settings = load_settings(root, environ)
    dispositions = load_dispositions(root)
    cadences = _load_cadences(root)
    policy = replace(policy_of(settings), dispositions=dispositions, keys=(KEY,))
    sendable = [each for each in cadences.loaded if _mailboxes(each.cadence, policy)]
    by_slug = {each.cadence.slug: each.cadence for each in sendable}
    silent = {each.cadence.slug for each in cadences.loaded} - by_slug.keys()
    known = Known(
        cadences=by_slug,
        broken=cadences.broken | silent,
        mailboxes=tuple(settings.mailboxes),
        reps=_reps(policy),
        dispositions=tuple(dispositions),
        fields=(*FIELDS, *settings.prospect_fields),
        account_fields=settings.account_fields,
        timezone=settings.workspace.timezone,
    )
    paths = workspace.cadence_test_files(root)
    tests: list[CadenceTest] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            source = load_yaml(path, workspace.shown(path, root))
            tests.extend(read_cadence_tests(source, known))
        except ConfigError as error:
            problems.extend(error.problems)
    files = tuple(workspace.shown(path, root) for path in paths)
    return Found(tuple(tests), files, tuple(problems), known, Rehearsal(sendable, policy))


def _reps(policy: Policy) -> tuple[str, ...]:
    """Whose tasks there may be."""
    return (*(each.belongs_to for each in policy.mailboxes.values()), *policy.reps)


def _mailboxes(cadence: Cadence, policy: Policy) -> set[str]:
    """Who writes; a cadence whose mailboxes the settings do not have would wait for ever."""
    return set(policy.mailboxes_of(cadence)) & set(policy.mailboxes)


def _load_cadences(root: Path) -> _Cadences:
    """The cadences that hold together; of the others only the names."""
    loaded, broken = [], set()
    for path in workspace.cadence_files(root):
        source = None
        try:
            source = load_yaml(path, workspace.shown(path, root))
            loaded.append(cadence_from_source(source, root))
        except ConfigError:
            broken.add(_slug_of(source) or name_in(path))
    return _Cadences(loaded, frozenset(broken))


def _slug_of(source: YamlSource | None) -> str:
    written = source.value if source is not None else None
    slug = written.get("cadence") if isinstance(written, dict) else None
    return slug if isinstance(slug, str) else ""
