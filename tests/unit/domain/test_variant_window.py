"""Which mails of several wordings may be compared?"""

from datetime import datetime, timedelta

from builders import NOON

from sequencer.domain.attribution import Answered, Sign, WordedMail
from sequencer.domain.variant_window import Contender, comparable

DAY = timedelta(days=1)
UNTIL = NOON + 30 * DAY
PLAIN = Contender("plain", frozenset({"aa", "aa-es"}))
QUESTION = Contender("question", frozenset({"bb"}))


def a_mail(text: str, day: int, *signs: Sign, variant: str = "plain") -> Answered:
    return WordedMail(day, "intro", variant, text, NOON + day * DAY), frozenset(signs)


def counted(*mails: Answered, again_at: datetime | None = None) -> dict[str, int]:
    """How many mails of each are compared."""
    contenders = [Contender("plain", PLAIN.texts, again_at), QUESTION]
    return {each.name: each.sent for each in comparable(contenders, mails, UNTIL)}


def test_who_began_first_is_not_ahead() -> None:
    """Mails count since the last one of them began, in all languages."""
    mails = [a_mail("aa", 1), a_mail("aa", 9), a_mail("aa-es", 12), a_mail("bb", 10)]
    assert counted(*mails) == {"plain": 1, "question": 1}


def test_who_could_not_answer_yet_does_not_count() -> None:
    """The last instant is that at which people have had their time."""
    assert counted(a_mail("aa", 30), a_mail("bb", 30)) == {"plain": 1, "question": 1}
    assert counted(a_mail("aa", 30), a_mail("bb", 31)) == {"plain": 0, "question": 0}


def test_an_old_text_does_not_count() -> None:
    """Neither under the same name nor as a rep's own words; the same text does under any name."""
    mails = [a_mail("old", 5), a_mail("", 5), a_mail("aa", 5, variant="gone"), a_mail("bb", 5)]
    assert counted(*mails) == {"plain": 1, "question": 1}


def test_a_stop_begins_it_anew() -> None:
    """What the other one had meanwhile has nothing to be compared with."""
    mails = [a_mail("aa", 1), a_mail("bb", 1), a_mail("bb", 5), a_mail("aa", 8), a_mail("bb", 9)]
    assert counted(*mails, again_at=NOON + 7 * DAY) == {"plain": 1, "question": 1}


def test_one_without_a_mail() -> None:
    """It has none, whatever the other one has; with no mails at all there is nothing."""
    assert counted(a_mail("aa", 1)) == {"plain": 1, "question": 0}
    assert counted() == {"plain": 0, "question": 0}
    assert comparable([], [], UNTIL) == []


def test_what_came_of_them() -> None:
    """Answers to what does not count do not count either."""
    mails = [a_mail("aa", 1, Sign.POSITIVE, Sign.REPLY), a_mail("aa", 6), a_mail("bb", 5)]
    [plain, _] = comparable([PLAIN, QUESTION], mails, UNTIL)
    assert (plain.sent, plain.replies, plain.positive) == (1, 0, 0)
