import json
from typing import Any

import pytest
from builders import a_cadence, a_step

from sequencer.domain.attachment import Attachment
from sequencer.domain.cadence import StepKind
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.overrides import (
    MAX_TOTAL,
    MAX_VALUE,
    MAX_VARIABLES,
    NO_OVERRIDES,
    Overrides,
    OverridesError,
    overrides_from_json,
)

CADENCE = a_cadence()
ALL = Overrides(
    start_at="bump",
    waits={"last-mail": Delay(2, Unit.DAYS)},
    skip=frozenset({"intro"}),
    variables={"first_name": "Zoë", "product": "ledgers"},
)


def test_there_and_back() -> None:
    """What was stored is read as it was, and what is not there takes no room."""
    assert overrides_from_json(json.loads(json.dumps(ALL.as_json()))) == ALL
    assert NO_OVERRIDES.as_json() == {}
    assert overrides_from_json({}) is NO_OVERRIDES


ATTACHING = a_cadence(
    steps=(
        a_step(),
        a_step(id="call", kind=StepKind.CALL),
        a_step(id="bump", attach=(Attachment("prices.pdf"),)),
        a_step(id="last-mail", attach=(Attachment("prices.pdf"),)),
    )
)


@pytest.mark.parametrize(
    ("overrides", "strangers"),
    [
        (NO_OVERRIDES, []),
        (Overrides(start_at="call"), ["bump"]),
        (Overrides(start_at="bump"), ["bump"]),
        (Overrides(skip=frozenset({"intro"})), ["bump"]),
        (Overrides(skip=frozenset({"intro", "bump"})), ["last-mail"]),
        (Overrides(skip=frozenset({"intro", "bump", "last-mail"})), []),
        (Overrides(skip=frozenset({"call", "bump"})), []),
        (Overrides(skip=frozenset({"intro", "nowhere"})), None),
    ],
)
def test_no_file_for_strangers(overrides: Overrides, strangers: list[str] | None) -> None:
    """What leaves the first mail out must not make one with a file the first."""
    wanted = ["fintech-intro has no step nowhere"]
    if strangers is not None:
        sentence = "{} has a file, and may be the first mail that they get"
        wanted = [sentence.format(step_id) for step_id in strangers]
    assert list(overrides.problems(ATTACHING)) == wanted


def test_fits() -> None:
    """Steps that the cadence has, and values that are small, are no problem."""
    assert ALL.checked(CADENCE) is ALL


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (Overrides(start_at="nothing"), "fintech-intro has no step nothing"),
        (Overrides(skip=frozenset({"nowhere"})), "has no step nowhere"),
        (Overrides(waits={"never": Delay(1, Unit.DAYS)}), "has no step never"),
        (Overrides(variables={"Bad-Name": "x"}), "'Bad-Name' is no name of a value"),
        (Overrides(variables={"sender": "x"}), "sender cannot be set"),
        (Overrides(variables={"email": "x"}), "email cannot be set"),
        (Overrides(variables={"a": "x" * (MAX_VALUE + 1)}), "at most 1000 characters each"),
        (
            Overrides(variables={f"a{n}": "x" * MAX_VALUE for n in range(5)}),
            f"{MAX_TOTAL} together",
        ),
        (Overrides(variables={f"a{n}": "" for n in range(MAX_VARIABLES + 1)}), "at most 20 values"),
    ],
)
def test_does_not_fit(overrides: Overrides, words: str) -> None:
    """Each mistake is named, and refused before anything is stored."""
    with pytest.raises(OverridesError, match=words):
        overrides.checked(CADENCE)


@pytest.mark.parametrize(
    "stored",
    [
        {"start_at": 3},
        {"skip": "intro"},
        {"waits": ["intro"]},
        {"waits": {"intro": "soon"}},
        {"variables": "x"},
        {"guards": ["phone"]},
        {"guards": {"bump": "phone"}},
    ],
)
def test_unreadable(stored: dict[str, Any]) -> None:
    """What nobody could have stored is an error, not a guess."""
    with pytest.raises(OverridesError, match="stored overrides cannot be read"):
        overrides_from_json(stored)


def test_guards_are_kept() -> None:
    """Guards of versions that somebody came from are stored and read again."""
    overrides = Overrides(guards={"bump": ("phone", "not intro.sent")})
    assert overrides_from_json(overrides.as_json()) == overrides
