import pytest

from sequencer.mail.phrase import Finder, PhraseError, read_phrase
from sequencer.mail.words import words_in


def found(phrase: str, text: str) -> str:
    words = words_in(text)
    hit = Finder([read_phrase("xx", phrase)]).first(words)
    return "" if hit is None else words.written(hit.first, hit.last)


@pytest.mark.parametrize(
    ("phrase", "text", "written"),
    [
        ("remove me", "Please REMOVE\n me.", "REMOVE me"),
        ("remove me", "remove. Me", ""),
        ("remove me", "remove", ""),
        ("stop|cease mailing|writing", "Cease writing!", "Cease writing"),
        ("not interested", "don't, not interested", "not interested"),
        ("out of the? office", "out of office", "out of office"),
        ("out of the? office", "out of the office", "out of the office"),
        ("interes* en", "interesado en eso", "interesado en"),
        ("take ~ off", "take me and my friends off", "take me and my friends off"),
        ("take ~ off", "take off", "take off"),
        ("take ~ off", "take a b c d e off", ""),
        ("take ~ off", "take me. Off", ""),
        ("take ~ off", "take", ""),
        ("a ~ b|c d", "a b c d", "a b c d"),
        ("^ stop", "Stop it", "Stop"),
        ("^ stop", "Yes. Stop it", "Stop"),
        ("^ stop", "do not stop", ""),
        ("e-mail", "my email", "email"),
        (
            "\u505c\u6b62 \u3092? \u9858",
            "\u914d\u4fe1\u505c\u6b62\u3092\u9858\u3044\u307e\u3059",
            "\u505c\u6b62\u3092\u9858",
        ),
    ],
)
def test_found(phrase: str, text: str, written: str) -> None:
    """Each sign of a phrase does what it says, and none reaches over the end of a clause."""
    assert found(phrase, text) == written


@pytest.mark.parametrize(
    "phrase", ["", "^", "~ a", "a ~", "a b?", "a? b", "a|.", "ab* c", ".|a", "abc-def*"]
)
def test_mistakes(phrase: str) -> None:
    """What cannot be looked for is refused."""
    with pytest.raises(PhraseError):
        read_phrase("xx", phrase)


@pytest.mark.parametrize("unit", ["a ", "a b ", "\u505c", "e-mail ", "don't ", "a\u0301", ". "])
def test_hostile(unit: str) -> None:
    """Gaps and words that repeat for ever cost no more than others."""
    phrases = ["a ~ b ~ c", "a? a", "a ~ a ~ a ~ z"]
    finder = Finder(read_phrase("xx", each) for each in phrases if not each.startswith("a?"))
    words = words_in(unit * 200_000)
    assert all(hit.last < len(words.tokens) for hit in finder.find(words))


CLASSES = {"drop": ("remove", "take_off", "delet*")}


@pytest.mark.parametrize(
    ("phrase", "text", "written"),
    [
        ("$drop me", "please remove me", "remove me"),
        ("$drop me", "take off me", "take off me"),
        ("$drop|skip me", "skip me", "skip me"),
        ("please $drop? me", "please deleting me", "please deleting me"),
        ("please $drop? me", "please me", "please me"),
        ("keep|take_off me", "take it off me", ""),
    ],
)
def test_classes(phrase: str, text: str, written: str) -> None:
    """A class stands for each of its words, some of which are several in a row."""
    words = words_in(text)
    hit = Finder([read_phrase("xx", phrase, CLASSES)]).first(words)
    assert ("" if hit is None else words.written(hit.first, hit.last)) == written


def test_no_such_class() -> None:
    """A class that the file does not have is a mistake."""
    with pytest.raises(PhraseError):
        read_phrase("xx", "$other me", CLASSES)
