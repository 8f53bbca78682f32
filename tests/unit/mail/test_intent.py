import pytest
from foreign_mails import RULES, a_mail

from sequencer.mail.classify import classify
from sequencer.mail.intent import Intent

UP, DOWN = "\N{THUMBS UP SIGN}", "\N{THUMBS DOWN SIGN}"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("No.", Intent.NOT_INTERESTED),
        ("Yes!", Intent.INTERESTED),
        (UP, Intent.INTERESTED),
        (f"{DOWN} bah", Intent.NOT_INTERESTED),
        ("You have the wrong person.", Intent.WRONG_PERSON),
        ("You have the wrong person, please contact Tom Hill.", Intent.REFERRAL),
        ("We are not interested right now, ask again next year.", Intent.LATER),
        ("Thanks, but we are not interested.", Intent.NOT_INTERESTED),
        ("Sounds interesting, can we talk on Tuesday?", Intent.MEETING_PROPOSAL),
        ("That sounds interesting. What does it cost?", Intent.INTERESTED),
        ("And herons?", Intent.QUESTION),
        ("Herons.", None),
        ("We are not going to need it, though not now.", Intent.LATER),
        ("I am not curious to learn that.", None),
        ("Herons in blue, and more of them.", None),
    ],
)
def test_intent(text: str, intent: Intent | None) -> None:
    """Of several things that are said, the one that asks for the least decides."""
    verdict = classify(a_mail(text=text), RULES)
    assert verdict.intent is intent
    assert bool(verdict.evidence) is (intent is not None)
