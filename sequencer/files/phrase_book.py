"""Every phrase that a cadence test may use: its form, what it means, an example."""

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.domain.cadence_test import Expected, Given


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase.

    Attributes:
        kind: what it says.
        form: how it is written, see `phrase_form`.
        meaning: one sentence for whoever looks it up.
        example: one that can be used as it is.
        may_say: whether words may follow it after a colon, which somebody writes.
    """

    kind: Given | Expected
    form: str
    meaning: str
    example: str
    may_say: bool = False


_G, _E = Given, Expected

GIVEN: Sequence[Entry] = (
    Entry(
        _G.REPLIES,
        "reply|replies MOMENT",
        "They answer the last mail that they got. What they write may follow after a colon; it is "
        "read as any answer is.",
        "reply on day 4",
        may_say=True,
    ),
    Entry(
        _G.AWAY,
        "out of office [from DAY] until UNTIL [in LANGUAGE]",
        "Their mail program answers every mail up to that day, in their language; without `from` "
        "it does so from the begin. A test in which no mail came to them in those days fails.",
        "out of office until 3 May",
    ),
    Entry(
        _G.AWAY,
        "out of office [from DAY] without a date [in LANGUAGE]",
        "The same, once, with a notice that does not say when they are back.",
        "out of office without a date",
    ),
    Entry(
        _G.BOUNCES,
        "[STEP] bounces [softly]",
        "A report comes back a minute after that mail, or the first one: there is no such address. "
        "`softly`: the mail is only delayed.",
        "intro bounces",
    ),
    Entry(
        _G.OPTS_OUT,
        "opts|opt out [by reply] MOMENT",
        "They write that they want no more mails, in their language or in the words that follow.",
        "opts out on day 2",
        may_say=True,
    ),
    Entry(
        _G.OPTS_OUT_BY_LINK,
        "opts|opt out by link MOMENT",
        "They use the opt-out link of the last mail.",
        "opts out by link on day 2",
    ),
    Entry(
        _G.COMPLAINS,
        "complains|complain MOMENT",
        "They press the spam button, and their provider tells.",
        "complains 1 hour after intro",
    ),
    Entry(
        _G.BOOKS,
        "books|book MOMENT [for UNTIL [at CLOCK]]",
        "They book a meeting; without a day it is on the second business day after, at 10:00.",
        "books on day 2 for 28 Apr at 11:00",
    ),
    Entry(
        _G.MOVES,
        "moves|move MOMENT to UNTIL [at CLOCK]",
        "They move the meeting.",
        "moves on day 5 to 29 Apr at 16:00",
    ),
    Entry(_G.CANCELS, "cancels|cancel MOMENT", "They cancel the meeting.", "cancels on day 5"),
    Entry(
        _G.WE_CANCEL,
        "we cancel MOMENT",
        "We cancel the meeting.",
        "we cancel on day 5",
    ),
    Entry(
        _G.STAYS_AWAY,
        "does not come [to the meeting]",
        "Nobody comes to the meeting; the rep says so an hour after its begin.",
        "does not come",
    ),
    Entry(_G.STAYS_AWAY, "no-show", "The same in a word.", "no-show"),
    Entry(
        _G.COMES_AFTER_ALL,
        "comes after all MOMENT",
        "The rep takes that back.",
        "comes after all 2 hours after the no-show",
    ),
    Entry(
        _G.ATTENDS,
        "comes to the meeting",
        "The meeting takes place; the rep says so an hour after its begin.",
        "comes to the meeting",
    ),
    Entry(
        _G.TASK_ENDS,
        "[call|task] STEP ends as DISPOSITION [MOMENT]",
        "The rep ends the task of that step so, an hour after it is due unless it is said when.",
        "first-call ends as interested",
    ),
    Entry(
        _G.TASK_ENDS,
        "[task] STEP is done [MOMENT]",
        "The same for a task that needs no such word.",
        "say-hello is done",
    ),
    Entry(
        _G.CALLS_US,
        "calls|call us MOMENT [and] ends|end as DISPOSITION",
        "They ring, and the rep notes how that ended.",
        "calls us on day 3, ends as not-interested",
    ),
    Entry(
        _G.REP_PAUSES,
        "rep pauses MOMENT",
        "A rep pauses all their cadences.",
        "rep pauses on day 2",
    ),
    Entry(
        _G.REP_RESUMES,
        "rep resumes MOMENT",
        "A rep lets them go on.",
        "rep resumes on day 6",
    ),
    Entry(
        _G.REP_STOPS,
        "rep stops MOMENT",
        "A rep stops all their cadences.",
        "rep stops on day 2",
    ),
    Entry(
        _G.REP_AWAY,
        "MAILBOX is away from DAY until UNTIL",
        "The rep of that mailbox is away, both days included.",
        "ana is away from 23 Apr until 4 May",
    ),
    Entry(
        _G.IN_VARIANT,
        "STEP in variant VARIANT",
        "The prospect is one of those who get that wording.",
        "intro in variant question",
    ),
    Entry(
        _G.NOTHING,
        "nobody calls|answers",
        "Nothing; it is only there to be read.",
        "nobody calls",
    ),
)

EXPECTED: Sequence[Entry] = (
    Entry(
        _E.HAPPENS,
        "[step] STEP on DAY [HOURS]",
        "The mail leaves, or the task is due, on that day, and within these hours; they are on "
        "their clock unless a zone is named.",
        "bump on 4 May 08:30-11:30 Madrid",
    ),
    Entry(
        _E.HAPPENS,
        "[step] STEP HOURS",
        "On whatever day, within these hours.",
        "bump before 12:00",
    ),
    Entry(
        _E.HAPPENS,
        "[step] STEP DELAY after ANCHOR",
        "On the day that lies so many days after, or within the hour for hours.",
        "bump 3 business days after intro",
    ),
    Entry(_E.HAPPENS, "[step] STEP happens|leaves", "At any time.", "bump happens"),
    Entry(_E.NEVER, "no [step] STEP", "It never happens.", "no last-mail"),
    Entry(
        _E.SKIPPED,
        "[step] STEP [is] skipped [on DAY] [because WORDS]",
        "It is passed over; the words stand in the reason that the timeline has.",
        "last-mail skipped because call.connected",
    ),
    Entry(
        _E.COUNT,
        "exactly N mail|mails|send|sends",
        "So many mails of all cadences leave for them.",
        "exactly 2 mails",
    ),
    Entry(_E.COUNT, "no mail|mails [at] [all]", "None does.", "no mails at all"),
    Entry(_E.AT_MOST, "at most N mail|mails|send|sends", "No more than that.", "at most 3 mails"),
    Entry(
        _E.SILENCE,
        "no send|mail|sends|mails after POINT",
        "No mail leaves once that day is over, or once that has happened for the first time.",
        "no send after day 4",
    ),
    Entry(
        _E.SILENCE,
        "no send|mail|sends|mails after [that]",
        "No mail leaves after the last thing that was given.",
        "no send after that",
    ),
    Entry(
        _E.ONLY,
        "only STEPS",
        "These steps happen, and no others.",
        "only intro and bump",
    ),
    Entry(
        _E.ORDER,
        "STEP then STEPS",
        "They happen in this order, whatever comes between.",
        "intro then bump then first-call",
    ),
    Entry(
        _E.ENDS,
        "ends|end as REASON [on DAY]",
        "It ends for them for that reason.",
        "ends as replied on day 4",
    ),
    Entry(_E.GOES_ON, "does not end", "It is not over at the end of the test.", "does not end"),
    Entry(
        _E.WAITS,
        "waits|wait until UNTIL [because PAUSE]",
        "It is paused, and goes on by itself on that day.",
        "waits until 4 May because auto_reply",
    ),
    Entry(
        _E.WAITS,
        "waits|wait for a person [because PAUSE]",
        "It is paused until somebody lets it go on.",
        "waits for a person",
    ),
    Entry(
        _E.TASK,
        "task KIND [for OWNER] [on DAY] [HOURS]",
        "Somebody is asked to do something, due then.",
        "task call for ana on 28 Apr",
    ),
    Entry(_E.NO_TASK, "no task [KIND]", "Nobody is asked to.", "no task call"),
    Entry(
        _E.ENROLLED,
        "enrolled in CADENCE [on DAY]",
        "They are in another cadence from then on.",
        "enrolled in missed-you on 29 Apr",
    ),
    Entry(
        _E.NOT_ENROLLED, "not enrolled in CADENCE", "They are not.", "not enrolled in missed-you"
    ),
    Entry(
        _E.REFUSED,
        "is refused because GATE",
        "The gate does not let them in, for that reason.",
        "is refused because country_needs_consent",
    ),
    Entry(_E.SUPPRESSED, "is suppressed", "They never get anything again.", "is suppressed"),
    Entry(_E.NOT_SUPPRESSED, "is not suppressed", "They may be written to.", "is not suppressed"),
    Entry(
        _E.SUBJECT,
        "subject of STEP is TEXT",
        "The whole subject of that mail.",
        'subject of intro is "Closing the month"',
    ),
    Entry(
        _E.SUBJECT_CONTAINS,
        "subject of STEP contains TEXT",
        "The subject of that mail has these words.",
        'subject of intro contains "the month"',
    ),
    Entry(_E.SAYS, "STEP says TEXT", "The mail has these words.", 'intro says "Hello Lucía"'),
    Entry(
        _E.DOES_NOT_SAY,
        "STEP does not say TEXT",
        "Neither its text nor its subject has them, in capitals or in small letters.",
        'intro does not say "your company"',
    ),
    Entry(_E.VARIANT, "STEP in variant VARIANT", "In that wording.", "intro in variant question"),
    Entry(_E.FROM_MAILBOX, "STEP from MAILBOX", "From that mailbox.", "intro from ana"),
    Entry(
        _E.ANSWERS,
        "STEP answers ANCHOR",
        "The mail is in the thread of that one.",
        "bump answers intro",
    ),
    Entry(
        _E.NEW_THREAD,
        "STEP begins a [new] thread",
        "It answers no mail.",
        "last-mail begins a thread",
    ),
)

# What the places in the forms stand for, as the reference explains it.
_MOMENT = (
    "`on day 4`, `on business day 4 at 09:15`, `on 24 Apr`, `at 2026-04-24 10:00`, "
    "`2 days after bump`, `right after bump`, `1 hour after the booking`; at noon on their clock "
    "where no time is said"
)
_DAY = (
    "`day 4` (day 1 is that of the enrolment, on their clock), `business day 4` (1 is the first "
    "working day from there on; their holidays do not count), `24 Apr`, `Fri 24 Apr`, "
    "`24 April 2026`, `2026-04-24`; without a year the first such date from the begin on, if "
    "that is less than nine months ahead; with one, within two years of it"
)
PLACES: Sequence[tuple[str, str]] = (
    ("MOMENT", _MOMENT),
    ("DAY", _DAY),
    ("UNTIL", "a day like DAY"),
    ("POINT", "a day, a step, or something given: `day 4`, `bump`, `the reply`"),
    ("ANCHOR", "a step, or something given: `bump`, `the reply`, `the booking`, `the no-show`"),
    ("HOURS", "`08:30-11:30`, `before 12:00`, `after 13:00`, `at 09:15`, and a zone: `Madrid`"),
    ("TIME, CLOCK", "`10:00`"),
    ("DELAY", "`2 days`, `3 business days`, `4 hours`, `30 minutes`"),
    ("STEP", "the id of a step; that of another cadence with its name: `missed-you/another-time`"),
    ("STEPS", "several, with commas, `and` or `then`"),
    ("N", "a number"),
    ("TEXT", "words in quotes"),
    ("WORDS", "words without quotes, up to the end"),
    ("LANGUAGE", "`es` or `Spanish`"),
    ("REASON", "`completed`, `replied`, `meeting_booked`, `opted_out`, `bounced`, ..."),
    ("PAUSE", "`auto_reply`, `manual`, `rep_away`, `review`, `mailbox`, `colleague_replied`"),
    ("GATE", "a code of the gate, such as `country_needs_consent`"),
    ("KIND", "`call`, `reply`, `manual_email`, `triage`, ..."),
    ("CADENCE, MAILBOX, OWNER, DISPOSITION, VARIANT", "a name of the workspace"),
)
