"""Who does what in the sandbox: the few among the invented prospects who are not silent."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Act(StrEnum):
    """The ways in which somebody reacts to a mail."""

    ANSWER = "answer"
    ABSENCE = "absence"
    BOUNCE = "bounce"
    ONE_CLICK = "one_click"
    BOOK = "book"
    ACCEPT = "accept"


class Fate(StrEnum):
    """What becomes of a meeting that somebody has booked."""

    HELD = "held"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"


SOON = (timedelta(seconds=5), timedelta(seconds=50))  # a machine
SAME_DAY = (timedelta(hours=1), timedelta(hours=7))
NEXT_DAY = (timedelta(hours=16), timedelta(hours=30))
DAYS_LATER = (timedelta(days=3), timedelta(days=5))


@dataclass(frozen=True, slots=True)
class Habit:
    """What one person does, once.

    Attributes:
        on_mail: upon which mail, counted from 1.
        after: the shortest and the longest time until then; people act only in their desk hours.
        words: what they write, or call the talk that they are asked to; `{back}` is the date of
            their return.
        writes_from: the address they answer from, where it is another one.
        away: how long they are away.
        fate: what becomes of the meeting that they book.
    """

    address: str
    act: Act
    on_mail: int = 1
    after: tuple[timedelta, timedelta] = SAME_DAY
    words: str = ""
    writes_from: str = ""
    away: timedelta = timedelta(0)
    fate: Fate = Fate.HELD


CAST = (
    Habit(
        "lucia.marin@banco-encina.example",
        Act.ANSWER,
        words="Hola, Ana: me interesa. ¿Podemos hablar el jueves por la mañana?",
    ),
    Habit(
        "grace.holloway@hudson-ledger.example",
        Act.ANSWER,
        after=NEXT_DAY,
        words="Good timing, we are looking at this right now. Could you call me on Friday?",
    ),
    Habit(
        "jonas.weidner@kontorwerk.example",
        Act.ANSWER,
        on_mail=2,
        words="Guten Tag, das klingt interessant. Passt Ihnen Dienstag um zehn Uhr?",
    ),
    Habit(
        "ananya.iyer@tamarind-pay.example",
        Act.ANSWER,
        on_mail=2,
        after=DAYS_LATER,
        words="Hello, sorry for the silence. What would it cost for a team of eight?",
    ),
    Habit(
        "camille.aubry@caisse-lavande.example",
        Act.ANSWER,
        on_mail=2,
        words="Bonjour, je vous réponds de mon adresse privée. Appelez-moi demain, volontiers.",
        writes_from="camille@aubry-famille.example",
    ),
    Habit(
        "dana.kowalski@lakefront-lending.example",
        Act.ANSWER,
        words="Please remove me from your list.",
    ),
    Habit(
        "stefan.hollerer@donau-faktor.example",
        Act.ABSENCE,
        after=SOON,
        words=(
            "Guten Tag,\n\nich bin zurzeit nicht im Büro und ab dem {back:%d.%m.%Y} wieder "
            "erreichbar. Ihre Nachricht wird nicht weitergeleitet."
        ),
        away=timedelta(days=7),
    ),
    Habit(
        "hugo.perrin@monnaie-claire.example",
        Act.ABSENCE,
        on_mail=2,
        after=SOON,
        words=(
            "Bonjour,\n\nje suis absent du bureau, de retour le {back:%d/%m/%Y}. Je vous "
            "répondrai à mon retour."
        ),
        away=timedelta(days=5),
    ),
    Habit(
        "javier.soler@pagos-levante.example",
        Act.ABSENCE,
        after=SOON,
        words=(
            "Buenos días:\n\nEstoy fuera de la oficina. Me reincorporo el {back:%d/%m/%Y}.\n\n"
            "Un saludo"
        ),
        away=timedelta(days=42),
    ),
    Habit("marcus.bell@brickyard-capital.example", Act.BOUNCE, after=SOON),
    Habit("rohan.desai@monsoon-credit.example", Act.ONE_CLICK, on_mail=2),
    Habit("sanne.devries@gracht-krediet.example", Act.BOOK, after=NEXT_DAY),
    Habit("elena.vance@pacific-tally.example", Act.BOOK, on_mail=2, fate=Fate.MOVED),
    Habit(
        "imogen.hartley@thames-factor.example",
        Act.BOOK,
        words="Our auditors have moved their visit to that day.",
        fate=Fate.CANCELLED,
    ),
    Habit("declan.byrne@liffey-payments.example", Act.BOOK, fate=Fate.MISSED),
    Habit("miriam.falk@nordlicht-leasing.example", Act.ACCEPT, on_mail=2, words="Kennenlernen"),
)
