"""From the words of a phrase to what they mean, or to what is wrong with them and where."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from sequencer.domain.cadence_test import COLLEAGUE, PROSPECT, Phrase
from sequencer.files.nearest import did_you_mean
from sequencer.files.phrase_book import Entry
from sequencer.files.phrase_form import MOST_WORDS, Trace, Word, read_whole, words_of
from sequencer.files.phrase_slots import Vocabulary

MOST_SHOWN = 6  # things that may stand at a place
WORDS = "`sequencer test --words` lists every phrase"


class PhraseError(ValueError):
    """Words that are no phrase; `at` is the position in them, counted from 0."""

    def __init__(self, message: str, at: int, hint: str) -> None:
        super().__init__(message)
        self.at = at
        self.hint = hint


def read_phrase(
    phrase: str, book: Sequence[Entry], vocabulary: Vocabulary, text: str | None = None
) -> Phrase:
    """The phrase of the book that these words are, with line and column still unknown.

    Raises:
        PhraseError: they are none, or nothing may follow after a colon as `text`.
    """
    words = words_of(phrase)
    if len(words) > MOST_WORDS:
        raise PhraseError(f"more than {MOST_WORDS} words", words[MOST_WORDS].start, WORDS)
    who = PROSPECT
    if words and words[0].folded == COLLEAGUE:
        who, words = COLLEAGUE, words[1:]
    trace, slots = Trace(), vocabulary.slots()
    for entry in book:
        values = read_whole(entry.form, words, slots, trace)
        if values is None:
            continue
        if text is not None and not entry.may_say:
            hint = "nobody writes anything here: leave the colon and what follows away"
            raise PhraseError("nothing may follow after this phrase", 0, hint)
        found = dict(values)
        tz = found.pop("tz", "")
        if tz:
            found["hours"] = replace(found["hours"], tz=tz)
        if text is not None:
            found["text"] = text.strip()
        return Phrase(form=entry.kind, words=phrase, line=0, column=0, who=who, **found)
    raise _error(phrase, words, trace, tuple(book), vocabulary)


def _error(
    phrase: str, words: Sequence[Word], trace: Trace, book: tuple[Entry, ...], known: Vocabulary
) -> PhraseError:
    shown = trace.expected[:MOST_SHOWN]
    expected = " or ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
    if trace.at >= len(words):
        message = f"something is missing at the end: {expected}"
        return PhraseError(message, len(phrase.rstrip()), trace.hint or WORDS)
    word = words[trace.at]
    if trace.at == 0:
        near = did_you_mean(word.text, {*_beginnings(book), *known.steps})
        return PhraseError(f"no phrase begins with `{word.text[:60]}`", word.start, near or WORDS)
    message = f"`{word.text[:60]}` does not fit here; what does is {expected}"
    return PhraseError(message, word.start, trace.hint or WORDS)


@cache
def _beginnings(book: tuple[Entry, ...]) -> frozenset[str]:
    """Words with which phrases may begin, and the longer beginnings that are easy to misspell."""
    forms = [entry.form.replace("[", " ").replace("]", " ").split() for entry in book]
    words = [word for form in forms for word in form[0].split("|") if not word.isupper()]
    return frozenset(words)
