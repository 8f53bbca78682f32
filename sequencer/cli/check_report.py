"""How the findings of `sequencer check` are printed: for people, for scripts, for GitHub."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from sequencer.files.check import Checked
from sequencer.files.check_people import Outlook
from sequencer.files.problem import Problem, Severity
from sequencer.files.rule import Rule
from sequencer.files.rule_book import RULES

NO_FILES = frozenset({"environment"})  # what findings call a place that is no file


def text_of(problem: Problem) -> str:
    """A finding as people read it: place and rule first, then the line, the hint and the page."""
    first, *rest = problem.render().split("\n")
    rule = RULES.get(problem.code)
    if rule is None:
        return "\n".join([first, *rest])
    return "\n".join([f"{first} [{rule.code}]", *rest, f"rule: {rule.address}"])


def summary_of(checked: Checked) -> Iterator[str]:
    """What was looked at, and how much was found."""
    for loaded in checked.cadences:
        steps = len(loaded.cadence.steps)
        yield f"{loaded.cadence.slug}: {steps} steps, {len(loaded.templates)} templates"
    yield from map(outlook_line, checked.outlooks)
    counted = f"{checked.count(Severity.ERROR)} errors, {checked.count(Severity.WARNING)} warnings"
    yield counted + (f", {len(checked.waived)} waived" if checked.waived else "")
    if checked.problems:
        yield "`sequencer check --explain CODE` tells why a rule is there, with examples."


def outlook_line(outlook: Outlook) -> str:
    """How the people of a list would fare in one cadence."""
    parts = [f"{outlook.clear} of {outlook.people} people could be written to"]
    if outlook.held:
        parts.append(f"{outlook.held} would be held for a missing value")
    parts.extend(f"{number} refused ({code})" for code, number in outlook.refused.items())
    return f"{outlook.cadence}: {', '.join(parts)}"


def json_of(checked: Checked) -> dict[str, object]:
    """All of it as one value."""
    return {
        "cadences": [loaded.cadence.slug for loaded in checked.cadences],
        "problems": [_finding(problem) for problem in checked.problems],
        "waived": [{**_finding(each.problem), "reason": each.reason} for each in checked.waived],
        "outlooks": [{**asdict(each), "clear": each.clear} for each in checked.outlooks],
    }


def _finding(problem: Problem) -> dict[str, object]:
    rule = RULES.get(problem.code)
    return {**asdict(problem), "rule": rule.address if rule else ""}


def annotations(problems: Iterable[Problem], folder: str) -> Iterator[str]:
    """A line for each finding by which GitHub shows it beside the change.

    Args:
        problems: the findings.
        folder: where the workspace lies, seen from the checkout; empty for the same place.
    """
    for each in problems:
        place: dict[str, object] = {"title": each.code}
        if each.file not in NO_FILES:
            at = {"line": each.line, "col": each.column}
            known = {name: number for name, number in at.items() if number is not None}
            place = {"file": f"{folder}{each.file}", **known, **place}
        told = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
        rule = RULES.get(each.code)
        lines = [each.message, each.hint and f"hint: {each.hint}", rule.address if rule else ""]
        yield f"::{each.severity} {told}::{_escaped(chr(10).join(filter(None, lines)))}"


def _escaped(text: str) -> str:
    """What would end the message, or another command in it, written out."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def explanation(rule: Rule) -> Iterator[str]:
    """A rule at length."""
    yield f"{rule.code} ({rule.level}): {rule.sentence}"
    yield f"Why: {rule.why}"
    yield f"What to do: {rule.fix}"
    for title, lines in (("Not so:", rule.bad), ("But so:", rule.good)):
        if lines:
            yield title
            yield from (f"    {line}" for line in lines.split("\n"))
    if rule.waivable:
        yield f"Allowed here and there with `allow: {rule.code} because ...` in a comment."
    yield f"See {rule.address}"
