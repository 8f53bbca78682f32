from datetime import timedelta

from builders import NOON

from sequencer.domain.soft_refusal import LONGEST, SoftRefusal, why_left_alone

HOUR = timedelta(hours=1)


def refused(enrollment: int, step: str, hours: float = 0) -> SoftRefusal:
    return SoftRefusal(enrollment, step, NOON + hours * HOUR)


def test_mails_are_counted() -> None:
    """The third mail that is refused for now is once too often, of whichever cadences they are."""
    two = [refused(1, "intro"), refused(1, "bump")]
    assert why_left_alone([]) == why_left_alone(two) == ""
    assert why_left_alone([*two, refused(2, "intro")]) == "3 mails were refused for now"


def test_tries_are_not() -> None:
    """However often one mail is tried within three days, it is one mail."""
    tries = [refused(1, "intro", hours) for hours in (0, 0.25, 1, 5, 17, 41, 71.9)]
    assert why_left_alone(tries) == ""


def test_a_mail_of_days() -> None:
    """A mail that is refused for now over three days is enough."""
    assert not why_left_alone([refused(1, "intro"), refused(1, "bump", LONGEST / HOUR)])
    after = [refused(1, "intro"), refused(1, "intro", LONGEST / HOUR)]
    assert why_left_alone(after) == "one mail was refused for now over 72 hours"
