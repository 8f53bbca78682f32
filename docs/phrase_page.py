"""The page of the phrases of cadence tests: each with its meaning and an example."""

from collections.abc import Iterator, Sequence

from docs.markdown import page, table
from sequencer.files.cadence_test_keys import TestFileKeys, TestKeys
from sequencer.files.phrase_book import EXPECTED, GIVEN, PLACES, Entry


def phrases() -> str:
    """Keys of the file, and every phrase."""
    return page(
        "Cadence tests",
        "Tests of a cadence stand beside it, in `config/cadences/NAME.test.yaml`; [how to write "
        "them](../how-to/test-a-cadence.md). `sequencer test --words` prints the phrases too.",
        "## Keys",
        table(("key", "meaning"), _keys()),
        "## What may be given",
        "A phrase that begins with `colleague` is about that person. In a phrase, `a|b` is one of "
        "both, what stands in brackets may be left out, and a word in capitals is explained below.",
        _phrases(GIVEN),
        "## What may be expected",
        _phrases(EXPECTED),
        "## The words in capitals",
        table(("word", "stands for"), [(f"`{name}`", meaning) for name, meaning in PLACES]),
    )


def _keys() -> Iterator[tuple[str, str]]:
    for model, prefix in ((TestFileKeys, ""), (TestKeys, "tests[].")):
        for name, field in model.model_fields.items():
            yield f"`{prefix}{name}`", field.description or ""


def _phrases(book: Sequence[Entry]) -> str:
    return table(
        ("phrase", "meaning", "example"),
        [(f"`{_form(entry)}`", entry.meaning, f"`{entry.example}`") for entry in book],
    )


def _form(entry: Entry) -> str:
    return f"{entry.form}{'[: WORDS]' if entry.may_say else ''}"
