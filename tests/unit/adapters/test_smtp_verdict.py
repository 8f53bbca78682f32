"""What a server's words mean, and what of them is kept."""

import pytest

from sequencer.adapters.smtp.verdict import on_accepted, on_connect, on_mail, on_message, on_silence
from sequencer.mail.transaction import Blame, OutcomeKind, Phase


@pytest.mark.parametrize(
    ("code", "message", "enhanced", "text"),
    [
        (550, "5.1.1 no such user", "5.1.1", "no such user"),
        (550, "5.1.1 no\n5.1.1 such\n5.1.1 user", "5.1.1", "no such user"),
        (550, "5.1.1", "5.1.1", ""),
        (550, "no such user", "", "no such user"),
        (550, "2.1.0 contradicts itself", "", "2.1.0 contradicts itself"),
        (550, "5.1.1.1 is no code", "", "5.1.1.1 is no code"),
        (450, "4.2.1 later", "4.2.1", "later"),
        (550, "5.1.1 \x1b[31mred\x00\r and\ttab", "5.1.1", "[31mred and tab"),
        (550, "caf\udce9", "", "caf?"),
        (550, "x" * 2_000, "", "x" * 500),
        (550, "", "", ""),
    ],
)
def test_words(code: int, message: str, enhanced: str, text: str) -> None:
    """The enhanced code is taken out, and the words become one short printable line."""
    outcome = on_message(Phase.RCPT, code, message)
    assert (outcome.code, outcome.enhanced, outcome.text) == (code, enhanced, text)


@pytest.mark.parametrize("code", [-1, -12, 0, 99, 250, 354, 600, 999])
def test_nonsense(code: int) -> None:
    """A reply that is neither yes nor no is a doubt after the dot, and none before it."""
    assert on_message(Phase.DOT, code, "eh").kind is OutcomeKind.UNKNOWN
    for phase in (Phase.RCPT, Phase.DATA):
        assert on_message(phase, code, "eh").kind is OutcomeKind.DEFERRED
        assert on_message(phase, code, "").text


@pytest.mark.parametrize("phase", Phase)
def test_silence(phase: Phase) -> None:
    """Silence is a doubt after the dot only."""
    doubt = on_silence(phase, "").kind is OutcomeKind.UNKNOWN
    assert doubt is (phase is Phase.DOT)


@pytest.mark.parametrize(
    "message", ["5.4.5 limit", "5.1.90 limit", "5.7.232 limit", "5.7.233 limit"]
)
@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
def test_used_up(phase: Phase, message: str) -> None:
    """A mailbox that has sent enough for today does not make a bounce of anybody."""
    outcome = on_message(phase, 550, message)
    assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)


@pytest.mark.parametrize("code", [530, 535])
def test_not_signed_in(code: int) -> None:
    """A recipient who is refused because nobody is signed in has not bounced."""
    outcome = on_message(Phase.RCPT, code, "5.7.1 client was not authenticated")
    assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.SIGN_IN)


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
def test_codes_with_two_meanings(phase: Phase) -> None:
    """Once a recipient is named, 5.7.30 tells of a signature, and 5.7.13 of the recipient."""
    assert on_mail(550, "5.7.30 off").blame is Blame.SIGN_IN
    assert on_mail(550, "5.7.13 disabled").blame is Blame.SIGN_IN
    assert on_message(phase, 550, "5.7.30 DKIM did not pass").blame is Blame.RECIPIENT
    assert on_message(phase, 550, "5.7.13 AccountDisabled").kind is OutcomeKind.REJECTED


def test_a_sign_in_that_may_work_later() -> None:
    """A temporary trouble with the sign-in asks nobody to do anything."""
    assert on_message(Phase.RCPT, 454, "4.7.1 relay access denied").blame is Blame.MAILBOX
    assert on_connect(454, "4.7.0 too many login attempts", signing_in=True).blame is Blame.MAILBOX


def test_blocked_sender() -> None:
    """A sender or a client address that is blocked does not need a new sign-in."""
    assert on_mail(550, "5.7.1 blocked").blame is Blame.MAILBOX
    assert on_connect(554, "5.7.1 blocked").blame is Blame.MAILBOX
    assert on_connect(554, "5.7.1 off", signing_in=True).blame is Blame.SIGN_IN


@pytest.mark.parametrize(
    ("code", "message"), [(552, "5.3.4 too big"), (552, "too big"), (554, "5.2.3 too big")]
)
def test_too_large(code: int, message: str) -> None:
    """A MAIL refused for its SIZE concerns that message, for good, and not the mailbox."""
    outcome = on_mail(code, message)
    assert (outcome.kind, outcome.phase, outcome.blame) == (
        OutcomeKind.REJECTED,
        Phase.MAIL,
        Blame.RECIPIENT,
    )


@pytest.mark.parametrize(("code", "message"), [(552, "5.2.2 over quota"), (452, "4.3.4 later")])
def test_not_too_large(code: int, message: str) -> None:
    """A sender without room, or a server that is short of it, is trouble of the mailbox."""
    outcome = on_mail(code, message)
    assert (outcome.kind, outcome.blame) == (OutcomeKind.DEFERRED, Blame.MAILBOX)


def test_accepted() -> None:
    """What the server says of a mail that it accepted is kept: it may be its queue id."""
    outcome = on_accepted(250, "2.0.0 Ok: queued as 4711")
    assert (outcome.kind, outcome.enhanced, outcome.text) == (
        OutcomeKind.ACCEPTED,
        "2.0.0",
        "Ok: queued as 4711",
    )
