from datetime import date, timedelta

import pytest

from sequencer.mail.return_date import ReturnDate, resume_after, return_date

SENT_ON = date(2027, 2, 20)
FOURTH = date(2027, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office until 3 March.",
        "I will be back in the office on Wednesday, March 3rd, 2027.",
        "Back on March 3.",
        "I am away through 03/03/27.",
        "I'm returning to my desk on 3 March",
        "I am on leave from 24 February to 3 March.",
        "I am travelling from Wed, 24 Feb to Wed, 3 March.",
        "I will be out Feb 24 - Mar 3.",
        "On 3 March I will be back.",
        "Ich bin bis einschließlich 3. März 2027 nicht im Büro.",
        "Ich bin vom 24.02. bis 03.03. im Urlaub.",
        "Ich bin vom 24. Februar bis zum 3. März abwesend.",
        "Ab dem 3.3. bin ich wieder erreichbar.",
        "Am 3. März bin ich wieder im Büro.",
        "Zurück am Mi., 3. März",
        "Je suis absent du 24 février au 3 mars inclus.",
        "Je serai de retour le mercredi 3 mars.",
        "Absent jusqu\u2019au 3 mars 2027",
        "Estaré fuera de la oficina hasta el 3 de marzo.",
        "Estaré de vacaciones del 24 de febrero al 3 de marzo de 2027.",
        "Vuelvo el miércoles 3 de marzo",
        "Estarei ausente até 3 de março.",
        "Estou de férias de 24/02 a 03/03.",
        "Volto no dia 3 de março.",
        "Sono assente fino al 3 marzo compreso.",
        "Sono in ferie dal 24 febbraio al 3 marzo.",
        "Rientro il 3 marzo.",
        "Ik ben afwezig tot en met 3 maart.",
        "Met vakantie t/m 3 mrt.",
        "Van 24 februari tot 3 maart ben ik er niet.",
        "Ik ben vanaf 3 maart weer bereikbaar.",
        "Away until 2027-03-03",
    ],
)
def test_return_on_the_third(text: str) -> None:
    """In seven languages the day after the third of March is when to go on."""
    found = return_date(text, SENT_ON)
    assert found is not None
    assert found.resume_on == FOURTH


@pytest.mark.parametrize(
    "text",
    [
        "I was born on 3 March.",
        "Our sale ends on 3 March. Until then, call me.",
        "I am away until further notice. Bob is here on 3 March.",
        "I am away until further notice!\nThe fair is on 3 March.",
        "Until then\n\n3 March is our fair.",
        "Meet us: 24 February - 3 March.",
        "I am away from my desk on 3 March.",
        "I am away from 2027-03-03.",
        "to 3 March",
        "I am out of the office.",
        "Until 3 March 2029 nobody is here.",
        "until 19 February 2027",
        "The office is closed: 3 March",
        "3 March",
        "",
    ],
)
def test_no_return(text: str) -> None:
    """A date that nothing makes one of return, or that is out of reach, is none."""
    assert return_date(text, SENT_ON) is None


@pytest.mark.parametrize(
    ("text", "resume_on"),
    [
        ("until 03/04/27", date(2027, 4, 4)),
        ("hasta el 03/04/27", date(2027, 4, 4)),
        ("fino al 04/03/27", date(2027, 3, 5)),
        ("until 04/03/27", date(2027, 4, 4)),
        ("until 03/10/27", date(2027, 3, 11)),
        ("Away until 28 Feb. Absent jusqu'au 3 mars.", FOURTH),
        ("I am travelling on July 10-31", date(2027, 8, 1)),
    ],
)
def test_doubtful_dates(text: str, resume_on: date) -> None:
    """Of two readings the later within reach counts, unless the language is sure."""
    found = return_date(text, SENT_ON)
    assert found is not None
    assert found.resume_on == resume_on


def test_words() -> None:
    """The words that say so are told, as a person would write them."""
    text = "Ich bin bis 03.03.2027 im Urlaub"
    assert return_date(text, SENT_ON) == ReturnDate(FOURTH, "ich bin bis 03.03.2027")
    found = return_date("until March 3, 2027", SENT_ON)
    assert found is not None
    assert found.words == "until march 3 , 2027"


@pytest.mark.parametrize(("days", "reached"), [(-1, False), (0, True), (179, True), (180, False)])
def test_reach(days: int, reached: bool) -> None:
    """The day to go on lies 1 to 180 days ahead."""
    day = SENT_ON + timedelta(days=days)
    assert resume_after(day, SENT_ON) == (day + timedelta(days=1) if reached else None)


@pytest.mark.parametrize("unit", ["until 3 March ", "1 ", "1/1/", "to 3 ", ". ", "March "])
def test_hostile_text(unit: str) -> None:
    """Only the top of a text is looked at, and that in one walk."""
    return_date(unit * (262_144 // len(unit)), SENT_ON)
