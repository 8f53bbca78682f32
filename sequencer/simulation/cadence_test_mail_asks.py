"""What a cadence test may ask about a mail: its words, its wording, its thread, who sent it."""

from collections.abc import Callable, Mapping

from sequencer.domain.cadence_test import Expected, Phrase
from sequencer.simulation.cadence_test_said import why_never
from sequencer.simulation.cadence_test_seen import Seen, Touch

MOST_SHOWN = 120  # characters of a mail that is told of


def _asked(ask: Callable[[Phrase, Touch, Seen], str]) -> Callable[[Phrase, Seen], str]:
    """A question about a mail, which is to have left."""

    def asked(phrase: Phrase, seen: Seen) -> str:
        touch = seen.touch(phrase.step)
        if touch is None:
            return why_never(phrase.step, seen)
        return ask(phrase, touch, seen) if touch.mail else f"{phrase.step} is no mail"

    return asked


def _subject(phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    said = _subject_of(touch)
    return "" if said == phrase.text else f'the subject is "{said}"'


def _subject_contains(phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    said = _subject_of(touch)
    return "" if phrase.text in said else f'the subject is "{said}"'


def _subject_of(touch: Touch) -> str:
    return touch.mail.heard.subject if touch.mail else ""


def _text_of(touch: Touch) -> str:
    return " ".join(touch.mail.heard.text.split()) if touch.mail else ""


def _says(phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    text = _text_of(touch)
    return "" if " ".join(phrase.text.split()) in text else f'it says "{_cut(text)}"'


def _does_not_say(phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    """Whatever the case: words that a mail must not have are no better at the begin of a line."""
    words, subject, text = " ".join(phrase.text.split()), _subject_of(touch), _text_of(touch)
    if words.casefold() in subject.casefold():
        return f'its subject is "{subject}"'
    begin = text.casefold().find(words.casefold())
    around = text[max(0, begin - 40) : begin + len(words) + 40]
    return f'it says "{around}"' if begin >= 0 else ""


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}\u2026"


def _variant(phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    if touch.variant == phrase.name:
        return ""
    return f"it was in variant {touch.variant}" if touch.variant else "it has no variants"


def _from_mailbox(phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    mailbox = touch.mail.left.mailbox if touch.mail else ""
    return "" if mailbox == phrase.name else f"it left from {mailbox}"


def _answers(phrase: Phrase, touch: Touch, seen: Seen) -> str:
    before = seen.touch(phrase.anchor)
    if before is None or before.mail is None or touch.mail is None:
        return f"{phrase.anchor} never left"
    known = touch.mail.heard.references.split()
    return "" if before.mail.heard.message_id in known else "it is in another thread"


def _new_thread(_phrase: Phrase, touch: Touch, _seen: Seen) -> str:
    references = touch.mail.heard.references if touch.mail else ""
    return "it answers a mail" if references else ""


MAIL_ASKS: Mapping[Expected, Callable[[Phrase, Seen], str]] = {
    Expected.SUBJECT: _asked(_subject),
    Expected.SUBJECT_CONTAINS: _asked(_subject_contains),
    Expected.SAYS: _asked(_says),
    Expected.DOES_NOT_SAY: _asked(_does_not_say),
    Expected.VARIANT: _asked(_variant),
    Expected.FROM_MAILBOX: _asked(_from_mailbox),
    Expected.ANSWERS: _asked(_answers),
    Expected.NEW_THREAD: _asked(_new_thread),
}
