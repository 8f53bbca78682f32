"""Rules that a person's decisions speak for, with the mail as their example."""

import pytest

from sequencer.engine.triage_suggest import MOST_SENTENCE, language_of, sentences_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am on a sabbatical until the end of the year.", "en"),
        ("Estoy de vacaciones hasta el lunes, gracias por su mensaje.", "es"),
        ("Ich bin bis Montag nicht im Büro und lese keine E-Mails.", "de"),
        ("Je suis absent du bureau jusqu'au lundi 3 mai.", "fr"),
        ("Ik ben afwezig tot maandag en lees mijn mail niet.", "nl"),
        ("不在にしております。", "ja"),
        ("", "en"),
        ("zzzz qqqq", "en"),
    ],
)
def test_languages(text: str, language: str) -> None:
    """The language is the one whose rules know most of the words."""
    assert language_of(text) == language


def test_sentences() -> None:
    """Each on one line, without what no file can hold, and of a bounded length."""
    assert sentences_in("Hi Ana,\nI am away\x00 \x1b[31mnow. Bye!") == [
        "Hi Ana,",
        "I am away [31mnow.",
        "Bye!",
    ]
    assert sentences_in("") == []
    [long] = sentences_in("word " * 5_000)
    assert len(long) <= MOST_SENTENCE
