"""The language of cadence tests as a list, and how to begin where there are no tests yet."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from sequencer.files.phrase_book import EXPECTED, GIVEN, PLACES, Entry

WIDTH = 92

_EMPTY = """There are no cadence tests yet. Write one into {file}, for instance:

cadence: {slug}
begin: 2026-04-20 09:00
prospect: {{first_name: Ana, country: ES, timezone: Europe/Madrid, language: es}}
tests:
  - test: whoever answers is left alone
    given:
      - reply 1 day after {step}
    expect:
      - exactly 1 mail
      - no send after the reply
      - ends as replied

Then run `sequencer test` again; `sequencer test --words` lists every phrase."""


def empty_words(mails: Sequence[tuple[str, str]]) -> str:
    """How to begin; `mails` are cadences with the step that is their first mail."""
    slug, step = mails[0] if mails else ("fintech-intro", "intro")
    return _EMPTY.format(file=f"config/cadences/{slug}.test.yaml", slug=slug, step=step)


def phrase_lines() -> Iterator[str]:
    """Every phrase with its meaning and an example."""
    yield "given: what happens. Each may begin with `colleague`: then it is about that person."
    yield from _entries(GIVEN)
    yield ""
    yield "expect: what must hold afterwards, of the prospect or of the `colleague`."
    yield from _entries(EXPECTED)
    yield ""
    yield "In capitals:"
    for name, meaning in PLACES:
        yield fill(f"{name}: {meaning}", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _entries(book: Sequence[Entry]) -> Iterator[str]:
    for entry in book:
        yield ""
        yield f"  {entry.form}{'[: TEXT]' if entry.may_say else ''}"
        yield fill(entry.meaning, WIDTH, initial_indent="    ", subsequent_indent="    ")
        yield f"    - {entry.example}"
