"""What does a verdict become when something else, such as a language model, has an opinion too?

It may say what an answer wants where the rules know nothing. It never changes what a mail is, so
it neither takes a stop back nor makes one.
"""

from dataclasses import replace

from sequencer.mail.evidence import Confidence, Evidence
from sequencer.mail.intent import Intent
from sequencer.mail.verdict import Kind, Verdict


def wants_opinion(verdict: Verdict) -> bool:
    """Whether an opinion would be heard: only about an answer that no rule understands."""
    said = bool(verdict.new_text.strip())
    return verdict.kind is Kind.REPLY and verdict.intent is None and said


def with_opinion(verdict: Verdict, intent: Intent | None, giver: str) -> Verdict:
    """The verdict with the opinion of `giver`, if it is one that is heard."""
    if intent is None or not wants_opinion(verdict):
        return verdict
    evidence = (*verdict.evidence, Evidence(f"opinion of {giver}", str(intent)))
    return replace(verdict, intent=intent, confidence=Confidence.GUESS, evidence=evidence)
