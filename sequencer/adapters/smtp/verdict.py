"""What does a server's reply, or its silence, mean for a transaction?

Only 4xx and 5xx replies are a server's word. A broken line, a timeout or garbage says no more than
the phase in which it came: up to the final dot the message was certainly not accepted, after that
nobody knows.
"""

import re
from dataclasses import replace

from sequencer.adapters.smtp.wire import UnsendableError
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.status_code import classify_status
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase

# Before a recipient is named, these are about the account that signs in: sign-in refused, too weak,
# expired, account off, passwords abolished. Later some of them have another meaning.
_ACCOUNT = frozenset({"5.7.9", "5.7.11", "5.7.12", "5.7.13", "5.7.30"})
# RFC 1870 section 6.1: this message is too large. So says a MAIL that names a SIZE.
_TOO_LARGE = frozenset({"5.3.4", "5.2.3"})
_ENHANCED = re.compile(r"([245])\.(\d{1,3}\.\d{1,3})(?:\s+|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MAX_TEXT = 500


def on_connect(code: int, message: str, *, signing_in: bool = False) -> Outcome:
    """Outcome of a greeting, EHLO, STARTTLS or AUTH that was refused."""
    said = _said(OutcomeKind.DEFERRED, Phase.CONNECT, code, message)
    # A 4xx to AUTH (454, 421) is the server's own trouble: nobody has to sign in for that.
    refused = signing_in and 500 <= code < 600
    return replace(said, blame=Blame.SIGN_IN if refused else _blame_of(said))


def on_mail(code: int, message: str) -> Outcome:
    """Outcome of a MAIL that was refused: never the fault of the person it was meant for.

    A message that is too large is rejected; the mailbox may send others.
    """
    said = _said(OutcomeKind.DEFERRED, Phase.MAIL, code, message)
    if said.enhanced in _TOO_LARGE or (code == 552 and not said.enhanced):
        return _said(OutcomeKind.REJECTED, Phase.MAIL, code, message)
    return replace(said, blame=_blame_of(said))


def on_message(phase: Phase, code: int, message: str) -> Outcome:
    """Outcome of a RCPT, a DATA or a final dot that was answered otherwise than hoped for."""
    said = _said(OutcomeKind.DEFERRED, phase, code, message)
    if not 400 <= code < 600:
        return on_silence(phase, said.text or "The server's reply makes no sense.")
    blame = _blame_of(said)
    if blame is not Blame.RECIPIENT or code < 500:
        return replace(said, blame=blame)
    return _said(OutcomeKind.REJECTED, phase, code, message)


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
    return _said(OutcomeKind.ACCEPTED, Phase.DOT, code, message)


def _blame_of(said: Outcome) -> Blame:
    """Whose trouble a refusal is, by its class; before a recipient is named it is never theirs."""
    early = said.phase in {Phase.CONNECT, Phase.MAIL}
    found = classify_status(said.code, said.enhanced, said.text)
    if found is BounceClass.AUTH_CONFIG or (early and said.enhanced in _ACCOUNT):
        permanent = said.code is not None and said.code >= 500
        return Blame.SIGN_IN if permanent else Blame.MAILBOX
    return Blame.MAILBOX if early or found is BounceClass.QUOTA_SENDER else Blame.RECIPIENT


def _said(kind: OutcomeKind, phase: Phase, code: int, message: str) -> Outcome:
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
    return Outcome(kind, phase, known, enhanced, _printable(" ".join(lines)))


def _printable(text: str) -> str:
    """The text as one short line that any log, terminal or database takes."""
    if not (text.isascii() and text.isprintable()):
        sound = text.encode("utf-8", "replace").decode("utf-8")
        text = _UNPRINTABLE.sub(" ", sound)
    return " ".join(text.split())[:_MAX_TEXT]
