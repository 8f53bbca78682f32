from sequencer.domain.enrollment import (
    REOPENABLE,
    TRANSITIONS,
    Enrollment,
    EnrollmentEvent,
    EnrollmentState,
    FinishReason,
)

S, E = EnrollmentState, EnrollmentEvent


def test_total() -> None:
    """Every pair of state and event has an entry."""
    assert set(TRANSITIONS) == set(S)
    assert all(set(row) == set(E) for row in TRANSITIONS.values())


def test_finished_is_final() -> None:
    """Only re-opening leads out of finished, and every other state leads to it."""
    leading = {event for event, state in TRANSITIONS[S.FINISHED].items() if state}
    assert leading == {E.REOPEN, E.WAIT}
    running = set(S) - {S.FINISHED}
    assert all(TRANSITIONS[state][E.FINISH] is S.FINISHED for state in running)


def test_nothing_starts_twice() -> None:
    """Only a pending enrollment is activated, so its first mail is queued once."""
    assert [state for state in S if TRANSITIONS[state][E.ACTIVATE]] == [S.PENDING]


def test_a_pause_is_left_only_by_resuming_or_ending() -> None:
    """A mail that was under way when the pause came advances it, and it stays paused."""
    assert TRANSITIONS[S.PAUSED][E.ADVANCE] is S.PAUSED
    assert TRANSITIONS[S.PAUSED][E.RESUME] is S.ACTIVE


def test_a_new_one_waits() -> None:
    """An enrollment begins before its first step, with nothing decided."""
    fresh = Enrollment(key="k1")
    assert (fresh.state, fresh.step, fresh.finish_reason) == (S.PENDING, None, None)


def test_what_cannot_be_taken_back() -> None:
    """What the recipient or a server said stays said, and after the last step nothing is left."""
    assert set(FinishReason) - REOPENABLE == {
        FinishReason.COMPLETED,
        FinishReason.OPTED_OUT,
        FinishReason.BOUNCED,
        FinishReason.COMPLAINED,
        FinishReason.SUPPRESSED,
    }
