"""To which mail is an answer put down?"""

from datetime import timedelta

from builders import NOON

from sequencer.domain.attribution import Seen, Sign, WordedMail, attribute, grouped, tally

HOUR = timedelta(hours=1)
INTRO = WordedMail(1, "intro", "plain", "aa", NOON)
BUMP = WordedMail(1, "bump", "short", "bb", NOON + 24 * HOUR)
OTHER = WordedMail(2, "intro", "question", "cc", NOON)


def signs(*seen: Seen) -> list[set[str]]:
    """What came of the three mails."""
    return [set(found) for _, found in attribute([BUMP, INTRO, OTHER], seen)]


def test_the_last_mail_before_the_answer() -> None:
    """A reply after the second mail is that of the second; one between them that of the first."""
    assert signs(Seen(1, Sign.REPLY, NOON + HOUR)) == [set(), {Sign.REPLY}, set()]
    assert signs(Seen(1, Sign.REPLY, NOON + 30 * HOUR)) == [{Sign.REPLY}, set(), set()]


def test_the_instant_of_the_mail_counts() -> None:
    """What is seen with the mail came of it; what came before any mail is nobody's."""
    assert signs(Seen(1, Sign.MEETING, NOON)) == [set(), {Sign.MEETING}, set()]
    assert signs(Seen(1, Sign.MEETING, NOON - HOUR)) == [set(), set(), set()]
    assert signs(Seen(3, Sign.MEETING, NOON)) == [set(), set(), set()]


def test_a_mail_counts_once() -> None:
    """Two replies to one mail are one mail that was replied to."""
    twice = [Seen(2, Sign.REPLY, NOON + HOUR), Seen(2, Sign.REPLY, NOON + 2 * HOUR)]
    groups = grouped(attribute([INTRO, OTHER], twice))
    assert tally("question", groups["intro", "question", "cc"]).replies == 1
    assert tally("plain", groups["intro", "plain", "aa"]).replies == 0


def test_what_came_back_was_read_by_nobody() -> None:
    """A mail that bounced has no other answer, so that no share is larger than one."""
    back = [Seen(2, Sign.BOUNCE, NOON + HOUR), Seen(2, Sign.OPT_OUT, NOON + HOUR)]
    found = tally("question", grouped(attribute([OTHER], back))["intro", "question", "cc"])
    assert (found.sent, found.bounced, found.opted_out, found.delivered) == (1, 1, 0, 0)


def test_what_was_answered_did_not_come_back() -> None:
    """An address that bounces later takes no answer away."""
    seen = [Seen(2, Sign.REPLY, NOON + HOUR), Seen(2, Sign.BOUNCE, NOON + 900 * HOUR)]
    found = tally("question", grouped(attribute([OTHER], seen))["intro", "question", "cc"])
    assert (found.replies, found.bounced, found.delivered) == (1, 0, 1)
