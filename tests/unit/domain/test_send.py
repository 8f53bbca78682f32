import pytest

from sequencer.domain.send import FINAL, IN_FLIGHT, OPEN_STATES, TRANSITIONS, SendEvent, SendState

S, E = SendState, SendEvent


def test_total() -> None:
    """Every pair of state and event has an entry."""
    assert set(TRANSITIONS) == set(S)
    assert all(set(row) == set(E) for row in TRANSITIONS.values())


def test_final_states_are_final() -> None:
    """Nothing happens to a send that has ended, but that one which did not leave waits again."""
    for state, row in TRANSITIONS.items():
        leading = {event for event, following in row.items() if following}
        assert (leading <= {E.REQUEUE}) == (state in FINAL)
    assert TRANSITIONS[S.SENT][E.REQUEUE] is None


def test_every_state_is_reached() -> None:
    """From queued every state can be reached, and from each of them an end."""
    reached = {S.QUEUED}
    for _ in S:
        reached |= {to for state in reached for to in TRANSITIONS[state].values() if to}
    assert reached == set(S)
    ending = set(FINAL)
    for _ in S:
        ending |= {state for state, row in TRANSITIONS.items() if ending & set(row.values())}
    assert ending == set(S)


def test_handed_never_goes_back_to_the_queue() -> None:
    """What may have been accepted is not tried again: nothing leads back from handed."""
    assert not {S.QUEUED, S.CLAIMED, S.CANCELLED} & set(TRANSITIONS[S.HANDED].values())


def test_only_claimed_is_handed() -> None:
    """The dot is written only by whoever holds the claim."""
    assert [state for state in S if TRANSITIONS[state][E.HAND]] == [S.CLAIMED]


def test_only_open_is_claimed() -> None:
    """A claim takes only what waits, so two claims cannot both succeed."""
    assert {state for state in S if TRANSITIONS[state][E.CLAIM]} == OPEN_STATES


@pytest.mark.parametrize("state", [S.UNKNOWN, S.PARKED])
def test_doubt_ends_by_evidence(state: SendState) -> None:
    """Found means sent; another sending needs its own event, never a claim."""
    assert TRANSITIONS[state][E.ACCEPT] is S.SENT
    assert TRANSITIONS[state][E.RESEND] is S.QUEUED
    assert TRANSITIONS[state][E.CLAIM] is None


def test_groups() -> None:
    """The groups of states do not overlap; parked stands alone, waiting for a person."""
    assert sorted([*OPEN_STATES, *IN_FLIGHT, *FINAL, S.PARKED]) == sorted(S)
