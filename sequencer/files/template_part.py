"""Subject or body of a template: compiled once, then run for each person within fixed limits."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from jinja2 import Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import TemplateRuntimeError

from sequencer.files.problem import Problem
from sequencer.files.template_error import MissingVariableError, TemplateError
from sequencer.files.template_language import Objection, ObjectionError, fenced
from sequencer.files.template_places import Places
from sequencer.files.template_sandbox import MAX_OUTPUT, Run, Sandbox
from sequencer.files.template_variables import Variable, variables_of
from sequencer.files.template_whole import NO_SOURCES, Sources, Whole

_SANDBOX = Sandbox()
_WORD = re.compile(r"`(?:\{% )?(\w+)")
_TAG = re.compile(r"\{[{%]")
# Everything that running a template may raise; what is not listed would be a mistake of ours.
_FAILURES = (
    TemplateRuntimeError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_UNREADABLE = (RecursionError, MemoryError, SyntaxError, ValueError)


@dataclass(frozen=True, slots=True)
class Part:
    """A compiled piece of a template.

    Attributes:
        name: the template.
        variables: where it uses which value.
    """

    name: str
    variables: tuple[Variable, ...] = field(repr=False)
    _compiled: Template = field(repr=False)
    _places: Places = field(repr=False)

    def run(self, values: dict[str, Any]) -> str:
        """What comes out for these values, which are not changed.

        Raises:
            MissingVariableError: a value that is printed is missing.
            TemplateError: it fails for another reason, or more than 256 kB come out.
        """
        text = "".join(self._run(Run(_SANDBOX, values, self._compiled.name)))
        if len(text) > MAX_OUTPUT:
            raise self._failed(1, f"the mail is larger than {MAX_OUTPUT // 1024} kB")
        return text

    def run_marked(
        self, values: dict[str, Any], mark: Callable[[int], str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The pieces that come out with marks in place of values, and the values.

        Args:
            values: these are not changed.
            mark: what stands for the value of an index.

        Raises:
            MissingVariableError: a value that is printed is missing.
            TemplateError: it fails for another reason, or prints more than 256 kB of values.
        """
        run = Run(_SANDBOX, values, self._compiled.name, mark)
        return self._run(run), tuple(run.marks)

    def _run(self, run: Run) -> tuple[str, ...]:
        try:
            return tuple(self._compiled.root_render_func(run))
        except UndefinedError as error:
            raise self._missing(str(error), self._line(error.__traceback__)) from None
        except _FAILURES as error:
            raise self._failed(self._line(error.__traceback__), _sentence(error)) from error

    def _failed(self, line: int, message: str) -> TemplateError:
        objection = Objection(line, message, code="template-fails")
        return TemplateError([_located(self._places, objection)])

    def _line(self, traceback: TracebackType | None) -> int:
        """Line of the file that was running."""
        line = 1
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == "<template>":
                line = self._compiled.get_corresponding_lineno(traceback.tb_lineno)
            traceback = traceback.tb_next
        return line

    def _missing(self, path: str, line: int) -> MissingVariableError:
        """The error for that value, at the use of it that is nearest to the line that failed."""
        file, line, _ = self._places.at(line)
        uses = [each for each in self.variables if each.name == path]
        uses.sort(key=lambda use: (use.guarded, use.file != file, abs(use.line - line)))
        if not uses:
            return MissingVariableError(path, file, line)
        return MissingVariableError(path, uses[0].file, uses[0].line, uses[0].column)


def compile_part(
    name: str, text: str, line: int, column: int = 0, sources: Sources = NO_SOURCES
) -> Part:
    """The piece, put together with what it includes, checked and compiled.

    Args:
        name: the template.
        text: the piece.
        line: line of the file at which it begins, from 1.
        column: characters before it in that line.
        sources: what it may include.

    Raises:
        TemplateError: it is no Jinja, or uses what templates may not.
    """
    # Jinja counts from where its text begins; with this in front it counts as the file does.
    places = Places(name, "\n" * (line - 1) + " " * column + text)
    try:
        tree = Whole(_SANDBOX, places, name, sources).tree()
        variables = tuple(_variables(tree, places))
        return Part(name, variables, _SANDBOX.from_string(fenced(tree)), places)
    except ObjectionError as error:
        found = error.found
    except TemplateSyntaxError as error:
        found = (Objection(error.lineno, _sentence(error)),)
    except _UNREADABLE:
        message = "this is nested too deeply, or holds a number that is too large"
        found = (Objection(line, message),)
    raise TemplateError(_located(places, each) for each in found)


def _variables(tree: nodes.Template, places: Places) -> Iterator[Variable]:
    """Every use of a value, at its place in its file."""
    for use in variables_of(_SANDBOX, tree, places.padded):
        file, line, text = places.at(use.line)
        yield replace(use, line=line, file=file, source_line=text)


def _located(places: Places, objection: Objection) -> Problem:
    """The objection with the column of what it is about, where that can be told."""
    file, line, shown = places.at(objection.line)
    word = _WORD.search(objection.message)
    found = re.search(rf"\b{re.escape(word[1])}\b", shown) if word else None
    found = found or _TAG.search(shown)
    column = found.start() + 1 if found else None
    problem = Problem(file, line, column, objection.message, objection.hint, shown)
    return problem.of_rule(objection.code)


def _sentence(error: Exception) -> str:
    """What an exception of Jinja says, as messages of this program look."""
    text = str(getattr(error, "message", None) or error).rstrip(".").replace("'", "`")
    return text[:1].lower() + text[1:] if text else "the template cannot be filled in"
