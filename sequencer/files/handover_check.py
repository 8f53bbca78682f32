"""What is wrong between `handover:` in the settings and the reps and mailboxes there."""

from collections.abc import Iterator

from sequencer.domain.handover_policy import Way
from sequencer.files.nearest import did_you_mean
from sequencer.files.rep_check import Mistake
from sequencer.files.settings_model import Settings


def handover_mistakes(settings: Settings) -> Iterator[Mistake]:
    """Ways that lead to nobody, and a mailbox that is not there."""
    handover, reps = settings.handover, settings.reps
    known = (*Way, *reps)
    for number, name in enumerate(handover.to):
        path = ("handover", "to", number)
        if name not in known:
            yield Mistake(path, f"there is no rep `{name}`", did_you_mean(name, known))
        elif name in reps and not reps[name].takes_meetings:
            hint = "remove it here, or there"
            yield Mistake(path, f"`{name}` has `takes_meetings: false`", hint)
    if handover.to and not any(each.takes_meetings for each in reps.values()):
        message = "there is nobody under `reps:` who takes meetings"
        hint = "give each rep a short name, a `name` and an `address` there"
        yield Mistake(("handover", "to"), message, hint)
    if handover.mailbox and handover.mailbox not in settings.mailboxes:
        hint = did_you_mean(handover.mailbox, settings.mailboxes)
        message = f"there is no mailbox `{handover.mailbox}`"
        yield Mistake(("handover", "mailbox"), message, hint)
