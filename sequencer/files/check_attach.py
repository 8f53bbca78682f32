"""Do files go to strangers, and does a mail with its files still arrive?"""

from collections.abc import Iterator
from dataclasses import replace

from sequencer.domain.cadence import Step
from sequencer.domain.first_mail import may_be_first
from sequencer.files.inspected import InspectedCadence
from sequencer.files.problem import Problem, Severity
from sequencer.mail.enclosure import encoded_size

KB = 1_000
WORDS_KB = 10  # of a mail beside its files
LIGHT_KB = 100  # above, filters of strangers take a closer look
MOST_KB = 2_000  # above, many servers of companies refuse a mail


def attachment_findings(cadence: InspectedCadence) -> Iterator[Problem]:
    """Files that would go to strangers, or make a mail heavy."""
    for step in cadence.cadence.steps:
        if not step.attach:
            continue
        if may_be_first(cadence.cadence, step):
            message = f"`{step.id}` may be the first mail that somebody gets, and has a file"
            hint = "let it go with a later mail, or link to it"
            yield cadence.at_step(step.id, "attach", message, hint, "first-attachment")
        yield from _heavy(cadence, step)


def _heavy(cadence: InspectedCadence, step: Step) -> Iterator[Problem]:
    coded = (cadence.loaded.attachments[name] for name in {each.file for each in step.attach})
    size = WORDS_KB + sum(encoded_size(len(each) * 3 // 4) for each in coded) // KB
    message = f"the mail of `{step.id}` has {size:,} kB with its files"
    if size > MOST_KB:
        hint = f"{MOST_KB:,} kB are the most; link to the files instead"
        yield cadence.at_step(step.id, "attach", message, hint, "mail-too-large")
    elif size > LIGHT_KB:
        hint = f"stay below {LIGHT_KB} kB, or link to the files"
        problem = cadence.at_step(step.id, "attach", message, hint, "heavy-mail")
        yield replace(problem, severity=Severity.WARNING)
