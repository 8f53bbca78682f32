"""By which headers are automatic replies known? RFC 3834, and what vendors write instead.

A mark that other mails have too proves nothing by itself, such as X-Auto-Response-Suppress.
"""

from collections.abc import Sequence

from sequencer.mail.evidence import Evidence, header_evidence
from sequencer.mail.incoming import Incoming

LIST_HEADERS = frozenset({"list-id", "list-unsubscribe", "list-post"})
GENERATED = "auto-generated"

# Headers that automatic replies have and nothing else, with the beginnings of the values that say
# so; an empty beginning stands for any value but `no`.
_SURE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("x-autoreply", ("",)),
    ("x-autorespond", ("",)),
    ("x-autoresponder", ("",)),
    ("x-autoreply-from", ("",)),
    ("x-mail-autoreply", ("",)),
    ("x-fc-machinegenerated", ("",)),
    ("x-post-messageclass", ("9",)),
    ("x-precedence", ("auto_reply", "auto-reply")),
    ("precedence", ("auto_reply", "auto-reply")),
    ("delivered-to", ("autoresponder",)),
    ("x-apple-action", ("vacation",)),
    ("x-mailer", ("vacation",)),
    ("x-ms-exchange-generated-message-source", ("mailbox rules agent",)),
    ("x-ms-exchange-inbox-rules-loop", ("",)),
)
_WEAK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("x-auto-response-suppress", ("",)),
    ("precedence", ("bulk", "junk")),
)
_NOTHING = frozenset({"", "no", "none"})


def sure_header(incoming: Incoming) -> Evidence | None:
    """The header that proves an automatic reply."""
    return _auto_submitted(incoming) or _marked(incoming, _SURE)


def weak_header(incoming: Incoming) -> Evidence | None:
    """A header that automatic replies have, and other mails too."""
    if incoming.return_path == "":
        return header_evidence("return-path", "<>")
    return _marked(incoming, _WEAK)


def auto_submitted(incoming: Incoming) -> str:
    """The word of Auto-Submitted in lower case, without its parameters; '' where it is missing."""
    value = incoming.header("auto-submitted")
    return value.lower().replace("(", ";").partition(";")[0].strip()


def _auto_submitted(incoming: Incoming) -> Evidence | None:
    """Auto-Submitted with any word but `no` (RFC 3834 section 5); newsletters have it too."""
    word = auto_submitted(incoming)
    newsletter = word != "auto-replied" and not LIST_HEADERS.isdisjoint(incoming.headers)
    if word in {"", "no"} or newsletter:
        return None
    return header_evidence("auto-submitted", word)


def _marked(incoming: Incoming, marks: Sequence[tuple[str, tuple[str, ...]]]) -> Evidence | None:
    """The first header that has one of its values."""
    for name, beginnings in marks:
        for value in incoming.headers.get(name, ()):
            low = value.lower()
            if low.startswith(beginnings) and low not in _NOTHING:
                return header_evidence(name, value)
    return None
