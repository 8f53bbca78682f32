"""What the YAML parser complains about, in plain words and where it is to be mended."""

import re
from typing import NamedTuple

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

LINE_END = re.compile("[\n\x85\u2028\u2029]")  # what the parser counts as one

Place = tuple[int, int]


class Mistake(NamedTuple):
    """What is wrong at a place; line and column count from 0."""

    place: Place
    message: str
    hint: str = ""


_TAB = ("a tab cannot be used here", "indent with spaces")
_ALIAS = ("anchors (&) and aliases (*) are not allowed", "write the value out")
_COLON = ("there is a second colon in this line", 'quote text that contains ": "')
_KEY = ("a key is not expected here", "check the indentation of this line and of the one above it")

# Where something was opened and not closed, the place to mend is where it was opened.
_OPENED = {
    "while scanning a quoted scalar": ("this quote is never closed", "add the closing quote"),
    "while scanning a double-quoted scalar": (
        "a backslash in double quotes must be followed by a known letter",
        "use single quotes, or write the backslash twice",
    ),
    "while parsing a flow sequence": (
        "this list is not closed, or a comma is missing in it",
        "add the `]` or the `,`; quote text that begins with `[`",
    ),
    "while parsing a flow mapping": (
        "this mapping is not closed, or a comma is missing in it",
        "add the `}` or the `,`; quote text that begins with `{`",
    ),
}

_PROBLEMS = (
    ("'\\t'", *_TAB),
    ("could not find expected ':'", "a key without a colon", "write `key: value`"),
    (
        "expected <block end>",
        "this line does not fit the indentation above it",
        "begin it in the same column as its neighbours",
    ),
    ("cannot start any token", "a value cannot begin with this character", "put it in quotes"),
    ("undefined alias", *_ALIAS),
)


def mistake_of(error: Exception, text: str) -> Mistake:
    """The mistake that an exception of the parser stands for."""
    if isinstance(error, ReaderError):
        return _control_character(error, text)
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Mistake((0, 0), "this is not YAML that can be read")
    opened = _OPENED.get(str(error.context))
    if opened is not None and error.context_mark is not None:
        return Mistake((error.context_mark.line, error.context_mark.column), *opened)
    mark = error.problem_mark
    line = LINE_END.split(text)[mark.line] if mark.line <= len(text) else ""
    return Mistake((mark.line, mark.column), *_words(str(error.problem), line, mark.column))


def _words(said: str, line: str, column: int) -> tuple[str, str]:
    if line.lstrip(" ").startswith("\t"):
        return _TAB
    if "mapping values are not allowed" in said:
        return _COLON if ": " in line[:column] else _KEY
    for phrase, message, hint in _PROBLEMS:
        if phrase in said:
            return message, hint
    return f"this is not valid YAML: {said}", ""


def _control_character(error: ReaderError, text: str) -> Mistake:
    before = text[: error.position]
    line_ends = list(LINE_END.finditer(before))
    begin = line_ends[-1].end() if line_ends else 0
    code = error.character if isinstance(error.character, int) else 0
    message = f"a control character (U+{code:04X}) is not allowed"
    return Mistake((len(line_ends), len(before) - begin), message, "delete it")
