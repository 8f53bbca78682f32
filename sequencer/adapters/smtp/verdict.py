"""What does a server's reply, or its silence, mean for a transaction?

Only 4xx and 5xx replies are a server's word. A broken line, a timeout or garbage says no more than
the phase in which it came: up to the final dot the message was certainly not accepted, after that
nobody knows.
"""

import re
from dataclasses import replace

from sequencer.adapters.smtp.wire import UnsendableError
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase

# RFC 4954 section 6; servers also give 530 to a MAIL whose sign-in was taken back meanwhile.
_SIGN_IN_CODES = frozenset({530, 534, 535, 538})
# IANA registry and Microsoft: sign-in refused, too weak, expired, account off, passwords abolished.
_SIGN_IN_ENHANCED = frozenset(
    {"5.7.3", "5.7.8", "5.7.9", "5.7.11", "5.7.12", "5.7.13", "5.7.30", "5.7.57", "5.7.139"}
)
# Google and Microsoft: this mailbox or tenant has sent enough for today. A 5xx, yet nobody bounced.
_USED_UP = frozenset({"5.4.5", "5.1.90", "5.7.232", "5.7.233"})
# RFC 1870 section 6.1: this message is too large. So says a MAIL that names a SIZE.
_TOO_LARGE = frozenset({"5.3.4", "5.2.3"})
_ENHANCED = re.compile(r"([245])\.(\d{1,3}\.\d{1,3})(?:\s+|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MAX_TEXT = 500


def on_connect(code: int, message: str, *, signing_in: bool = False) -> Outcome:
    """Outcome of a greeting, EHLO, STARTTLS or AUTH that was refused."""
    said = _said(Phase.CONNECT, code, message)
    # A 4xx to AUTH (454, 421) is the server's own trouble: nobody has to sign in for that.
    blame = Blame.SIGN_IN if signing_in and 500 <= code < 600 else _blame_of(said, Blame.MAILBOX)
    return replace(said, kind=OutcomeKind.DEFERRED, blame=blame)


def on_mail(code: int, message: str) -> Outcome:
    """Outcome of a MAIL that was refused: never the fault of the person it was meant for.

    A message that is too large is rejected; the mailbox may send others.
    """
    said = _said(Phase.MAIL, code, message)
    if said.enhanced in _TOO_LARGE or (code == 552 and not said.enhanced):
        return replace(said, kind=OutcomeKind.REJECTED, blame=Blame.RECIPIENT)
    return replace(said, kind=OutcomeKind.DEFERRED, blame=_blame_of(said, Blame.MAILBOX))


def on_message(phase: Phase, code: int, message: str) -> Outcome:
    """Outcome of a RCPT, a DATA or a final dot that was answered otherwise than hoped for."""
    said = _said(phase, code, message)
    if not 400 <= code < 600:
        return on_silence(phase, said.text or "The server's reply makes no sense.")
    blame = _blame_of(said, Blame.RECIPIENT)
    final = code >= 500 and blame is Blame.RECIPIENT
    return replace(said, kind=OutcomeKind.REJECTED if final else OutcomeKind.DEFERRED, blame=blame)


def on_silence(phase: Phase, text: str) -> Outcome:
    """Outcome of a line that broke, stalled or brought garbage while that phase was on."""
    kind = OutcomeKind.UNKNOWN if phase is Phase.DOT else OutcomeKind.DEFERRED
    return Outcome(kind, phase, text=_printable(text), blame=Blame.MAILBOX)


def on_unsendable(error: UnsendableError, blame: Blame = Blame.RECIPIENT) -> Outcome:
    """Outcome of a message that was not even tried; a mailbox may yet be put right."""
    kind = OutcomeKind.REJECTED if blame is Blame.RECIPIENT else OutcomeKind.DEFERRED
    text = _printable(str(error))
    return Outcome(kind, Phase.CONNECT, enhanced=error.enhanced, text=text, blame=blame)


def on_accepted(code: int, message: str) -> Outcome:
    """Outcome of a message that the server has taken over."""
    return replace(_said(Phase.DOT, code, message), kind=OutcomeKind.ACCEPTED)


def _blame_of(said: Outcome, otherwise: Blame) -> Blame:
    if said.code in _SIGN_IN_CODES or said.enhanced in _SIGN_IN_ENHANCED:
        return Blame.SIGN_IN
    return Blame.MAILBOX if said.enhanced in _USED_UP else otherwise


def _said(phase: Phase, code: int, message: str) -> Outcome:
    """The server's words, with the enhanced code taken out of each line (RFC 2034).

    An enhanced code that contradicts the reply code is mere text: the reply code decides.
    """
    enhanced = ""
    lines = []
    for line in message.split("\n"):
        found = _ENHANCED.match(line)
        if found is not None and code // 100 == int(found[1]):
            enhanced = enhanced or f"{found[1]}.{found[2]}"
            lines.append(line[found.end() :])
        else:
            lines.append(line)
    known = code if 200 <= code < 600 else None
    return Outcome(OutcomeKind.DEFERRED, phase, known, enhanced, _printable(" ".join(lines)))


def _printable(text: str) -> str:
    """The text as one short line that any log, terminal or database takes."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_UNPRINTABLE.sub(" ", sound).split())[:_MAX_TEXT]
