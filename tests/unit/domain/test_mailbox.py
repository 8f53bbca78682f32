from sequencer.domain.mailbox import TRANSITIONS, MailboxEvent, MailboxHealth, MailboxState

S, E = MailboxState, MailboxEvent


def test_a_new_mailbox() -> None:
    """A mailbox is well until something is known against it, and was never read."""
    health = MailboxHealth()
    assert health.state is MailboxState.OK
    assert health.synced_at is None


def test_total() -> None:
    """Every pair of state and event has an entry."""
    assert set(TRANSITIONS) == set(S)
    assert all(set(row) == set(E) for row in TRANSITIONS.values())


def test_only_a_person_ends_a_pause() -> None:
    """Nothing that a server says leads out of a pause; a resume does, and does nothing else."""
    leading = {event for event, state in TRANSITIONS[S.PAUSED].items() if state is not S.PAUSED}
    assert {event for event in leading if TRANSITIONS[S.PAUSED][event]} == {E.RESUME}
    assert [state for state in S if TRANSITIONS[state][E.RESUME]] == [S.PAUSED]


def test_what_a_server_says_always_counts() -> None:
    """Whatever trouble a mailbox is in, other trouble replaces it, and recovering ends it."""
    for state in set(S) - {S.PAUSED}:
        assert TRANSITIONS[state][E.RECOVER] is S.OK
        assert TRANSITIONS[state][E.REFUSE_SIGN_IN] is S.NEEDS_SIGN_IN
        assert TRANSITIONS[state][E.THROTTLE] is S.THROTTLED
        assert TRANSITIONS[state][E.FAIL] is S.FAILING
        assert TRANSITIONS[state][E.PAUSE] is S.PAUSED
