from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sequencer.cli.paragraph import broken
from sequencer.cli.why_words import lines
from sequencer.domain.enrollment import Enrollment, EnrollmentState, FinishReason, PauseReason
from sequencer.domain.follow_up import FollowUpState
from sequencer.domain.meeting_rule import MeetingCase
from sequencer.domain.prospect import Prospect
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.follow_up_list import FollowUpView
from sequencer.engine.why import EnrollmentReport, PersonReport
from sequencer.store.prospects import StoredProspect
from sequencer.store.sends import StoredSend
from sequencer.store.tasks import StoredTask

NOW = datetime(2026, 4, 30, 16, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")
DAY = timedelta(days=1)
TUESDAY = datetime(2026, 5, 5, 7, 12, tzinfo=UTC)
LABOUR_DAY = "window closed until 08:30 (Labour Day, ES, moved from Saturday)"
PERSON = StoredProspect(1, Prospect("lucia@banco.example", "Lucía", "Marín"))


def blank(row: Any, **values: Any) -> Any:
    """A row of which only what is named matters."""
    return row(**{**dict.fromkeys(row.__annotations__), **values})


def a_report(*refusals: Refusal, **changes: Any) -> EnrollmentReport:
    changes = {"state": EnrollmentState.ACTIVE, "mailbox": "ana", **changes}
    waiting = {name: changes.pop(name, None) for name in ("next_send", "next_task")}
    return EnrollmentReport(
        slug="fintech-intro",
        version_hash="c0ffee",
        enrollment=Enrollment("k", **changes),
        enrolled_at=NOW,
        tz="Europe/Madrid",
        refusals=refusals,
        **waiting,
    )


def told(*reports: EnrollmentReport, width: int = 80) -> str:
    found = PersonReport(PERSON, (), reports)
    parts = [part for line in lines(found, MADRID, NOW) for part in broken(line, width)]
    assert parts[0] == "Lucía Marín <lucia@banco.example>"
    return "\n".join([*parts[2:], ""])


BUMP = blank(StoredSend, step_id="bump", due_at=TUESDAY, why=LABOUR_DAY)
RUNNING = """\
fintech-intro: active, from ana
    Next: bump, Tuesday 5 May 09:12 Madrid time: window closed until 08:30
    (Labour Day, ES, moved from Saturday)
    In the way of a mail now:
    - Window closed until Tue 5 May 08:30, Madrid time. [outside_window]
    - The mailbox has sent as many mails in 24 hours as it may. (50 of 50) Until
      Friday 1 May 18:00 Madrid time. [cap_mailbox]
    - The mailbox needs attention before it can send. (needs_sign_in: 535 no)
      [mailbox_unhealthy]
      To do: Read the reason in `sequencer status`. A throttled mailbox goes on
      by itself; a sign-in needs a person.
"""
AWAY = """\
fintech-intro: paused, from ana
    A machine answered: the person is away. [auto_reply]
    Goes on Tuesday 5 May 09:12 Madrid time.
    To do: Nothing: it goes on when the person is back. Without a date,
    `sequencer resume`.
    Next: bump, with what is left of its wait, once it goes on.
"""
ANSWERED = """\
fintech-intro: finished, from ana
    The person answered. [replied]
    To do: Answer: the rest of the cadence is off.
    If that was a mistake: `sequencer reopen` takes it back.
"""


def test_what_is_in_the_way() -> None:
    """What comes next has its instant and its reason; what needs a person says what to do."""
    refusals = (
        Refusal(Reason.OUTSIDE_WINDOW, "window closed until Tue 5 May 08:30, Madrid time", TUESDAY),
        Refusal(Reason.CAP_MAILBOX, "50 of 50", NOW + DAY),
        Refusal(Reason.MAILBOX_UNHEALTHY, "needs_sign_in: 535 no"),
    )
    assert told(a_report(*refusals, next_send=BUMP)) == RUNNING


def test_a_pause() -> None:
    """A pause says why, until when, and what to do; that it is one is not said twice."""
    paused = a_report(
        Refusal(Reason.PAUSED, "auto_reply", TUESDAY),
        state=EnrollmentState.PAUSED,
        pause_reason=PauseReason.AUTO_REPLY,
        resume_at=TUESDAY,
        next_send=BUMP,
    )
    assert told(paused) == AWAY


def test_an_end() -> None:
    """What has ended says why, and nothing stands in its way."""
    ended = a_report(state=EnrollmentState.FINISHED, finish_reason=FinishReason.REPLIED)
    assert told(ended) == ANSWERED


def test_an_end_that_stays() -> None:
    """Of an end that nothing is to be done about, nothing more is said."""
    ended = a_report(state=EnrollmentState.FINISHED, finish_reason=FinishReason.COMPLETED)
    assert told(ended).splitlines()[1:] == ["    Every step was done or left out. [completed]"]


def test_several_cadences() -> None:
    """Each enrollment is a paragraph of its own."""
    ended = a_report(state=EnrollmentState.FINISHED, finish_reason=FinishReason.REPLIED)
    assert told(ended, ended) == f"{ANSWERED}\n{ANSWERED}"


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (a_report(next_send=BUMP), "Nothing stands in the way of a mail now."),
        (a_report(), "Next: nothing is planned, the last mail is on its way or being settled."),
        (
            a_report(next_task=blank(StoredTask, id=7, title="Call", assignee="eva", due_at=NOW)),
            "Next: Call, for eva, Thursday 30 April 18:00 Madrid time: task 7 waits for a person.",
        ),
        (a_report(state=EnrollmentState.PENDING), "Nothing stands in the way of beginning now."),
        (
            a_report(Refusal(Reason.THROTTLED), state=EnrollmentState.PENDING, mailbox=None),
            "In the way of beginning now:",
        ),
    ],
)
def test_what_comes_next(report: EnrollmentReport, words: str) -> None:
    """Whatever comes next is named: a mail, a task, a turn to begin, an answer of the server."""
    assert f"    {words}" in told(report, width=120).splitlines()


def test_suppressed_and_enrolled_nowhere() -> None:
    """A suppression comes first; somebody in no cadence is told to be in none."""
    entry = Suppression(SuppressionKind.DOMAIN, "banco.example", SuppressionReason.MANUAL)
    found = [line.text for line in lines(PersonReport(PERSON, (entry,), ()), MADRID, NOW)]
    assert found[1:] == [
        "The whole domain is on the suppression list. [suppressed_domain: banco.example]",
        "In no cadence, now or before.",
    ]


def test_what_is_to_follow() -> None:
    """What is to follow from a meeting is told with its time."""
    what, case, state = "ask for a call", MeetingCase.CANCELLED, FollowUpState.WAITING
    waits = FollowUpView(case, what, "", "intro", state, due_at=TUESDAY, why="")
    report = PersonReport(PERSON, (), (), follow_ups=(waits,))
    found = [line.text for line in lines(report, MADRID, NOW)]
    assert "meeting.cancelled, Tuesday 5 May 09:12 Madrid time: ask for a call." in found
