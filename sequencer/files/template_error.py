"""What can be wrong with a template, when it is read and when it is filled in."""

from sequencer.files.problem import ConfigError, Problem


class TemplateError(ConfigError):
    """The template cannot be read, or cannot be filled in for anybody."""


class MissingVariableError(TemplateError):
    """A value that the template prints is missing, or empty, for this one person.

    Attributes:
        name: the variable, with dots where it is nested.
        file: the template.
        line: where it is printed, None where that cannot be told.
    """

    def __init__(self, name: str, file: str, line: int | None, column: int | None = None) -> None:
        self.name, self.file, self.line = name, file, line
        hint = f'give it a fallback: {{{{ {name} | or("...") }}}}'
        problem = Problem(file, line, column, f"there is no value for `{name}`", hint)
        super().__init__([problem.of_rule("missing-fallback")])

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: there is no value for `{self.name}`"
