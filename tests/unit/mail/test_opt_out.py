import pytest
from foreign_mails import RULES

from sequencer.mail.opt_out import OptOut, Scope, asked_by_subject, read_opt_out

SUBJECT = "Re: Hello"


def is_opt_out(text: str, subject: str) -> OptOut | None:
    return read_opt_out(text, subject, RULES)


@pytest.mark.parametrize(
    "text",
    [
        "Stop",
        "STOP!",
        "Stop.\n\nZoe Smith\nHead of Finance, Prospect Ltd\n1 High Street, London",
        "Unsubscribe.",
        "unsubscribe please",
        "Please remove.",
        "Hi Rep,\n\nPlease remove.\n\nThanks",
        "How do I unsubscribe?",
        "Please unsubscribe me from this.",
        "Remove me from your list.",
        "Please take\nme off this list.",
        "I\u2019m not interested please remove me from your list",
        "No, stop emailing me.",
        "Don\u2019t contact me again.",
        "We no longer wish to receive your mails.",
        "This is spam.",
        "Don't stop the project. But please stop emailing me.",
        "Baja",
        "Por favor, denme de baja.",
        "Dejen de enviar correos",
        "Désinscription svp",
        "Merci de ne plus me contacter.",
        "Retirez-moi de votre liste",
        "Bitte nehmen Sie mich aus dem Verteiler.",
        "Nicht mehr kontaktieren!",
        "Keine weiteren E-Mails bitte",
        "Me tirem da lista.",
        "Não quero receber mais e-mails",
        "Cancellatemi dalla lista",
        "Non scrivetemi più",
        "Stop met mailen",
        "Haal me van de lijst",
        "Ta bort mig från listan",
        "Proszę o usunięcie mojego adresu",
        "配信停止してください",
        "今後のメールは不要です",
        "I would be grateful if you do not contact me again.",
    ],
)
def test_opt_out(text: str) -> None:
    """Who asks for no more mail is understood in ten languages."""
    assert is_opt_out(text, SUBJECT) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes, call me.",
        "Please don't stop!",
        "Please do not stop emailing me, I like it.",
        "Don't unsubscribe me.",
        "I don't want to unsubscribe.",
        "Bitte nicht abmelden.",
        "Ne me désabonnez pas.",
        "Remove the blocker and we can talk.",
        "Not interested in the basic plan, but in the large one.",
        "I'll stop by on Monday.",
        "We want to stop the churn of our customers, how would you do that?",
        "Estoy de baja médica hasta marzo.",
        "Please remove the second item from the quote.",
        "We unsubscribed from the other tool because of its price last year, so what is yours?",
        "We use unsubscribemebot.",
        "Yes.\n\nIf you no longer wish to receive our news, tell us.",
        "Ja.\n\nWenn Sie keine weiteren E-Mails wünschen, klicken Sie hier.",
        "No thanks.",
        "Thanks,\nZoe",
        "I hit unsubscribe by mistake, please remove me from that again.",
        "Bitte mich nicht abmelden.",
        "Nobody should take me never off.",
        "Hi Rep,\nHello,\nThanks,\nstop the press",
    ],
)
def test_no_opt_out(text: str) -> None:
    """Words that only look like it, negated ones and small print ask for nothing."""
    assert is_opt_out(text, SUBJECT) is None


@pytest.mark.parametrize(
    "subject",
    [
        "unsubscribe",
        " Unsubscribe ",
        "unsubscribe AbC-123_x",
        "unsubscribe:AbC-123_x",
        "unsubscribe%20AbC-123_x",
        "Unsubscribe+AbC-123_x",
    ],
)
def test_subject_of_a_button(subject: str) -> None:
    """What a mail program writes for its reader is an opt-out, whatever the text is."""
    assert asked_by_subject(subject) is not None
    assert is_opt_out("", subject) is not None


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "unsubscribed",
        "unsubscribe now!",
        "unsubscribe me",
        "Re: unsubscribe",
        "unsubscribeAbC123",
    ],
)
def test_other_subjects(subject: str) -> None:
    """Other subjects are not a button's."""
    assert asked_by_subject(subject) is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Is there an unsubscribe link?", False),
        ("Don't write, call me.", False),
        ("Is there an unsubscribe link? Remove me from your list.", True),
        ("I have no mail, contact me again.", False),
        ("Do not call, email, or write to me.", True),
        ("Cette adresse n'est pas destin\u00e9e \u00e0 la publicit\u00e9.", True),
    ],
)
def test_only_alike(text: str, *, asks: bool) -> None:
    """What looks like a wish is none where other words are about it, or a comma parts it."""
    assert (is_opt_out(text, SUBJECT) is not None) is asks


def test_subject_instead_of_text() -> None:
    """A mail that says it in its subject only says it; an answer's subject is our own."""
    assert is_opt_out("", "Please remove me") is not None
    assert is_opt_out("", "Re: stop") is None
    assert is_opt_out("Yes.", "stop") is None


def test_evidence() -> None:
    """The words, their place and their rule are told."""
    found = is_opt_out("Hallo. Bitte abmelden!", SUBJECT)
    assert found is not None
    said = found.evidence[0]
    assert (said.where, said.words, said.at) == ("text", "Bitte abmelden", 7)
    assert said.rule.startswith("de/opt_out")


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Please remove me.", Scope.PERSON),
        ("Please take our company off your list.", Scope.COMPANY),
        ("Stop writing to us, none of us is interested.", Scope.COMPANY),
        ("unsubscribe", Scope.PERSON),
    ],
)
def test_scope(text: str, scope: Scope) -> None:
    """For whom silence is asked: the person, unless the company is named."""
    found = is_opt_out(text, SUBJECT)
    assert found is not None
    assert found.scope is scope


def test_all_that_is_said() -> None:
    """A word alone on its line counts below a greeting, and not far below."""
    assert is_opt_out(
        "Hi,\n\nstop\n\nZoe Smith, Head of everything at Prospect Limited, London", ""
    )
    assert not is_opt_out(
        "Hi Rep,\n\nHello Zoe,\n\nThank you,\n\nstop\n\nand a dozen words more than that, to be"
        " sure of it all",
        "",
    )


@pytest.mark.parametrize(
    "unit",
    ["stop emailing ", "don't stop emailing ", "don't ", "a", "remove ", "\n", "unsubscribe "],
)
def test_hostile_text(unit: str) -> None:
    """Only the top of a text is looked at."""
    is_opt_out(unit * (262_144 // len(unit)), SUBJECT)
