"""What pauses, ends, entries of the ledger and mailbox states mean, and what to do about each."""

from collections.abc import Mapping
from typing import NamedTuple

from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState

NOTHING = "Nothing."


class Meaning(NamedTuple):
    """A code in a sentence, what to do about it, and whether time alone ends it."""

    sentence: str
    what: str = NOTHING
    heals: bool = False


_ANSWER = "Answer: the rest of the cadence is off."
_OVER = "Nothing: no more mail goes there, from any cadence."

PAUSES: Mapping[PauseReason, Meaning] = {
    PauseReason.AUTO_REPLY: Meaning(
        "A machine answered: the person is away.",
        "Nothing: it goes on when the person is back. Without a date, `sequencer resume`.",
        heals=True,
    ),
    PauseReason.MANUAL: Meaning("Somebody paused it by hand.", "`sequencer resume` lets it go on."),
    PauseReason.REP_AWAY: Meaning(
        "The rep is away.", "Nothing: it goes on when the rep is back.", heals=True
    ),
    PauseReason.REVIEW: Meaning(
        "Something needs a person's look before anything more is sent.",
        "Read the last lines of `sequencer log`, put right what they name, then `sequencer resume` "
        "or `sequencer stop`. A mail in doubt counts as sent when you resume.",
    ),
    PauseReason.MAILBOX: Meaning(
        "The mailbox is gone, or a server refused the mail for a reason that lies with it.",
        "Look at the mailbox with `sequencer status`, then `sequencer resume`.",
    ),
    PauseReason.COLLEAGUE_REPLIED: Meaning(
        "A colleague of the person answered.",
        "Read the answer. It goes on at the date that is named, unless you stop it.",
        heals=True,
    ),
}

ENDS: Mapping[FinishReason, Meaning] = {
    FinishReason.COMPLETED: Meaning("Every step was done or left out."),
    FinishReason.REPLIED: Meaning("The person answered.", _ANSWER),
    FinishReason.COLLEAGUE_REPLIED: Meaning("A colleague of the person answered.", _ANSWER),
    FinishReason.MEETING_BOOKED: Meaning("The person booked a meeting.", "Prepare the meeting."),
    FinishReason.OPTED_OUT: Meaning("The person asked for no more mail.", _OVER),
    FinishReason.BOUNCED: Meaning(
        "The mail could not be delivered, and will not be.",
        "Look for a new address; import it as a prospect of its own.",
    ),
    FinishReason.COMPLAINED: Meaning(
        "The person reported the mail as spam.",
        "Nothing by mail. Ask how the address came into the list before you write to others of it.",
    ),
    FinishReason.SUPPRESSED: Meaning("The address or its domain was suppressed.", _OVER),
    FinishReason.DISPOSITION: Meaning("The outcome of a call or another task ended it."),
    FinishReason.REMOVED: Meaning("Somebody stopped it by hand."),
    FinishReason.FAILED: Meaning(
        "A server refused the mail for good, and the address is not to blame.",
        "Read the server's words in `sequencer log`, and put right what they name.",
    ),
}

