"""What came of cadence tests as a JUnit file, which build servers know how to show."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sequencer.cli.story_words import failure_lines

if TYPE_CHECKING:
    from sequencer.files.problem import Problem
    from sequencer.simulation.cadence_test import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(
    path: Path, results: Sequence[tuple["Result", float]], problems: Sequence["Problem"]
) -> None:
    """Write the file, one case for each test, with how long it took in seconds.

    A file that cannot be read is a case as well: else a build without its tests would look well.
    """
    unread = [_unread(file, list(each)) for file, each in groupby(problems, lambda one: one.file)]
    failed = sum(not result.passed for result, _ in results)
    total_s = sum(seconds for _, seconds in results)
    suite = ET.Element(
        "testsuite",
        name="sequencer test",
        tests=str(len(results) + len(unread)),
        failures=str(failed),
        errors=str(len(unread)),
        skipped="0",
        time=f"{total_s:.3f}",
    )
    for result, seconds in results:
        suite.append(_case(result, seconds))
    suite.extend(unread)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _unread(file: str, problems: Sequence["Problem"]) -> ET.Element:
    """A file of tests that cannot be read, as a case of its own."""
    case = ET.Element("testcase", classname=_text(file), name="the file is read", file=_text(file))
    error = ET.SubElement(case, "error", message=_text(problems[0].message))
    error.text = _text("\n".join(each.render() for each in problems))
    return case


def _case(result: "Result", seconds: float) -> ET.Element:
    test = result.test
    case = ET.Element(
        "testcase",
        classname=test.slug,
        name=_text(test.name),
        file=_text(test.file),
        line=str(test.line),
        time=f"{seconds:.3f}",
    )
    if not result.passed:
        first = result.misses[0].happened if result.misses else "an error of the engine"
        failure = ET.SubElement(case, "failure", message=_text(first))
        failure.text = _text("\n".join(failure_lines(result)))
    return case


def _text(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
