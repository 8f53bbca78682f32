"""Several wordings of a mail in a cadence file: every form, and what is said about wrong ones."""

from pathlib import Path
from typing import Any

import pytest

from sequencer.domain.cadence import StepKind
from sequencer.domain.variant import Variant, WinnerRule, Yardstick
from sequencer.files.cadence import LoadedCadence, cadence_from_document, load_cadence
from sequencer.files.problem import ConfigError

HEAD = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
  - id: intro
"""
PLAIN, QUESTION = Variant("plain", "intro.md"), Variant("question", "question.md")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "templates/first"
    folder.mkdir(parents=True)
    for name in ("intro.md", "question.md", "question.es.md"):
        (folder / name).write_text("---\nsubject: Hello\n---\nHello\n")
    (tmp_path / "config/cadences").mkdir(parents=True)
    return tmp_path


def load(root: Path, *lines: str) -> LoadedCadence:
    path = root / "config/cadences/first.yaml"
    path.write_text(HEAD + "".join(f"    {line}\n" for line in lines))
    return load_cadence(path)


def said(root: Path, *lines: str) -> list[str]:
    """Problems as `line:column code message (hint)`."""
    with pytest.raises(ConfigError) as raised:
        load(root, *lines)
    return [
        f"{each.line}:{each.column} {each.code} {each.message} ({each.hint})"
        for each in raised.value.problems
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["variants: {plain: intro.md, question: question.md}"],
        ["email: intro.md", "variants: {plain: intro.md, question: question.md}"],
        ["email: intro.md", "variants: {plain: {weight: 1}, question: question.md}"],
        ["variants: {plain: {email: intro.md}, question: {email: question.md, weight: 1}}"],
    ],
)
def test_every_form_is_the_same(root: Path, lines: list[str]) -> None:
    """Short or long, with the step's own file or without: the same wordings, and one version."""
    loaded = load(root, *lines)
    [step] = loaded.cadence.steps
    assert (step.kind, step.template) == (StepKind.EMAIL, "intro.md")
    assert step.variants == (PLAIN, QUESTION)
    assert step.templates == ("intro.md", "question.md")
    assert sorted(loaded.templates) == ["intro.md", "question.es.md", "question.md"]
    assert loaded.hash == load(root, "variants: {plain: intro.md, question: question.md}").hash
    assert cadence_from_document(loaded.document) == loaded.cadence


def test_weights_and_a_winner(root: Path) -> None:
    """What is written is kept; what is left out is usual."""
    loaded = load(
        root,
        "variants:",
        "  plain: {email: intro.md, weight: 0}",
        "  question: {email: question.md, weight: 9}",
        "winner: {by: positive_replies, auto: true, answer_days: 7}",
    )
    [step] = loaded.cadence.steps
    assert [each.weight for each in step.variants] == [0, 9]
    assert step.winner == WinnerRule(Yardstick.POSITIVE_REPLIES, 200, auto=True, answer_days=7)
    assert cadence_from_document(loaded.document) == loaded.cadence
    assert load(root, "email: intro.md").cadence.steps[0].winner is None


def test_a_mail_by_hand_has_them_too(root: Path) -> None:
    """Whoever releases the mail sees the wording that the person gets."""
    loaded = load(root, "manual_email: intro.md", "variants: {plain: {}, question: question.md}")
    [step] = loaded.cadence.steps
    assert (step.kind, step.variants) == (StepKind.MANUAL_EMAIL, (PLAIN, QUESTION))
    assert cadence_from_document(loaded.document) == loaded.cadence


def test_a_step_without_them_is_as_it_was(root: Path) -> None:
    """Its document says nothing of them, so the version keeps its name."""
    document: Any = load(root, "email: intro.md").document
    [step] = document["steps"]
    usual = {"id": "intro", "wait": "0 minutes", "email": "intro.md", "thread": "new"}
    assert step == usual


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            ["email: intro.md", "winner: {by: meetings}"],
            (
                "7:5 winner-alone there is nothing to win (give the step `variants`, or "
                "delete the key)"
            ),
        ),
        (
            ["variants: {plain: {email: intro.md, weight: 0}}"],
            (
                "6:15 no-variant-left nobody gets any of them (give one of them a `weight` "
                "of at least 1)"
            ),
        ),
        (
            ["email: intro.md", "variants: {a: question.md}"],
            (
                "6:12 email-not-variant no variant is `intro.md`, so nobody gets it (name it "
                "as a variant as well, such as `plain: intro.md`, or say which one it is)"
            ),
        ),
        (
            ["variants: {plain: {weight: 2}}"],
            (
                "6:16 missing-key the variant `plain` has no template (name its file, or "
                "give the step an `email` that it has)"
            ),
        ),
        (
            ["variants: {plain: intor.md}"],
            (
                "6:23 missing-template there is no template `intor.md` in templates/first "
                "(did you mean `intro.md`?)"
            ),
        ),
        (
            ["variants: {plain: {email: intor.md}}"],
            (
                "6:31 missing-template there is no template `intor.md` in templates/first "
                "(did you mean `intro.md`?)"
            ),
        ),
        (
            ["call: intro.md", "variants: {plain: intro.md}"],
            (
                "7:5 misplaced-key only a mail has `variants` (make it several steps with a "
                "`when` each)"
            ),
        ),
        (
            ["variants: {Plain: intro.md}"],
            (
                "6:16 bad-value `steps[1].variants.Plain`: lower-case letters, digits, "
                "hyphens and underscores ()"
            ),
        ),
        (
            ["variants: {plain: {email: intro.md, weight: 1001}}"],
            "6:49 bad-value `steps[1].variants.plain.weight`: at most 1000 ()",
        ),
        (
            ["variants: {plain: {email: intro.md, wieght: 2}}"],
            "6:41 unknown-key unknown key `wieght` (did you mean `weight`?)",
        ),
        (
            ["variants: {}"],
            "6:15 bad-value `steps[1].variants`: at least 1 is needed ()",
        ),
        (
            ["variants: intro.md"],
            (
                "6:15 bad-value `steps[1].variants`: a mapping (`key: value` lines below it) "
                "is expected, not `intro.md` ()"
            ),
        ),
        (
            ["variants: {plain: intro.md}", "winner: {by: replies}"],
            (
                "7:18 bad-value `steps[1].winner.by`: one of `positive_replies` or "
                "`meetings` is expected, not `replies` ()"
            ),
        ),
        (
            ["variants: {plain: intro.md}", "winner: {minimum: 5}"],
            "7:23 bad-value `steps[1].winner.minimum`: at least 30 ()",
        ),
    ],
)
def test_mistakes(root: Path, lines: list[str], problem: str) -> None:
    """Each has its place, and says what to do where that is not plain."""
    assert said(root, *lines) == [problem]


def test_eleven_are_too_many(root: Path) -> None:
    """With each more, all of them get fewer mails."""
    many = ", ".join(f"v{number}: intro.md" for number in range(11))
    [problem] = said(root, f"variants: {{{many}}}")
    assert problem.endswith("at most 10 are possible ()")