ENTRIES: Mapping[Kind, Meaning] = {
    Kind.IMPORTED: Meaning("The person came in from a file."),
    Kind.ENROLLED: Meaning("The person was put into a cadence."),
    Kind.ACTIVATED: Meaning("The person's turn has come: the cadence begins for them."),
    Kind.MOVED: Meaning(
        "Another mailbox or another owner took the person over, for the reason that stands with it."
    ),
    Kind.CROSSED: Meaning(
        "The cadence was edited, and a plan that was applied took the person over to the new "
        "version. What changed for them stands with it."
    ),
    Kind.QUEUED: Meaning("The next step was planned, with the instant at which it is due."),
    Kind.POSTPONED: Meaning(
        "The step was moved to a later instant, for the reason that stands with it.", heals=True
    ),
    Kind.HANDED: Meaning(
        "Everything allowed the mail in the last moment, and it was handed to the mail server. "
        "From here on it may have arrived."
    ),
    Kind.SENT: Meaning("The mail server took the mail."),
    Kind.DEFERRED: Meaning(
        "The mail server refused the mail for now; it is tried again later.", heals=True
    ),
    Kind.NOT_NOW: Meaning(
        "The recipient's server would not have the mail, and may another day: a full mailbox, say."
    ),
    Kind.REJECTED: Meaning(
        "The mail server refused the mail for good.", "Read its words, which stand with it."
    ),
    Kind.IN_DOUBT: Meaning(
        "The line broke before the server's answer: the mail may have left or not.",
        "Nothing: the Sent folder is searched for it after a quarter of an hour.",
        heals=True,
    ),
    Kind.SETTLED: Meaning("The doubt is over: the mail was found in the Sent folder."),
    Kind.RESENT: Meaning("The doubt is over: the mail had not left, and the same is sent again."),
    Kind.PARKED: Meaning(
        "The doubt could not be settled, and the mail is never sent again by guess.",
        "Ask the person or look at the mailbox; then `sequencer resume`, which counts it as sent, "
        "or `sequencer stop`.",
    ),
    Kind.CANCELLED: Meaning("A planned step will not be done, for the reason that stands with it."),
    Kind.PAUSED: Meaning(
        "Nothing more is sent until the date that stands with it, or until somebody resumes.",
        "See why an enrollment is paused, above.",
    ),
    Kind.RESUMED: Meaning("A pause has ended; what was left of the wait goes on."),
    Kind.FINISHED: Meaning("The cadence has ended for this person, for one reason."),
    Kind.REOPENED: Meaning("Somebody took the end back; the cadence goes on where it was."),
    Kind.TASK: Meaning(
        "A task was made for a person.", "Do it: `sequencer tasks` lists what is open."
    ),
    Kind.DONE: Meaning("A task was done, with the outcome that stands with it."),
    Kind.SKIPPED: Meaning("A step was left out, for the reason that stands with it."),
    Kind.TAKEN_BACK: Meaning("Somebody took the end of a task back; it is open again."),
    Kind.CALLED: Meaning("A call came in or was made outside of the cadence."),
    Kind.TOUCHED: Meaning("A rep wrote to the person by hand, from a mailbox that is read here."),
    Kind.RECEIVED: Meaning("A mail came in that concerns the person.", "Read it in the mailbox."),
    Kind.SUPPRESSED: Meaning("The address or its domain was put on the suppression list.", _OVER),
    Kind.LEFT_ALONE: Meaning(
        "The address refused several mails for now; nothing goes there before the date that stands "
        "with it.",
        "Nothing; or `sequencer suppress lift`, once the mailbox is known to be well again.",
    ),
    Kind.FLAGGED: Meaning(
        "A server says that the whole domain takes no mail; people there wait for a person.",
        "Look whether that is so; `sequencer suppress lift` takes it back.",
    ),
    Kind.CONFIRMING: Meaning(
        "An opt-out that came as an answer is confirmed by one mail, as the settings want it.",
        "Nothing: nothing else leaves to that person.",
    ),
    Kind.LIFTED: Meaning(
        "Somebody took an entry off the list: one that would have ended by itself, or one that "
        "came from a decision in triage which was taken back."
    ),
    Kind.MEETING: Meaning(
        "A booking tool, a calendar or a person told something of a meeting: it was booked, "
        "moved, cancelled, missed, or it took place."
    ),
    Kind.HANDOVER: Meaning(
        "A meeting was offered to a rep, or the rep took it, gave it back, or did not answer."
    ),
    Kind.VARIANT: Meaning(
        "A wording of a mail was stopped, so that nobody gets it any more, or goes on."
    ),
    Kind.FOLLOW_UP: Meaning(
        "A rule of the cadence says what follows from a meeting: it was planned, done, found to be "
        "needed no more, or undone.",
    ),
}

HEALTHS: Mapping[MailboxState, Meaning] = {
    MailboxState.OK: Meaning("The mailbox can send and be read."),
    MailboxState.NEEDS_SIGN_IN: Meaning(
        "The server does not accept the password or token.",
        "Put the new one into the settings and start the daemon again.",
    ),
    MailboxState.THROTTLED: Meaning(
        "The server asked us to slow down.", "Nothing: it goes on at the instant named.", heals=True
    ),
    MailboxState.PAUSED: Meaning(
        "Somebody paused the mailbox.", "Let it go on when what it was paused for is over."
    ),
    MailboxState.FAILING: Meaning(
        "The server could not be reached, or the line broke.",
        "Nothing at first: it is tried again. If it lasts, check host, port and network.",
        heals=True,
    ),
}
