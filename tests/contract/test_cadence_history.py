"""What ran when, who is on which version, and what two versions differ in."""

from datetime import timedelta

import pytest
from builders import NOON
from stage import SLUG, STEPS, Stage, a_loaded

from sequencer.engine.apply import apply_cadences
from sequencer.engine.cadence_history import VersionError, difference, history
from sequencer.engine.draining import begin_draining
from sequencer.engine.enroll import UnknownCadenceError
from sequencer.files.cadence import LoadedCadence

HOUR = timedelta(hours=1)
SLOWER = [STEPS[0], {**STEPS[1], "wait": "4 days"}, STEPS[2]]


def apply(stage: Stage, loaded: LoadedCadence, hours: int, by: str = "marta") -> str:
    """Apply it so many hours after noon; its hash."""
    [applied] = apply_cadences(stage.database, [loaded], NOON + hours * HOUR, by)
    return applied.hash


def test_what_ran(each_stage: Stage) -> None:
    """The newest comes first, with who applied it and how many people are on it."""
    stage = each_stage
    first = apply(stage, a_loaded(), 0)
    stage.bring_in("zoe@bank.example", "max@shop.example")
    stage.enroll("zoe@bank.example")
    second = apply(stage, a_loaded(steps=SLOWER), 1, "luis")
    stage.enroll("max@shop.example")
    ran = stage.read(history, SLUG, 20).ran
    assert [each.applied.version_hash for each in ran] == [second, first]
    assert [each.applied.by for each in ran] == ["luis", "marta"]
    assert [each.applied.at for each in ran] == [NOON + HOUR, NOON]
    assert [each.people for each in ran] == [1, 1]
    assert [each.is_current for each in ran] == [True, False]


def test_page_by_page(each_stage: Stage) -> None:
    """A page says whether there is more, and where to go on; nothing is shown twice."""
    stage = each_stage
    for hours in range(3):
        apply(stage, a_loaded(title=f"Title {hours}"), hours)
    apply(stage, a_loaded(cadence="another"), 3)
    page = stage.read(history, None, 3)
    assert [each.applied.slug for each in page.ran] == ["another", SLUG, SLUG]
    rest = stage.read(history, None, 3, page.more_below)
    assert [each.applied.at for each in rest.ran] == [NOON]
    assert rest.more_below is None
    exactly = stage.read(history, SLUG, 3)
    assert len(exactly.ran) == 3
    assert exactly.more_below is None


def test_nothing_yet(stage: Stage) -> None:
    """Before anything was applied there is no history; a cadence nobody applied is unknown."""
    assert stage.read(history, None, 20).ran == ()
    with pytest.raises(UnknownCadenceError):
        stage.read(history, SLUG, 20)
    with pytest.raises(UnknownCadenceError):
        stage.read(difference, SLUG, "", "")


def test_applied_again(stage: Stage) -> None:
    """The same once more is no entry; what ran before and comes back is one."""
    first = apply(stage, a_loaded(), 0)
    assert apply(stage, a_loaded(), 1) == first
    second = apply(stage, a_loaded(title="Other"), 2)
    apply(stage, a_loaded(), 3)
    ran = stage.read(history, SLUG, 20).ran
    assert [each.applied.version_hash for each in ran] == [first, second, first]
    assert [each.is_current for each in ran] == [True, False, True]
    changed = stage.read(difference, SLUG, "", "")
    assert (changed.before, changed.after) == (second, first)


def test_draining(stage: Stage) -> None:
    """That a cadence takes nobody in any more stands with its history, and with no other's."""
    apply(stage, a_loaded(), 0)
    apply(stage, a_loaded(cadence="another"), 0)
    stage.write(begin_draining, SLUG, "marta", NOON)
    assert [each.slug for each in stage.read(history, SLUG, 20).draining] == [SLUG]
    assert [each.slug for each in stage.read(history, None, 20).draining] == [SLUG]
    assert stage.read(history, "another", 20).draining == ()


def test_difference(each_stage: Stage) -> None:
    """Keys and texts that differ are named; which is older does not matter."""
    stage = each_stage
    first = apply(stage, a_loaded({"bump.md": "Hello\n"}), 0)
    second = apply(stage, a_loaded({"bump.md": "Hi\n"}, steps=SLOWER), 1)
    newest = stage.read(difference, SLUG, "", "")
    assert (newest.before, newest.after) == (first, second)
    assert [(key.key, key.before, key.after) for key in newest.keys] == [
        ("steps.bump.wait", "3 days", "4 days")
    ]
    [text] = newest.templates
    assert text.file == "bump.md"
    assert text.lines[-2:] == ("-Hello", "+Hi")
    back = stage.read(difference, SLUG, second[:8], first[:8].upper())
    assert [(key.before, key.after) for key in back.keys] == [("4 days", "3 days")]
    assert not stage.read(difference, SLUG, first, first)


def test_versions_that_are_none(stage: Stage) -> None:
    """A name that is none, one that is two, and a first version each get their sentence."""
    first = apply(stage, a_loaded(), 0)
    with pytest.raises(VersionError, match="Nothing ran of fintech-intro before"):
        stage.read(difference, SLUG, "", "")
    for strange in ("zz", "%", "_", first[:4] + "%", "x" * 10_000):
        with pytest.raises(VersionError, match="has no version"):
            stage.read(difference, SLUG, strange, "")
    hashes = [apply(stage, a_loaded(title=f"Title {n}"), n) for n in range(20)]
    digits = [name[0] for name in [first, *hashes]]
    twice = next(digit for digit in digits if digits.count(digit) > 1)
    with pytest.raises(VersionError, match="give more digits"):
        stage.read(difference, SLUG, twice, "")


def test_version_of_another_cadence(stage: Stage) -> None:
    """The versions of another cadence are not meant."""
    apply(stage, a_loaded(), 0)
    other = apply(stage, a_loaded(cadence="another"), 0)
    with pytest.raises(VersionError, match="has no version"):
        stage.read(difference, SLUG, other, "")
