"""Let pytest collect the cadence tests of a workspace: nothing else, and nothing is imported first.

Installed with the package. In a project without `config/cadences/*.test.yaml` beside the settings
it costs one look at the name of each file.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sequencer.domain.cadence_test import CadenceTest
    from sequencer.simulation.cadence_test import Rehearsal, Result
    from sequencer.simulation.cadence_tests import Found

ENDS = (".test.yaml", ".test.yml")
FOLDER = ("config", "cadences")
KNOWN = pytest.StashKey[dict[Path, "Found"]]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "TestFile | None":
    """The file, where it holds tests of a cadence of a workspace."""
    if not file_path.name.endswith(ENDS) or file_path.parent.parts[-2:] != FOLDER:
        return None
    if not (file_path.parents[1] / "sequencer.yaml").is_file():
        return None
    collected: TestFile = TestFile.from_parent(parent, path=file_path)
    return collected


class TestFile(pytest.File):
    """A file with tests of a cadence."""

    __test__ = False  # it is no test class itself

    def collect(self) -> Iterator["TestItem"]:
        """Its tests; a mistake in it is told like that of any file."""
        from sequencer.files.problem import ConfigError
        from sequencer.files.workspace import shown

        root = self.path.parents[2]
        try:
            found = _found(root, self.config)
        except ConfigError as error:
            raise self.CollectError(str(error)) from None
        file = shown(self.path, root)
        if problems := [each for each in found.problems if each.file == file]:
            raise self.CollectError("\n".join(each.render() for each in problems))
        for test in found.tests:
            if test.file == file:
                yield TestItem.from_parent(
                    self, name=test.name, test=test, rehearsal=found.rehearsal
                )


def _found(root: Path, config: pytest.Config) -> "Found":
    """The tests of a workspace, which are read once."""
    from sequencer.simulation.cadence_tests import find_tests

    known = config.stash.setdefault(KNOWN, {})
    if root not in known:
        known[root] = find_tests(root, os.environ)
        config.add_cleanup(known[root].rehearsal.close)
    return known[root]


class FailedError(Exception):
    """A cadence test that did not hold, with what came of it."""

    def __init__(self, result: "Result") -> None:
        super().__init__(result.test.id)
        self.result = result


class TestItem(pytest.Item):
    """One test."""

    __test__ = False

    def __init__(self, *, test: "CadenceTest", rehearsal: "Rehearsal", **more: Any) -> None:
        super().__init__(**more)
        self._test, self._rehearsal = test, rehearsal

    def runtest(self) -> None:
        """Live through it."""
        result = self._rehearsal.run(self._test)
        if not result.passed:
            raise FailedError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was expected and what happened, without a traceback of ours."""
        from sequencer.cli.story_words import failure_lines

        if isinstance(excinfo.value, FailedError):
            result = excinfo.value.result
            return "\n".join([result.test.id, *failure_lines(result)])
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test is written."""
        return self.path, self._test.line - 1, self._test.id
