"""The keys of a file with tests of a cadence; its editors' schema can be made from them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue

from sequencer.files.cadence_values import Slug
from sequencer.files.phrase_book import EXPECTED, GIVEN, Entry
from sequencer.files.section import Section

MAX_TESTS = 500
MAX_PHRASES = 60
MAX_WORDS = 500
MAX_TEXT = 10_000
MAX_FIELDS = 60


def _in_a_list(value: object) -> object:
    """One phrase needs no dash, and none at all no list."""
    if value is None:
        return []
    return [value] if isinstance(value, str | dict) else value


def _as_text(value: object) -> object:
    """What YAML takes for a number is text where a field of a person is meant."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


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
Said = Words | Telling
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
