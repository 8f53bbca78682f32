"""Mails in doubt in words: why nobody knows, what happens next, what a person's word would do."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import harmless
from sequencer.domain.enrollment import EnrollmentState

if TYPE_CHECKING:
    from sequencer.engine.doubt_list import Doubt
    from sequencer.engine.doubts import Resolved, Word

HEADINGS = ("no", "prospect", "cadence / step", "mailbox", "since", "next", "why")
EMPTY = "No mail is in doubt: of each it is known whether it left."


def cells(doubt: "Doubt", tz: ZoneInfo) -> list[str]:
    """A row of the table, on the clock of one zone."""
    if doubt.looked_at is None:
        after = "a person decides"
    else:
        after = f"Sent is searched at {doubt.looked_at.astimezone(tz):%H:%M}"
    return [
        str(doubt.number),
        harmless(doubt.prospect),
        f"{doubt.cadence} / {doubt.step}",
        doubt.mailbox,
        f"{doubt.since.astimezone(tz):%Y-%m-%d %H:%M}",
        after,
        harmless(doubt.why),
    ]


def as_object(doubt: "Doubt") -> dict[str, object]:
    """The same for programs, with the commands that a person has."""
    begin = f"sequencer sends resolve {doubt.number}"
    words = ("sent", "again", "drop") if doubt.looked_at is None else ("sent",)
    return {
        "number": doubt.number,
        "state": doubt.state,
        "prospect": doubt.prospect,
        "cadence": doubt.cadence,
        "step": doubt.step,
        "mailbox": doubt.mailbox,
        "subject": doubt.subject,
        "since": doubt.since,
        "why": doubt.why,
        "looked_at": doubt.looked_at,
        "enrollment": doubt.enrollment,
        "next_step": doubt.next_step,
        "commands": [f"{begin} --{word}" for word in words],
    }


def foretold(doubt: "Doubt", word: "Word") -> str:
    """What will happen, before it does."""
    mail = f"Mail {doubt.number}, {harmless(doubt.subject)!r} to {harmless(doubt.prospect)}"
    if doubt.enrollment is EnrollmentState.FINISHED:
        after = "The cadence has ended: nothing else follows."
    elif doubt.next_step is None:
        after = f"It was the last step of {doubt.cadence}, which ends with it."
    else:
        after = f"{doubt.cadence} goes on with {doubt.next_step}, whose wait begins now."
    told = {
        "sent": f"{mail}, is counted as sent. {after}",
        "again": f"{mail}, is sent once more, with the same Message-ID and the same bytes, as soon "
        "as its mailbox may. If it arrived the first time, it is there twice then.",
        "drop": f"{mail}, is not sent any more. {after}",
    }
    return f"{told[word]} This cannot be taken back."


def done_words(done: "Resolved") -> str:
    """What has happened."""
    told = {
        "sent": "counts as sent",
        "queued": "is queued to be sent again",
        "cancelled": "was dropped",
    }
    begin = f"Mail {done.number} {told.get(done.state, f'is {done.state}')}."
    if done.enrollment is EnrollmentState.PAUSED:
        why = f"{begin} The enrollment stays paused ({done.pause_reason}), for another reason than"
        return f"{why} this mail: `sequencer resume` lets it go on."
    return begin
