"""What a preview says at a terminal: each step as it would come, in lines of prose."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from sequencer.cli.paragraph import Line
from sequencer.domain.cadence import Cadence, StepKind

if TYPE_CHECKING:
    from sequencer.engine.preview import StepPreview
    from sequencer.engine.preview_list import Verdicts
    from sequencer.engine.preview_mail import MailPreview
    from sequencer.engine.preview_people import Sample

MARGIN = "    "
BAR = "    │ "
ACROSS = 74  # columns of what is quoted, so that a narrow terminal shows it whole
WIDE = 13  # columns for the names of headers
KINDS = {
    StepKind.EMAIL: "mail",
    StepKind.MANUAL_EMAIL: "mail that a rep looks at first",
    StepKind.CALL: "call",
    StepKind.TASK: "task",
}
SHOWN = ("From", "To", "Subject")
MOST_LINES = 5  # of a list that are named for each missing value


def lines(cadence: Cadence, sample: "Sample", steps: Sequence["StepPreview"]) -> Iterator[Line]:
    """The steps for one person."""
    yield Line(f"{cadence.slug} for {sample.prospect.email}", style="bold")
    place = f", line {sample.line}" if sample.line is not None else ""
    if sample.title != sample.prospect.email:
        yield Line(f"{sample.title}{place}", MARGIN, "dim")
    for each in steps:
        yield Line()
        yield from _step(each, cadence)
    yield Line()


def _step(step: "StepPreview", cadence: Cadence) -> Iterator[Line]:
    number = [each.id for each in cadence.steps].index(step.id) + 1
    variant = f", variant {step.variant}" if step.variant else ""
    title = f"{step.id}: {KINDS[step.kind]}{variant}"
    yield Line(title, f"{number:>2}. ", "bold")
    yield Line(f"{step.wait}; open {step.hours}", MARGIN)
    yield Line(f"from {step.template}", MARGIN, "dim")
    if step.only_if:
        yield Line(f"only when {step.only_if}", MARGIN)
    if step.left_out:
        yield Line("left out for this person", MARGIN, "yellow")
    if step.goto:
        yield Line(f"then goes on with `{step.goto}`", MARGIN)
    if step.skip_after:
        late = step.skip_after.replace("_", " ")
        yield Line(f"skipped where nobody did it within {late}", MARGIN)
    if step.follows_held:
        yield Line(f"waits until somebody has looked at `{step.follows_held}`", MARGIN, "yellow")
    if step.is_held:
        yield from _held(step)
    elif step.mail is not None:
        yield from _mail(step.mail)
    else:
        yield Line()
        yield from _quoted(step.guide)


def _held(step: "StepPreview") -> Iterator[Line]:
    if step.missing:
        names = ", ".join(f"`{name}`" for name in step.missing)
        yield Line(f"Held: there is no value for {names}.", MARGIN, "red")
        yield Line("A person would be asked, and nothing would leave.", MARGIN)
    else:
        yield Line("Held: it cannot be written.", MARGIN, "red")
    for problem in step.problems:
        yield from (Line(text, MARGIN) for text in problem.render().splitlines())


def _mail(mail: "MailPreview") -> Iterator[Line]:
    thread = f"answers `{mail.answers}` in its thread" if mail.answers else "begins a thread"
    yield Line(thread, MARGIN)
    yield Line()
    values = dict(mail.headers)
    for name in SHOWN:
        style = "bold" if name == "Subject" else ""
        yield Line(values.get(name, ""), f"{MARGIN}{f'{name}:':<{WIDE}}", style)
    for file in mail.attachments:
        size = f"{file.name}, {file.type}, {(file.size + 1023) // 1024} kB"
        yield Line(size, f"{MARGIN}{'Attached:':<{WIDE}}")
    if mail.opt_out:
        clicks = "List-Unsubscribe-Post" in values
        ways = "by one click, by link, by answer" if clicks else "by link, by answer"
        yield Line(ways, f"{MARGIN}{'Opt-out:':<{WIDE}}")
    if mail.html is None:
        yield Line("plain text alone", f"{MARGIN}{'Form:':<{WIDE}}")
    yield Line()
    yield from _quoted(mail.text, mail.opt_out)


def _quoted(text: str, opt_out: str = "") -> Iterator[Line]:
    """The words with a bar before each line; those that we put below a mail are paler."""
    written = text.rstrip("\n").split("\n")
    alone = (at - 1 for at, line in enumerate(written) if opt_out and line.strip() == opt_out)
    footer = next(alone, len(written))
    for at, line in enumerate(written):
        for part in textwrap.wrap(line, ACROSS, break_long_words=False) or [""]:
            yield Line(part, BAR, "dim" if at >= footer else "")


def verdict_lines(verdicts: "Verdicts") -> Iterator[Line]:
    """How many people of a list would get everything, and what the others lack."""
    held = sum(len(lines) for lines in verdicts.held.values())
    yield Line(f"{verdicts.people:,} people, {verdicts.complete:,} of them complete", style="bold")
    for name, numbers in verdicts.held.items():
        yield Line(_counted(numbers, f" without `{name}`", "held"), MARGIN, "yellow")
    for why, numbers in verdicts.unwritable.items():
        yield Line(_counted(numbers, "", f"held, {why}"), MARGIN, "yellow")
    if verdicts.refused:
        yield Line(f"{verdicts.refused:,} rows are refused; `sequencer import` says why", MARGIN)
    if held:
        yield Line('Give the value a fallback, such as {{ name | or("...") }}.', MARGIN)


def _counted(numbers: Sequence[int], which: str, what: str) -> str:
    some = ", ".join(map(str, numbers[:MOST_LINES]))
    more = " ..." if len(numbers) > MOST_LINES else ""
    people = "person" if len(numbers) == 1 else "people"
    lines = "line" if len(numbers) == 1 else "lines"
    return f"{len(numbers):,} {people}{which} ({lines} {some}{more}): {what}"


def as_object(sample: "Sample", steps: Sequence["StepPreview"]) -> dict[str, object]:
    """The same for a program; the mail as text, since all of it is ASCII."""
    return {
        "person": {"email": sample.prospect.email, "title": sample.title, "line": sample.line},
        "steps": [_step_object(each) for each in steps],
    }


def _step_object(step: "StepPreview") -> dict[str, object]:
    known = asdict(step) | {"held": step.is_held}
    if step.mail is not None:
        known["mail"].pop("data")
        known["mail"]["raw"] = step.mail.data.decode("ascii", "replace")
    return known
