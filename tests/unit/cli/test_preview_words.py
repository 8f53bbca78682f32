"""A preview at a terminal: eighty columns, and nothing in it steers the terminal."""

from typing import Any

from builders import NOON, a_cadence, a_prospect, a_step, a_version
from stage import a_policy

from sequencer.cli.paragraph import broken
from sequencer.cli.preview_words import as_object, lines, verdict_lines
from sequencer.domain.cadence import Cadence, StepKind, Version
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.prospect import Prospect
from sequencer.engine.desk import Desk
from sequencer.engine.preview import Wish, preview
from sequencer.engine.preview_list import Verdicts
from sequencer.engine.preview_people import Sample

DESK = Desk(a_policy(postal_address="1 Example Street"))
LONG = "word " * 60


def shown(version: Version, person: Prospect, **wish: Any) -> list[str]:
    """The lines as a terminal of eighty columns has them."""
    sample = Sample("Zoë Marin", person, 7)
    steps = preview(DESK, version, person, Wish(**wish), NOON)
    every = lines(version.cadence, sample, steps)
    return [part for line in every for part in broken(line, 80)]


def with_call() -> Cadence:
    call = a_step(
        id="call",
        kind=StepKind.CALL,
        template="guide.md",
        when='stage == "lead"',
        goto="last",
        skip_after=Delay(2, Unit.BUSINESS_DAYS),
    )
    return a_cadence(steps=(a_step(), call, a_step(id="last", template="bump.md")))


def test_a_mail() -> None:
    """Step, wait, thread, headers and text, one below the other."""
    found = shown(a_version(), a_prospect(), step="bump")
    assert found[0] == "fintech-intro for zoe@bank.example"
    assert found[1] == "    Zoë Marin, line 7"
    assert found[3] == " 2. bump: mail"
    text = "\n".join(found)
    for part in (
        "3 business days after `intro`",
        "answers `intro` in its thread",
        "    To:          Zoë Marin <zoe@bank.example>",
        "    Subject:     Re: A question about Bank Example",
        "    Opt-out:     by one click, by link, by answer",
        "    │ Hello Zoë, did you see my mail?",
        "    │ 1 Example Street",
    ):
        assert part in text


def test_eighty_columns() -> None:
    """No line is longer, but for an address that cannot be broken."""
    version = a_version(templates={"intro.md": f"---\nsubject: {LONG}\n---\n{LONG}\n"}, hash="w")
    version = Version(version.hash, a_cadence(steps=(a_step(),)), version.templates)
    found = shown(version, a_prospect(company=LONG))
    assert [line for line in found if len(line) > 80 and "http" not in line] == []
    assert sum(line.startswith("    │ word") for line in found) > 3


def test_what_is_said_of_a_call() -> None:
    """For whom it is, where it leads, when it is given up, and the guide."""
    templates = {**a_version().templates, "guide.md": "Ask about {{ title | or('them') }}.\n"}
    text = "\n".join(shown(a_version(cadence=with_call(), templates=templates), a_prospect()))
    for part in (
        'only when stage == "lead"',
        "then goes on with `last`",
        "skipped where nobody did it within 2 business_days".replace("_", " "),
        "    │ Ask about them.",
    ):
        assert part in text


def test_a_held_mail() -> None:
    """What is missing, where it is printed, and what would be done about it."""
    text = "\n".join(shown(a_version(), Prospect("office@x.example")))
    assert "Held: there is no value for `company`, `first_name`." in text
    assert "A person would be asked, and nothing would leave." in text
    assert "intro.md:2" in text
    assert "waits until somebody has looked at `intro`" in text


def test_harmless() -> None:
    """Characters that would steer a terminal are replaced."""
    found = shown(a_version(), a_prospect(first_name="Zoë\u202e\u200f"), step="bump")
    assert not any("\u202e" in line for line in found)


def test_a_list() -> None:
    """How many would be held for want of what, with the first lines."""
    held = {"company": [2, 3, 4, 5, 6, 7], "title": [9]}
    found = [line.text for line in verdict_lines(Verdicts(1_000, 993, held, 2))]
    assert found == [
        "1,000 people, 993 of them complete",
        "6 people without `company` (lines 2, 3, 4, 5, 6 ...): held",
        "1 person without `title` (line 9): held",
        "2 rows are refused; `sequencer import` says why",
        'Give the value a fallback, such as {{ name | or("...") }}.',
    ]
    assert len(list(verdict_lines(Verdicts(1, 1, {}, 0)))) == 1
    others = list(verdict_lines(Verdicts(2, 0, {}, 0, {"To has no form": [2, 3]})))
    assert others[1].text == "2 people (lines 2, 3): held, To has no form"
    assert len(others) == 2


def test_for_programs() -> None:
    """The mail is there as it would leave, and whether the step is held."""
    steps = preview(DESK, a_version(), a_prospect(), Wish(step="intro"), NOON)
    found: Any = as_object(Sample("Zoë", a_prospect()), steps)
    [intro] = found["steps"]
    assert intro["held"] is False
    assert intro["mail"]["raw"].startswith("From: Ana Ruiz <ana@seller.example>\r\n")
    assert "data" not in intro["mail"]
