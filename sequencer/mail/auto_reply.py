"""Did a machine answer, and when is its owner back?

RFC 3834 and what vendors write instead. A mark that other mails have too proves nothing by itself:
a person who is taken for a machine is written to again. So doubt is decided for the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sequencer.mail.auto_reply_words import (
    SURE_HEADERS,
    SURE_SUBJECTS,
    WEAK_HEADERS,
    WEAK_SUBJECTS,
)
from sequencer.mail.incoming import Incoming
from sequencer.mail.new_text import new_text
from sequencer.mail.return_date import ReturnDate, resume_after, return_date

_LIST_HEADERS = frozenset({"list-id", "list-unsubscribe", "list-post"})
_APPLE_END = "enddate="


@dataclass(frozen=True, slots=True)
class AutoReply:
    """An automatic answer: the mark it is known by, and the date of return if it tells one."""

    evidence: str
    returns: ReturnDate | None


def read_auto_reply(incoming: Incoming) -> AutoReply | None:
    """The automatic answer that the mail is, or None."""
    evidence = (
        _auto_submitted(incoming)
        or _marked(incoming, SURE_HEADERS)
        or _titled(incoming, SURE_SUBJECTS)
        or _weak(incoming)
    )
    return AutoReply(evidence, _returns(incoming)) if evidence else None


def _auto_submitted(incoming: Incoming) -> str:
    """Auto-Submitted with any word but `no` (RFC 3834 section 5)."""
    value = incoming.header("auto-submitted")
    word = value.lower().replace("(", ";").partition(";")[0].strip()
    newsletter = word != "auto-replied" and not _LIST_HEADERS.isdisjoint(incoming.headers)
    return f"Auto-Submitted: {word}" if word not in {"", "no"} and not newsletter else ""


def _marked(incoming: Incoming, marks: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """The first header that has one of its values."""
    for name, beginnings in marks:
        for value in incoming.headers.get(name, ()):
            low = value.lower()
            if low.startswith(beginnings) and low not in {"", "no", "none"}:
                return f"{name}: {value}"
    return ""


def _titled(incoming: Incoming, subjects: Sequence[str]) -> str:
    """The subject, if it is one of those or begins with one and a colon."""
    subject = incoming.subject.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    head = subject.replace("\N{FULLWIDTH COLON}", ":").partition(":")[0].strip(" .!-")
    return f"subject: {incoming.subject}" if head in subjects else ""


def _weak(incoming: Incoming) -> str:
    """Two weak marks: a subject that people write too, and a sender that does not want answers."""
    marked = "null return path" if incoming.return_path == "" else _marked(incoming, WEAK_HEADERS)
    titled = _titled(incoming, WEAK_SUBJECTS) or _begins(incoming.subject)
    return f"{titled}; {marked}" if marked and titled else ""


def _begins(subject: str) -> str:
    """The subject, if it begins with a sure or weak one and goes on without a colon."""
    low = subject.lower()
    titles = (*SURE_SUBJECTS, *WEAK_SUBJECTS)
    return f"subject: {subject}" if any(low.startswith(f"{title} ") for title in titles) else ""


def _returns(incoming: Incoming) -> ReturnDate | None:
    if incoming.date is None:
        return None
    sent_on = incoming.date.date()
    written = new_text(incoming.text) or incoming.text
    return _apple(incoming, sent_on) or return_date(f"{incoming.subject}\n\n{written}", sent_on)


def _apple(incoming: Incoming, sent_on: date) -> ReturnDate | None:
    """End of an iCloud absence, which a header gives in so many figures."""
    criteria = incoming.header("x-apple-criteria").lower()
    words = criteria.partition(_APPLE_END)[2][:10]
    try:
        resume_on = resume_after(date.fromisoformat(words), sent_on)
    except ValueError:
        return None
    return ReturnDate(resume_on, f"{_APPLE_END}{words}") if resume_on else None
