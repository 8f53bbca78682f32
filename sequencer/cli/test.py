"""`sequencer test`: what marketing expects of its cadences, held against what the daemon does."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sequencer.cli.desk import json_option, print_json, workspace_folder
from sequencer.cli.failure import EXIT_FAILED, EXIT_INVALID
from sequencer.cli.junit import write_junit
from sequencer.cli.phrase_words import empty_words, phrase_lines
from sequencer.cli.progress import progress
from sequencer.cli.story_words import failure_lines, story_lines, summary

if TYPE_CHECKING:
    from sequencer.domain.cadence_test import CadenceTest
    from sequencer.files.problem import Problem
    from sequencer.simulation.cadence_test import Result
    from sequencer.simulation.cadence_tests import Found


class Options(NamedTuple):
    """What is to be shown, and where."""

    as_json: bool
    verbose: bool
    junit: Path | None


@click.command("test")
@click.argument("cadences", nargs=-1, metavar="[CADENCE]...")
@click.option("-k", "wanted", metavar="TEXT", default="", help="Only tests with this in the name.")
@click.option("-v", "--verbose", is_flag=True, help="Tell the story of every test.")
@click.option(
    "--junit",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write a JUnit file, for a build server.",
)
@click.option("--words", is_flag=True, help="List every phrase that a test may use.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, cadences: tuple[str, ...], wanted: str, *, words: bool, **given: Any
) -> None:
    """Test cadences: config/cadences/NAME.test.yaml says what is given, and what is expected.

    The files are tested as they are now, by the daemon's own planner on a virtual clock; no
    database is needed, and nothing is sent. Ends with 1 if a test fails, with 3 if a file is wrong.
    """
    from sequencer.simulation.cadence_tests import find_tests

    if words:
        click.echo("\n".join(phrase_lines()))
        return
    options = Options(**given)
    found = find_tests(workspace_folder(ctx), os.environ)
    ctx.call_on_close(found.rehearsal.close)
    if not found.files:
        _say_empty(found, options)
        return
    chosen = _chosen(found, cadences, wanted)
    results = _run(found, chosen, quiet=options.as_json)
    problems = found.problems
    if options.junit is not None:
        write_junit(options.junit, results, problems)
    if options.as_json:
        print_json(_figures(results, problems))
    else:
        _tell(found, results, options)
    if problems:
        ctx.exit(EXIT_INVALID)
    if not all(result.passed for result, _ in results):
        ctx.exit(EXIT_FAILED)


def _chosen(found: "Found", cadences: Sequence[str], wanted: str) -> list["CadenceTest"]:
    from sequencer.files.nearest import did_you_mean

    slugs = found.slugs
    for name in cadences:
        if name not in slugs:
            hint = did_you_mean(name, slugs)
            message = f"there is no cadence {name}" + (f"; {hint}" if hint else "")
            raise click.UsageError(message)
    chosen = [test for test in found.tests if not cadences or test.slug in cadences]
    chosen = [test for test in chosen if wanted.casefold() in test.id.casefold()]
    if not chosen and not found.problems:
        what = f"with `{wanted}` in its name" if wanted else f"of {', '.join(cadences)}"
        raise click.UsageError(f"there is no test {what}; {len(found.tests)} are there")
    return chosen


def _run(
    found: "Found", chosen: Sequence["CadenceTest"], *, quiet: bool
) -> list[tuple["Result", float]]:
    from sequencer.bootstrap import boot_s

    results = []
    with progress("tests", len(chosen), quiet=quiet) as advance:
        for test in chosen:
            began_s = boot_s()
            result = found.rehearsal.run(test)
            results.append((result, boot_s() - began_s))
            advance(1)
    return results


def _tell(found: "Found", results: Sequence[tuple["Result", float]], options: Options) -> None:
    for problem in found.problems:
        click.echo(problem.render(), err=True)
    _list([result for result, _ in results], options)
    failed = [result for result, _ in results if not result.passed]
    for result in failed:
        click.secho(f"\n{result.test.id}", fg="red", bold=True)
        click.echo("\n".join(failure_lines(result)))
    total_s = sum(seconds for _, seconds in results)
    said = summary(len(results) - len(failed), len(failed), total_s)
    click.echo(f"\n{said}" if failed else said)
    untested = sorted(found.slugs - {test.slug for test in found.tests})
    if untested and not found.problems:
        click.echo(f"without a test: {', '.join(untested)}")


def _list(results: Sequence["Result"], options: Options) -> None:
    """A line for each test, under the name of its file."""
    file = ""
    for result in results:
        if result.test.file != file:
            file = result.test.file
            click.secho(file, bold=True)
        mark, colour = ("ok  ", "green") if result.passed else ("FAIL", "red")
        click.echo(f"  {click.style(mark, fg=colour)}  {result.test.name}")
        if options.verbose and result.passed:
            click.echo("\n".join(f"  {line}" for line in story_lines(result)))


def _figures(
    results: Sequence[tuple["Result", float]], problems: Sequence["Problem"]
) -> dict[str, Any]:
    passed = sum(result.passed for result, _ in results)
    return {
        "passed": passed,
        "failed": len(results) - passed,
        "seconds": round(sum(seconds for _, seconds in results), 3),
        "tests": [_test(result, seconds) for result, seconds in results],
        "problems": list(problems),
    }


def _test(result: "Result", seconds: float) -> dict[str, Any]:
    test = result.test
    return {
        "cadence": test.slug,
        "test": test.name,
        "file": test.file,
        "line": test.line,
        "passed": result.passed,
        "seconds": round(seconds, 3),
        "misses": [
            {
                "phrase": miss.phrase.words,
                "line": miss.phrase.line,
                "column": miss.phrase.column,
                "happened": miss.happened,
            }
            for miss in result.misses
        ],
        "errors": list(result.errors),
        "timezone": result.tz.key,
        "story": list(result.story),
    }


def _say_empty(found: "Found", options: Options) -> None:
    if options.junit is not None:
        write_junit(options.junit, [], found.problems)
    if options.as_json:
        print_json(_figures([], found.problems))
    else:
        click.echo(empty_words(found.first_mails))
