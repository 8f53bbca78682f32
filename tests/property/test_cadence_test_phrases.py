"""Whatever stands in a phrase of a cadence test, it is read or refused, and quickly."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sequencer.files.phrase_book import EXPECTED, GIVEN
from sequencer.files.phrase_form import words_of
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
