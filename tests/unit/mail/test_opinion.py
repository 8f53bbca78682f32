from dataclasses import replace

import pytest
from foreign_mails import RULES, a_mail

from sequencer.mail.classify import classify
from sequencer.mail.evidence import Confidence
from sequencer.mail.intent import Intent
from sequencer.mail.opinion import wants_opinion, with_opinion

UNCLEAR = classify(a_mail(text="Blue herons."), RULES)


def test_opinion_is_heard() -> None:
    """Where no rule knows what an answer wants, an opinion says it, and by whom."""
    assert UNCLEAR.intent is None
    assert wants_opinion(UNCLEAR)
    heard = with_opinion(UNCLEAR, Intent.LATER, "a model")
    assert (heard.intent, heard.confidence) == (Intent.LATER, Confidence.GUESS)
    assert heard.because == "opinion of a model: later"
    assert heard.kind is UNCLEAR.kind


@pytest.mark.parametrize(
    "text",
    ["Please remove me.", "No.", "", "How much is it?"],
)
def test_rules_come_first(text: str) -> None:
    """An opinion changes nothing of what a rule has found, least of all a stop."""
    verdict = classify(a_mail(text=text), RULES)
    assert with_opinion(verdict, Intent.INTERESTED, "a model") is verdict


def test_no_opinion() -> None:
    """Who does not know says nothing."""
    assert with_opinion(UNCLEAR, None, "a model") is UNCLEAR
    assert not wants_opinion(replace(UNCLEAR, new_text=" "))
