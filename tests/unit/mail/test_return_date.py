from datetime import date, timedelta

import pytest
from foreign_mails import RULES

from sequencer.mail.return_date import MAX_DAYS, ReturnDate, return_date, within_reach

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
    found = return_date(text, SENT_ON, RULES)
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
    assert return_date(text, SENT_ON, RULES) is None


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
    found = return_date(text, SENT_ON, RULES)
    assert found is not None
    assert found.resume_on == resume_on


def test_words() -> None:
    """The words that say so are told, as a person would write them."""
    text = "Ich bin bis 03.03.2027 im Urlaub"
    assert return_date(text, SENT_ON, RULES) == ReturnDate(FOURTH, FOURTH, "ich bin bis 03.03.2027")
    found = return_date("until March 3, 2027", SENT_ON, RULES)
    assert found is not None
    assert found.words == "until march 3 , 2027"


@pytest.mark.parametrize(
    ("days", "reached"), [(-1, False), (0, True), (MAX_DAYS, True), (MAX_DAYS + 1, False)]
)
@pytest.mark.parametrize("is_last", [True, False])
def test_reach(days: int, *, reached: bool, is_last: bool) -> None:
    """A day that has passed, or is too far away, is none; the last one away has one behind it."""
    day = SENT_ON + timedelta(days=days)
    found = within_reach(day, SENT_ON, "", is_last=is_last)
    following = day + timedelta(days=1)
    expected = ReturnDate(following if is_last else day, following, "")
    assert found == (expected if reached else None)


@pytest.mark.parametrize(
    ("text", "return_on"),
    [
        ("I am back on 4 March.", FOURTH),
        ("I am away until 3 March.", FOURTH),
        ("I am away until 3 March and will be back on 8 March.", date(2027, 3, 8)),
        ("I will not be back until 4 March.", FOURTH),
        ("Ik ben afwezig tot 4 maart.", FOURTH),
        ("Ik ben afwezig tot en met 3 maart.", FOURTH),
        ("3月3日まで不在です。", FOURTH),
        ("３月４日(木)より出社いたします。", FOURTH),
        ("2027年3月1日から2027年3月3日まで休暇", FOURTH),
        ("I am back on Monday.", date(2027, 2, 22)),
        ("I am away until Saturday.", date(2027, 2, 28)),
        ("I am back tomorrow.", date(2027, 2, 21)),
        ("I am back next week.", date(2027, 2, 22)),
        ("De retour la semaine prochaine.", date(2027, 2, 22)),
        ("I will be back in 3 weeks.", date(2027, 3, 13)),
        ("I will be back in two days.", date(2027, 2, 22)),
        ("Wieder in KW 10 im Büro.", date(2027, 3, 8)),
        ("Zurück in KW 3.", date(2028, 1, 17)),
        ("I am away until the end of July.", date(2027, 8, 1)),
        ("I am away until the end of December.", date(2028, 1, 1)),
        ("Away until the end of January", date(2028, 2, 1)),
        ("7月末まで休暇", date(2027, 8, 1)),
        ("5日に戻ります。", date(2027, 3, 5)),
        ("明日に戻ります。", date(2027, 2, 21)),
        ("I am on leave, back on the 5th.", date(2027, 3, 5)),
        ("Im Urlaub, wieder da am 5.", date(2027, 3, 5)),
        ("Urlop, wracam 5-go.", date(2027, 3, 5)),
        ("3月1日から3日まで休暇", FOURTH),
        ("On PTO 3/1 through 3/12, back in the office on 3/13.", date(2027, 3, 13)),
        ("Absent du 01/03 au 25/03.", date(2027, 3, 26)),
        ("Away until 04/03/2027, 25/03/2027 is my birthday.", date(2027, 3, 5)),
        ("Van 6 t/m 17 maart ben ik weg, maandag 20 maart ben ik terug.", date(2027, 3, 20)),
        ("I am on vacation for the next two weeks.", date(2027, 3, 6)),
        ("Je suis en vacances pour les deux prochaines semaines.", date(2027, 3, 6)),
        ("Back in the next two days.", date(2027, 2, 22)),
        ("Vuelvo la semana que viene.", date(2027, 2, 22)),
        ("I am back in early August.", date(2027, 8, 1)),
        ("I am off all of July.", date(2027, 8, 1)),
        ("Back on Thursday the 18th.", date(2027, 3, 18)),
        ("Back on Thursday at 9.", date(2027, 2, 25)),
        ("I am out of the office and reachable again after 3 March.", FOURTH),
    ],
)
def test_first_day_back(text: str, return_on: date) -> None:
    """The day after the last one away, or the day that is named as the first one back."""
    found = return_date(text, SENT_ON, RULES)
    assert found is not None
    assert found.return_on == return_on


@pytest.mark.parametrize(
    "text",
    [
        "Back in KW 60.",
        "Back in KW 53.",
        "I work until evening. Tomorrow is fine.",
        "Back in 99 weeks.",
        "Back in 60 weeks.",
        "Back in two",
        "Back in week",
        "Back on 10 January.",
        "0 weeks",
        "We ship in the next two weeks.",
        "We are back once July is over.",
        "the next two",
        "semana que",
    ],
)
def test_no_spoken_day(text: str) -> None:
    """Weeks that no year has, or that nothing makes a return, are no day."""
    assert return_date(text, SENT_ON, RULES) is None


@pytest.mark.parametrize("unit", ["until 3 March ", "1 ", "1/1/", "to 3 ", ". ", "March "])
def test_hostile_text(unit: str) -> None:
    """Only the top of a text is looked at, and that in one walk."""
    return_date(unit * (262_144 // len(unit)), SENT_ON, RULES)
