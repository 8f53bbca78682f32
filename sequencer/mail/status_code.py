"""Which class does a refusal have, by a server's code, enhanced code and words?

RFC 3463 with the IANA registry (RFC 5248) and what the large providers make of it. Codes of a
sign-in are looked at first, then clear words, then an exact code, then words that are said for many
reasons, then what the code is about. The same for the answer in an SMTP dialogue and for the
diagnostic of a delivery report.
"""

import re
from typing import NamedTuple

from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.bounce_class import BounceClass as C
from sequencer.mail.refusal_words import FOR_ONE, HINTS, REFUSALS

MAX_TEXT = 4_000  # characters of a server's words that are looked at

# Without its first figure, which tells permanent from temporary only.
_EXACT: dict[str, C] = {
    "1.0": C.HARD,
    "1.1": C.HARD,
    "1.2": C.HARD_DOMAIN,
    "1.3": C.HARD,
    "1.4": C.HARD,
    "1.6": C.HARD,
    "1.7": C.AUTH_CONFIG,
    "1.8": C.BLOCK,
    "1.10": C.HARD,
    "1.90": C.QUOTA_SENDER,
    "2.1": C.HARD,
    "2.3": C.BLOCK,
    "2.121": C.THROTTLE,
    "2.122": C.THROTTLE,
    "3.2": C.HARD_DOMAIN,  # takes no mail at all
    "3.4": C.BLOCK,
    "4.4": C.HARD_DOMAIN,
    "4.5": C.QUOTA_SENDER,
    "4.310": C.HARD_DOMAIN,
    "7.3": C.AUTH_CONFIG,
    "7.8": C.AUTH_CONFIG,
    "7.9": C.BLOCK,  # Yahoo; Gmail's meaning of it is told by its words
    "7.12": C.POLICY_RECIPIENT,
    "7.13": C.HARD,
    "7.14": C.AUTH_CONFIG,
    "7.57": C.AUTH_CONFIG,
    "7.124": C.POLICY_RECIPIENT,
    "7.139": C.AUTH_CONFIG,
    "7.232": C.QUOTA_SENDER,
    "7.233": C.QUOTA_SENDER,
    "7.504": C.HARD,
    "7.505": C.HARD,
}

_CLOSING = 421
_SIGN_IN = frozenset({530, 534, 535, 538})  # RFC 4954 section 6; nothing else is said with them
# Without its first figure; Gmail and others say them with 4 as long as they still hope.
_AUTHENTICATION = frozenset(f"7.{detail}" for detail in range(20, 41) if detail != 28)

# Detail numbers of x.7, both ends included; the first range that holds the number decides.
_SECURITY: tuple[tuple[int, int, C], ...] = (
    (20, 40, C.BLOCK),
    (133, 136, C.POLICY_RECIPIENT),
    (500, 899, C.BLOCK),
    (900, 999, C.POLICY_RECIPIENT),
)

_BY_SUBJECT: dict[str, C] = {
    "1": C.HARD,
    "2": C.SOFT,
    "3": C.SOFT,
    "4": C.SOFT,
    "5": C.BLOCK,
    "6": C.BLOCK,
    "7": C.POLICY_RECIPIENT,
}

_BY_CODE: dict[int, C] = {
    421: C.THROTTLE,
    432: C.THROTTLE,
    454: C.AUTH_CONFIG,
    521: C.HARD_DOMAIN,
    550: C.POLICY_RECIPIENT,  # with no word of the mailbox, it is not known to be dead
    552: C.SOFT,
    553: C.POLICY_RECIPIENT,
    554: C.BLOCK,
    556: C.HARD_DOMAIN,
}

_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)", re.ASCII)
_CODE = re.compile(r"(?<![\d.])[45]\d\d(?=[ \-:]|$)", re.ASCII)


class Codes(NamedTuple):
    """What a server's words hold of codes; None and '' where they hold none."""

    code: int | None
    enhanced: str


def classify_status(code: int | None, enhanced: str, text: str) -> BounceClass:
    """Class of a refusal. An address counts as dead only if the refusal was a permanent one."""
    if code in _SIGN_IN:
        return C.AUTH_CONFIG
    said = _words(enhanced, text)
    found = (
        _by_words(said, REFUSALS)
        or _by_exact(enhanced)
        or _by_words(said, HINTS)
        or _by_subject(enhanced)
        or _by_code(code)
    )
    if found.is_permanent and _is_temporary(code, enhanced):
        return C.SOFT
    return found


def wants_less(code: int | None, enhanced: str, text: str) -> bool:
    """Whether an answer asks the mailbox for fewer mails or connections, whoever they are for.

    A throttle may also be about one recipient: greylisting, or somebody who is flooded with mail.
    """
    if code is None or code < 400:
        return False
    if code != _CLOSING and classify_status(code, enhanced, text) is not C.THROTTLE:
        return False
    said = _words(enhanced, text)
    if enhanced[1:3] == ".2" or any(word in said for word in FOR_ONE):
        return False
    plain_greylisting = code in {450, 451} and enhanced in {"", "4.7.0", "4.7.1"}
    return not plain_greylisting or _by_words(said, REFUSALS) is not None


def codes_in(text: str) -> Codes:
    """First reply code and first enhanced code in a server's words."""
    code = _CODE.search(text, 0, MAX_TEXT)
    enhanced = _ENHANCED.search(text, 0, MAX_TEXT)
    return Codes(int(code[0]) if code else None, enhanced[0] if enhanced else "")


def _words(enhanced: str, text: str) -> str:
    """What is searched for words; an entry of a table may ask for the code as well."""
    return f"{enhanced} {' '.join(text[:MAX_TEXT].lower().split())}"


def _is_temporary(code: int | None, enhanced: str) -> bool:
    return code // 100 == 4 if code else enhanced.startswith("4")


def _by_words(said: str, table: tuple[tuple[C, tuple[str, ...]], ...]) -> C | None:
    for found, words in table:
        if any(all(part in said for part in entry.split(" & ")) for entry in words):
            return found
    return None


def _by_exact(enhanced: str) -> C | None:
    """Class of a code that has one meaning, or of a temporary one."""
    kind, _, rest = enhanced.partition(".")
    subject, _, detail = rest.partition(".")
    if kind == "4":
        if rest in _AUTHENTICATION:
            return C.BLOCK
        return C.THROTTLE if subject == "7" else C.SOFT
    if subject == "7" and detail.isdecimal() and rest not in _EXACT:
        ranges = (found for low, high, found in _SECURITY if low <= int(detail) <= high)
        return next(ranges, None)
    return _EXACT.get(rest)


def _by_subject(enhanced: str) -> C | None:
    """Class of what a code is about, where its detail says nothing."""
    subject, _, detail = enhanced.partition(".")[2].partition(".")
    return _BY_SUBJECT.get(subject) if detail else None


def _by_code(code: int | None) -> C:
    if code in _BY_CODE:
        return _BY_CODE[code]
    return C.POLICY_RECIPIENT if code and code >= 500 else C.SOFT
