"""Which commands there are: name, module and the one line that `--help` prints."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One command."""

    module: str
    summary: str


COMMANDS = {
    "demo": Entry("demo", "Watch the engine do its whole job in a sandbox, in about a minute."),
    "init": Entry("init", "Begin a workspace: settings, three cadences with templates and tests."),
    "check": Entry("check", "Check settings, cadences and templates; nothing is changed."),
    "preview": Entry("preview", "Show every step as it would leave; --open follows your edits."),
    "send-test": Entry("send_test", "Send the mails of a cadence to one of ourselves."),
    "test": Entry("test", "Run the tests beside the cadences, by the daemon itself."),
    "plan": Entry("plan", "Show what the files would do to cadences and people, if applied."),
    "apply": Entry("apply", "Make the checked cadences the ones that run, as a plan says."),
    "approve": Entry("approve", "Agree to somebody else's plan, so that it may be applied."),
    "archive": Entry("archive", "Take nobody in any more, let those under way run to the end."),
    "history": Entry("history", "Show what was applied when and by whom, and what changed."),
    "schema": Entry("schema", "Print the JSON Schema of a file, for editors; or write all."),
    "import": Entry("import_", "Import prospects from a CSV file."),
    "enroll": Entry("enroll", "Enrol prospects in a cadence."),
    "assign": Entry("assign", "Give prospects to another rep, with their cadences and tasks."),
    "run": Entry("run", "Run the daemon: send, read replies, serve links and webhooks."),
    "variants": Entry("variants", "Show what came of the variants of mails; stop or start one."),
    "status": Entry("status", "Show cadences, mailboxes and what comes next."),
    "doctor": Entry("doctor", "Check everything that a daemon needs, and what to do about it."),
    "mailbox": Entry("mailbox", "Sign in to a mailbox, check it, learn what its provider does."),
    "sends": Entry("sends", "List mails of which nobody knows whether they left, and decide."),
    "hooks": Entry("hooks", "Show whether the booking tools report to us, and what failed."),
    "calendar": Entry("calendars", "Read the calendars of reps now, and show what counts."),
    "reps": Entry("reps", "Show who takes meetings, and who would get one with somebody."),
    "handover": Entry("handover", "Show which rep has which meeting, take one, give one back."),
    "tasks": Entry("tasks", "List the calls, mails and other tasks that wait for a person."),
    "task": Entry("task", "Show one task, end it, put it off, pass it on."),
    "triage": Entry("triage", "Decide about mails that the rules were not sure of."),
    "dispositions": Entry("dispositions", "List how a call or another task may end."),
    "meeting": Entry("meeting", "List meetings, book, move or cancel one, say how it went."),
    "log-call": Entry("log_call", "Note a call that no task asked for."),
    "log": Entry("log", "Show everything that happened to one prospect."),
    "why": Entry("why", "Show what stands in the way of the next mail to one prospect."),
    "pause": Entry("pause", "Pause all cadences of one prospect."),
    "resume": Entry("resume", "Let paused cadences go on, no faster than mailboxes may send."),
    "stop": Entry("stop", "Stop all cadences of one prospect."),
    "reopen": Entry("reopen", "Take a stop back: let a cadence of one prospect go on."),
    "suppress": Entry("suppress", "Add to or show the list of those who receive nothing."),
    "simulate": Entry("simulate", "Foresee a cadence: every touch, what waits, when it ends."),
    "prove": Entry("prove", "Run the engine in worlds of chance and check every promise."),
    "hold": Entry("hold", "Let nothing leave, for a database that was just restored."),
    "reconcile": Entry("reconcile", "After a restore: compare with Sent, then let mails leave."),
    "classify": Entry("classify", "Say what one incoming mail is, as a line of JSON."),
    "reclassify": Entry("reclassify", "Classify kept mails anew, by the rules as they are now."),
    "verify": Entry("verify", "Prove from the ledger that no promise was broken."),
    "db": Entry("db", "Look at the database, or move it to another one."),
}
