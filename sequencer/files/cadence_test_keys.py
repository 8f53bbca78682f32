"""The keys of a file with tests of a cadence; its editors' schema can be made from them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue, PlainValidator

from sequencer.files.cadence_values import Slug
from sequencer.files.phrase_book import EXPECTED, GIVEN, Entry
from sequencer.files.section import HintedError, Section

MAX_TESTS = 500
MAX_PHRASES = 60
MAX_WORDS = 500
MAX_TEXT = 10_000
MAX_FIELDS = 60


def _in_a_list(value: object) -> object:
    """One phrase needs no dash, and none at all no list."""
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def _as_text(value: object) -> object:
    """What YAML takes for a number is text where a field of a person is meant."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_said(value: object) -> str | dict[str, str]:
    """A phrase, or a phrase and what somebody writes."""
    if not isinstance(value, dict):
        return _as_words(value)
    if not value:
        raise ValueError(_EMPTY)
    if len(value) > 1:
        number = "two" if len(value) == 2 else "several"
        raise HintedError(f"{number} phrases in one", "write a dash before each")
    [(phrase, text)] = value.items()
    written = _as_text(text)
    if not isinstance(written, str):
        raise HintedError(f"what somebody writes is text, not {_shown(text)}", "put it in quotes")
    if len(written) > MAX_TEXT:
        raise ValueError(f"at most {MAX_TEXT} characters")
    return {_as_words(phrase): written}


def _as_words(value: object) -> str:
    if not isinstance(value, str):
        message = f"a phrase is words, not {_shown(value)}"
        is_plain = value is not None and not isinstance(value, list | dict)
        raise HintedError(message, "put it in quotes" if is_plain else "")
    if not value.strip():
        raise ValueError(_EMPTY)
    if len(value) > MAX_WORDS:
        raise ValueError(f"at most {MAX_WORDS} characters")
    return value


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    return f"`{str(value).lower()[:40]}`"


_EMPTY = "a phrase must not be empty"


def _examples(book: Sequence[Entry]) -> list[JsonValue]:
    """What editors offer."""
    return [entry.example for entry in book]


Words = Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]
Happening = Annotated[Words, Field(examples=_examples(GIVEN))]
Holding = Annotated[Words, Field(examples=_examples(EXPECTED))]
Text = Annotated[
    str,
    Field(max_length=MAX_TEXT),
    BeforeValidator(_as_text, json_schema_input_type=str | int | float),
]
Telling = Annotated[dict[Words, Text], Field(min_length=1, max_length=1)]
Said = Annotated[
    str | dict[str, str], PlainValidator(_as_said, json_schema_input_type=Words | Telling)
]
Givens = Annotated[
    tuple[Said, ...],
    Field(max_length=MAX_PHRASES),
    BeforeValidator(
        _in_a_list,
        json_schema_input_type=Happening | Telling | tuple[Happening | Telling, ...] | None,
    ),
]
Expectations = Annotated[
    tuple[Said, ...],
    Field(max_length=MAX_PHRASES),
    BeforeValidator(_in_a_list, json_schema_input_type=Holding | tuple[Holding, ...]),
]
Person = Annotated[dict[str, Text], Field(max_length=MAX_FIELDS)]


class TestKeys(Section):
    """One test."""

    __test__ = False  # pytest takes a class of this name for one of its own

    test: str = Field(min_length=1, max_length=200, description="What must hold, in a sentence.")
    begin: str = Field(default="", description="When they are enrolled, where it is another time.")
    prospect: Person = Field(
        default_factory=dict, description="Fields of the prospect that are others here."
    )
    colleague: Person | None = Field(
        default=None, description="The same of somebody else of the account, enrolled as well."
    )
    account: Person = Field(
        default_factory=dict, description="Values of their company that are others here."
    )
    given: Givens = Field(default=(), description="What happens; nothing, if it is left out.")
    expect: Expectations = Field(description="What must hold afterwards.")


class TestFileKeys(Section):
    """A file `config/cadences/NAME.test.yaml`."""

    __test__ = False

    cadence: Slug = Field(description="The cadence that is tested.")
    begin: str = Field(
        default="",
        description="When people are enrolled: `2026-04-20 09:00`, with a time zone after it where "
        "it is not the prospect's.",
    )
    prospect: Person = Field(default_factory=dict, description="Fields of the prospect.")
    colleague: Person | None = Field(
        default=None, description="Somebody else of the account, enrolled as well."
    )
    account: Person = Field(
        default_factory=dict,
        description="Values of their company, of the `account_fields` of the settings.",
    )
    tests: tuple[TestKeys, ...] = Field(
        max_length=MAX_TESTS, description="The tests.", json_schema_extra={"minItems": 1}
    )
