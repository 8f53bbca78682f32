"""What a person does about each refusal of the gate, and whether waiting is enough."""

from collections.abc import Mapping
from typing import NamedTuple

from sequencer.domain.reason import Reason


class Advice(NamedTuple):
    """What to do about a code; `heals` says whether time alone ends it."""

    what: str
    heals: bool = False


_STAYS = "Nothing: an entry of the suppression list is not taken back."
_WAITS = "Nothing: the mail leaves by itself at the instant that `sequencer why` names."

ADVICE: Mapping[Reason, Advice] = {
    Reason.EMAIL_INVALID: Advice("Correct the address in the file and import it again."),
    Reason.SUPPRESSED_ADDRESS: Advice(_STAYS),
    Reason.SUPPRESSED_DOMAIN: Advice(_STAYS),
    Reason.OPTED_OUT: Advice("Nothing: the person has said no, and that holds for every cadence."),
    Reason.BOUNCED_BEFORE: Advice(
        "Find the person's new address and import it as a prospect of its own."
    ),
    Reason.COMPLAINED_BEFORE: Advice(
        "Nothing by mail. Ask how the address came into the list before you write to others of it."
    ),
    Reason.UNREACHABLE: Advice(
        "Wait until the instant that is named; where the mailbox is known to be well again, "
        "`sequencer suppress lift` takes it back."
    ),
    Reason.DOMAIN_DEAD: Advice(
        "Look whether the company has another domain now. Where it was a trouble of a day, "
        "`sequencer suppress lift` takes it back, and `sequencer resume` lets people go on."
    ),
    Reason.ALREADY_IN_THIS: Advice("Nothing: the enrollment that runs goes on."),
    Reason.FINISHED_THIS: Advice(
        "Choose another cadence, or let the audience of this one say `again`."
    ),
    Reason.EXCLUSIVE_CONFLICT: Advice(
        "Wait until the other cadence has ended, or stop the person there first."
    ),
    Reason.ACCOUNT_BUSY: Advice(
        "Wait until somebody of the account is through, or raise `max_active_per_account`.",
    ),
    Reason.ACCOUNT_REPLIED: Advice(
        "Read the answer and talk to whoever wrote it before you write to their colleagues."
    ),
    Reason.MEETING_AHEAD: Advice(
        "Nothing: talk to them there. A cadence that is to prepare a meeting says "
        "`beside_meeting: true` in its audience.",
        heals=True,
    ),
    Reason.TOUCHED_TOO_RECENTLY: Advice(
        "Wait until the instant that is named, or lower `min_days_since_touch`.", heals=True
    ),
    Reason.STAGE_EXCLUDED: Advice(
        "Choose a cadence for that stage, or correct the stage of the prospect."
    ),
    Reason.NOT_YOUR_PROSPECT: Advice(
        "Ask the rep whose prospect it is, or have the owner changed."
    ),
    Reason.COUNTRY_NEEDS_CONSENT: Advice(
        "Ask for the consent in another way, and import when and how it was given."
    ),
    Reason.CADENCE_DRAINING: Advice(
        "Choose another cadence. Who waits in this one ends with it; `sequencer archive --undo`, "
        "or applying its file again, lets people in."
    ),
    Reason.STARTS_LATER: Advice(
        "Nothing: the first step comes when the start has come.", heals=True
    ),
    Reason.FIRST_RUN_LIMIT: Advice(
        "Look at what the first people got; `sequencer apply` without `--limit` lets the others in."
    ),
    Reason.THROTTLED: Advice(
        "Nothing: people enter in their order as others end. `throttle` sets how many.", heals=True
    ),
    Reason.NO_WORDING: Advice(
        "Let one go on with `sequencer variants start`, or add another to the step and apply it."
    ),
    Reason.NO_ACTIVE_MAILBOX: Advice(
        "Look at the mailboxes with `sequencer status`, and add a working one to the cadence."
    ),
    Reason.MISSING_VARIABLE: Advice(
        "Import the value for this person, or give a fallback in the template; then `sequencer "
        "resume`."
    ),
    Reason.OUTSIDE_WINDOW: Advice(_WAITS, heals=True),
    Reason.HOLIDAY: Advice(_WAITS, heals=True),
    Reason.REP_AWAY: Advice("Nothing: it goes on when the rep is back.", heals=True),
    Reason.CAP_MAILBOX: Advice(
        f"{_WAITS} Where that is too slow for the cadence, add a mailbox.", heals=True
    ),
    Reason.CAP_HOUR: Advice(_WAITS, heals=True),
    Reason.CAP_WEEK: Advice(_WAITS, heals=True),
    Reason.CAP_DOMAIN: Advice(_WAITS, heals=True),
    Reason.CAP_PERSON: Advice(_WAITS, heals=True),
    Reason.CAP_NEW: Advice("Nothing: first mails go on when 24 hours are over.", heals=True),
    Reason.GAP: Advice(_WAITS, heals=True),
    Reason.SYNC_STALE: Advice(
        "Nothing while a daemon runs: it reads the mailbox before each mail. Else `sequencer run`.",
        heals=True,
    ),
    Reason.MAILBOX_UNHEALTHY: Advice(
        "Read the reason in `sequencer status`. A throttled mailbox goes on by itself; a sign-in "
        "needs a person."
    ),
    Reason.PAUSED: Advice(
        "Look at why with `sequencer log`; then `sequencer resume`, or `sequencer stop`. A pause "
        "that has a date ends by itself."
    ),
    Reason.NOT_ACTIVE: Advice("Nothing: what has ended sends nothing more."),
    Reason.UNKNOWN_PROSPECT: Advice("Import the person first, or correct the address."),
    Reason.UNKNOWN_CADENCE: Advice(
        "Correct the name, or apply the cadence first; `sequencer status` names those that are."
    ),
}
