"""Whatever stands in a phrase of a cadence test, it is read or refused, and quickly."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sequencer.files.phrase_book import EXPECTED, GIVEN
from sequencer.files.phrase_form import words_of
from sequencer.files.phrase_place import place_in
from sequencer.files.phrase_read import PhraseError, read_phrase
from sequencer.files.phrase_slots import Vocabulary

PLACES = ("DISPOSITION", "MAILBOX", "CADENCE", "VARIANT")
NAMES = dict.fromkeys(PLACES, ("name: a name", ("ana",)))
OWNER = {"OWNER": ("owner: a rep", ("ana",))}
KNOWN = Vocabulary(date(2026, 4, 20), "intro", ("intro", "bump"), {**NAMES, **OWNER})
PIECES = sorted(
    {word for entry in (*GIVEN, *EXPECTED) for word in entry.example.split()}
    | {"intro", "bump", "colleague", "the", "after", "on", "day", "4", "24", "Apr", '"', "until"}
)
PHRASES = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=20).map(" ".join)


@given(PHRASES)
def test_read_or_refused(phrase: str) -> None:
    """Nothing but a refusal comes of what is no phrase, and it points into the phrase."""
    for book in (GIVEN, EXPECTED):
        refusal = None
        try:
            assert read_phrase(phrase, book, KNOWN).words == phrase
        except PhraseError as error:
            refusal = error
        assert refusal is None or (str(refusal) and 0 <= refusal.at <= len(phrase))


@given(st.text(max_size=200))
def test_words_lie_where_they_say(phrase: str) -> None:
    """Each word is found at the place that it names."""
    for word in words_of(phrase):
        assert phrase[word.start :].startswith(word.text)


@given(st.lists(st.sampled_from(("bump", "on", "dy", "4")), min_size=1), st.data())
def test_places_in_a_folded_phrase(words: list[str], data: st.DataObject) -> None:
    """However the lines of a phrase are broken, each of its words is found in the file."""
    gaps = data.draw(st.lists(st.sampled_from((" ", "\n  ")), min_size=len(words)))
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=False))
    phrase, position = " ".join(words), 0
    for word in words:
        line, column = place_in(text, (0, 0), phrase, position)
        assert text.split("\n")[line][column:].startswith(word)
        position += len(word) + 1


@given(st.text(max_size=40), st.text(max_size=20), st.integers(0, 20), st.integers(0, 5))
def test_places_in_any_text(text: str, phrase: str, at: int, line: int) -> None:
    """Whatever stands there, it is a place of the phrase or behind it."""
    assert place_in(text, (line, 0), phrase, min(at, len(phrase))) >= (line, 0)
