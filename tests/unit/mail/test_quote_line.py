import pytest
from foreign_mails import RULES

from sequencer.mail.quote_line import (
    attribution_lines,
    begins_history,
    is_sent_from,
    is_signature_mark,
)

ATTRIBUTIONS = [
    "On Mon, Mar 1, 2027 at 9:01 AM Rep One <rep@sender.example> wrote:",
    "On Mar 1, 2027, at 9:01 AM, Rep One wrote:",
    "On Mon, 1 Mar 2027 09:01:00 +0100 Rep One <rep@sender.example> wrote",
    "On Mon, Mar 1, 2027 at 9:01 AM A Very Long Name\n<a.very.long.name@sender.example> wrote:",
    "On Mon, Mar 1, 2027 at 9:01 AM A Very Long Name\n<a.very.long.name@sender.example>\nwrote:",
    "Am Mo., 1. März 2027 um 09:01 Uhr schrieb Rep One <rep@sender.example>:",
    "Am 01.03.2027 um 09:01 schrieb Rep One:",
    "Le lun. 1 mars 2027 à 09:01, Rep One <rep@sender.example> a écrit :",
    "Le 1 mars 2027 à 09:01, Rep One <rep@sender.example>\na écrit :",
    "El lun, 1 mar 2027 a las 9:01, Rep One (<rep@sender.example>) escribió:",
    "Em seg., 1 de mar. de 2027 às 09:01, Rep One <\nrep@sender.example> escreveu:",
    "Il giorno lun 1 mar 2027 alle ore 09:01 Rep One <rep@sender.example>\nha scritto:",
    "Op ma 1 mrt 2027 om 09:01 schreef Rep One <rep@sender.example>:",
    "2027-03-01 9:01 GMT+01:00 Rep One <rep@sender.example>:",
    '01.03.2027, 09:01, "Rep One" <rep@sender.example>:',
    "man. 1. mar. 2027 kl. 09:01 skrev Rep One <rep@sender.example\n>:",
    "*On 1 Mar 2027, Rep One wrote:*",
    "2027年3月1日(月) 9:01 Rep One <rep@sender.example>:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_attribution(attribution: str) -> None:
    """The line above a quoted mail is known in every language, broken over lines or not."""
    lines = attribution.split("\n")
    assert attribution_lines([*lines, "", "Hello"], 0, RULES) == len(lines)


@pytest.mark.parametrize(
    "text",
    [
        "On Monday we met.",
        "On second thought, John wrote: yes",
        "Three things:",
        "Write to bob@x.example at 9:30:",
        "On 3 March we ship.\nOn Mon, 1 Mar 2027 Rep One <rep@sender.example> wrote:",
        "On 3 March\n\nRep One <rep@sender.example> 2027 wrote:",
        "On 3 March\nwe meet\nagain\nin 2027 <rep@sender.example> wrote:",
        "On 3 March or so\nOn Mon, 1 Mar 2027 Rep One <rep@sender.example> wrote:",
        "On 1 March 2027 " + "x" * 700 + " wrote:",
        "!!! 2027",
    ],
)
def test_no_attribution(text: str) -> None:
    """What a person writes is not taken for the line above a quoted mail."""
    assert attribution_lines(text.split("\n"), 0, RULES) == 0


@pytest.mark.parametrize(
    "text",
    [
        "-----Original Message-----",
        "----- Ursprüngliche Nachricht -----",
        "-------- Message d\u2019origine --------",
        "________ Mensaje original ________",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "From: Rep\nSent: Monday\nTo: Zoe\nSubject: Hello",
        "*From:* Rep\n*Sent:* Monday\n*To:* Zoe\n*Subject:* Hello",
        "Von: Rep\nGesendet: Montag\nAn: Zoe\nBetreff: Hallo",
        "De\u00a0: Rep\nEnvoyé\u00a0: lundi\nÀ\u00a0: Zoe\nObjet\u00a0: Bonjour",
        "De: Rep\nEnviado: lunes\nPara: Zoe\nAsunto: Hola",
        "De: Rep\nEnviado: segunda\nPara: Zoe\nAssunto: Olá",
        "Da: Rep\nInviato: lunedì\nA: Zoe\nOggetto: Ciao",
        "Van: Rep\nVerzonden: maandag\nAan: Zoe\nOnderwerp: Hallo",
        "From: Rep\n<rep@sender.example>\nSent: Monday\nTo: Zoe",
        "发件人：Rep\n发送时间：2027\n主题：Hello",
    ],
)
def test_history(text: str) -> None:
    """A separator or the headers of a mail begin what is not the person's."""
    assert begins_history(text.split("\n"), 0, RULES)


@pytest.mark.parametrize(
    "text",
    [
        "From: here on please use my new address.\n\nBest\nZoe",
        "From: Madrid\nTo: Paris\nDate: 3 March",
        "---",
        "--- three points ---",
        "Subject to change: everything",
        "Original message received, thanks",
    ],
)
def test_no_history(text: str) -> None:
    """Labels and dashes in a person's text begin nothing."""
    assert not begins_history(text.split("\n"), 0, RULES)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Gesendet von Mail für Windows",
    ],
)
def test_sent_from(line: str) -> None:
    """The advertisement of a telephone is known."""
    assert is_sent_from(line, RULES)


def test_not_sent_from() -> None:
    """A sentence of a person that begins like one is none."""
    assert not is_sent_from(
        "Sent from my office on Monday, and again " + "with the plan " * 5, RULES
    )
    assert not is_sent_from("I sent from my phone", RULES)


def test_signature_mark() -> None:
    """Two dashes alone begin a signature."""
    assert is_signature_mark("-- ")
    assert is_signature_mark("--")
    assert not is_signature_mark("-- Zoe")
