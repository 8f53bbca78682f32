"""What follows where a mail is read otherwise: silence at once, the rest by a person's word."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from sequencer.domain.enrollment import Enrollment, EnrollmentState, FinishReason, PauseReason
from sequencer.engine.other_reading import Following, Readings, follows
from sequencer.engine.weight import (
    Origin,
    Reading,
    Speaker,
    Weight,
    reading_of,
    speaker_of,
    weight_of,
)

TODAY = date(2026, 3, 3)
SOON = datetime(2026, 3, 20, tzinfo=UTC)
RUNS = Enrollment("k", EnrollmentState.ACTIVE, "intro")
AWAY = Enrollment("k", EnrollmentState.PAUSED, "intro", PauseReason.AUTO_REPLY, SOON)
HELD = Enrollment("k", EnrollmentState.PAUSED, "intro", PauseReason.REVIEW)
REPLIED = Enrollment("k", EnrollmentState.FINISHED, "intro", finish_reason=FinishReason.REPLIED)
OPTED_OUT = Enrollment("k", EnrollmentState.FINISHED, "intro", finish_reason=FinishReason.OPTED_OUT)
COMPLETED = Enrollment("k", EnrollmentState.FINISHED, None, finish_reason=FinishReason.COMPLETED)

REPLY, OPT_OUT = Reading("reply"), Reading("opt_out", scope="person")
COMPANY = Reading("opt_out", scope="company")
TICKET = Reading("auto_reply", "acknowledgement")
PASSED_ON = Reading("auto_reply", "acknowledgement", is_told=False)
ABSENT = Reading("auto_reply", "out_of_office")
TO_9 = Reading("auto_reply", "out_of_office", "2026-03-09")
TO_20 = Reading("auto_reply", "out_of_office", "2026-03-20")
LONG_AGO = Reading("auto_reply", "out_of_office", "2026-01-20")
LEFT, MOVED = Reading("auto_reply", "left_company"), Reading("auto_reply", "moved")
DEAD, FULL = Reading("bounce", bounce_class="hard"), Reading("bounce", bounce_class="soft")
REFUSED = Reading("bounce", bounce_class="policy_recipient")
SPAM, INVITE, NEWS = Reading("complaint"), Reading("calendar"), Reading("other")
EVERY = (
    REPLY,
    OPT_OUT,
    COMPANY,
    TICKET,
    PASSED_ON,
    TO_9,
    LEFT,
    MOVED,
    DEAD,
    FULL,
    REFUSED,
    SPAM,
    INVITE,
    NEWS,
)


def follow(
    old: Reading, new: Reading, enrollment: Enrollment, *, certain: bool = True, asked: bool = False
) -> Following:
    readings = Readings(old, new, Origin(is_certain=certain))
    return follows(readings, enrollment, TODAY, asked=asked)


@pytest.mark.parametrize(
    ("reading", "certain", "weight"),
    [
        (TICKET, True, Weight.NOTHING),
        (FULL, True, Weight.NOTHING),
        (DEAD, False, Weight.NOTHING),
        (NEWS, False, Weight.NOTHING),
        (TO_9, False, Weight.WAIT),
        (ABSENT, False, Weight.WAIT),
        (MOVED, False, Weight.ASK),
        (PASSED_ON, True, Weight.ASK),
        (Reading("auto_reply", "acknowledgement", scope="person"), False, Weight.ASK),
        (Reading("auto_reply", "out_of_office", scope="company"), True, Weight.ASK),
        (Reading("auto_reply", "left_company", scope="person"), True, Weight.STOP),
        (NEWS, True, Weight.ASK),
        (INVITE, False, Weight.ASK),
        (SPAM, False, Weight.ASK),
        (Reading("other", unreadable=True), False, Weight.ASK),
        (Reading("other", scope="person"), False, Weight.ASK),
        (REPLY, False, Weight.STOP),
        (LEFT, False, Weight.STOP),
        (REFUSED, True, Weight.STOP),
        (OPT_OUT, False, Weight.SILENCE),
        (DEAD, True, Weight.SILENCE),
        (SPAM, True, Weight.SILENCE),
        (Reading("other", scope="person"), True, Weight.SILENCE),
        (COMPANY, False, Weight.PERHAPS_COMPANY),
        (COMPANY, True, Weight.COMPANY),
        (Reading("other", scope="company"), True, Weight.COMPANY),
    ],
)
def test_weights(reading: Reading, certain: bool, weight: Weight) -> None:
    """Each reading asks for as much silence as acting on it gives."""
    assert weight_of(reading, Origin(is_certain=certain)) is weight


@pytest.mark.parametrize(
    ("speaks", "certain", "weight"),
    [
        (Speaker.COLLEAGUE, True, Weight.COMPANY),
        (Speaker.COLLEAGUE, False, Weight.PERHAPS_COMPANY),
        (Speaker.STRANGER, True, Weight.PERHAPS_COMPANY),
        (Speaker.NO_COMPANY, True, Weight.SILENCE),
        (Speaker.NO_COMPANY, False, Weight.SILENCE),
    ],
)
def test_who_speaks_for_a_company(speaks: Speaker, certain: bool, weight: Weight) -> None:
    """A company is silenced by nobody but its own people, and where that is certain."""
    assert weight_of(COMPANY, Origin(is_certain=certain, speaker=speaks)) is weight
    assert weight_of(OPT_OUT, Origin(is_certain=certain, speaker=speaks)) is Weight.SILENCE


def test_who_wrote() -> None:
    """Free mail has no company; an address at the domain of the person is of theirs."""
    assert speaker_of("zoe@bank.example", "Boss@Bank.Example") is Speaker.COLLEAGUE
    assert speaker_of("zoe@bank.example", "boss@other.example") is Speaker.STRANGER
    assert speaker_of("zoe@bank.example", "") is Speaker.STRANGER
    assert speaker_of("zoe@gmail.com", "zoe@gmail.com") is Speaker.NO_COMPANY


@pytest.mark.parametrize("new", [REPLY, OPT_OUT, LEFT, DEAD, SPAM, REFUSED])
@pytest.mark.parametrize("enrollment", [RUNS, AWAY, HELD, COMPLETED])
def test_a_missed_stop(new: Reading, enrollment: Enrollment) -> None:
    """It acts at once, however the enrollment stands."""
    assert follow(TICKET, new, enrollment) is Following.STOP
    assert follow(TICKET, new, enrollment, asked=True) is Following.STOP


def test_a_wider_opt_out() -> None:
    """A whole company where only a person was heard is a missed stop too, even in doubt."""
    assert follow(OPT_OUT, COMPANY, OPTED_OUT) is Following.STOP
    assert follow(OPT_OUT, COMPANY, OPTED_OUT, certain=False) is Following.STOP


@pytest.mark.parametrize("new", [TICKET, TO_9, TO_20, NEWS, INVITE])
def test_no_stop_after_all(new: Reading) -> None:
    """Who was stopped by it stays so, and a person is asked; once is enough."""
    assert follow(REPLY, new, REPLIED) is Following.ASK
    assert follow(OPT_OUT, new, OPTED_OUT) is Following.ASK
    assert follow(REPLY, new, REPLIED, asked=True) is Following.NOTED
    assert follow(REPLY, new, COMPLETED) is Following.NOTED


def test_a_milder_stop() -> None:
    """An opt-out that is a plain answer would let other cadences write: a person is asked."""
    assert follow(OPT_OUT, REPLY, OPTED_OUT) is Following.ASK


def test_absences() -> None:
    """One that is not over is waited for; a later date too; an earlier one is asked about."""
    assert follow(TICKET, TO_9, RUNS) is Following.WAIT
    assert follow(TICKET, LONG_AGO, RUNS) is Following.NOTED
    assert follow(TICKET, ABSENT, RUNS) is Following.NOTED
    assert follow(TICKET, TO_9, REPLIED) is Following.NOTED
    assert follow(TO_9, TO_20, AWAY) is Following.WAIT
    assert follow(ABSENT, TO_20, AWAY) is Following.WAIT
    assert follow(TO_20, TO_9, AWAY) is Following.ASK
    assert follow(TO_20, ABSENT, AWAY) is Following.ASK
    assert follow(TO_20, TICKET, AWAY) is Following.ASK
    assert follow(TO_20, TO_9, RUNS) is Following.NOTED
    assert follow(TO_9, TO_9, AWAY) is Following.NOTED


def test_a_new_doubt() -> None:
    """What a person should have looked at is looked at now, if it matters still."""
    assert follow(TICKET, INVITE, RUNS) is Following.WAIT
    assert follow(TICKET, INVITE, REPLIED) is Following.NOTED
    assert follow(INVITE, TICKET, HELD) is Following.ASK
    assert follow(TICKET, PASSED_ON, RUNS) is Following.WAIT
    assert follow(PASSED_ON, TICKET, HELD) is Following.ASK
    assert follow(INVITE, TICKET, HELD, asked=True) is Following.NOTED


def test_less_silence_never_acts() -> None:
    """Whatever is read: less than before changes nothing by itself."""
    stands = (RUNS, AWAY, HELD, REPLIED, OPTED_OUT, COMPLETED)
    for old, new, stand, certain in product(EVERY, EVERY, stands, (True, False)):
        before, after = Readings(old, new, Origin(is_certain=certain)).weights
        if after < before:
            assert follow(old, new, stand, certain=certain) in {Following.ASK, Following.NOTED}


def test_what_is_stored() -> None:
    """A reading is what of a stored verdict decides, also where parts are missing."""
    stored = {"kind": "opt_out", "scope": "company", "new_text": "no more", "class": None}
    assert reading_of(stored) == COMPANY
    assert reading_of({"kind": "other", "unreadable": True}).unreadable
    assert reading_of({"kind": "auto_reply", "auto_reply": "acknowledgement"}) == TICKET
    passed_on = {"kind": "auto_reply", "auto_reply": "acknowledgement", "told": False}
    assert reading_of(passed_on) == PASSED_ON
    absent = {"kind": "auto_reply", "auto_reply": "out_of_office", "told": False}
    assert reading_of(absent) == ABSENT
