"""Which commands there are: name, module and the one line that `--help` prints."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One command."""

    module: str
    summary: str


COMMANDS = {
    "demo": Entry("demo", "Watch the engine do its whole job in a sandbox, in about a minute."),
    "init": Entry("init", "Begin a workspace: settings, an example cadence, its templates."),
    "check": Entry("check", "Check settings, cadences and templates; nothing is changed."),
    "apply": Entry("apply", "Make the checked cadences the ones that run."),
    "import": Entry("import_", "Import prospects from a CSV file."),
    "enroll": Entry("enroll", "Enrol prospects in a cadence."),
    "run": Entry("run", "Run the daemon: send, read replies, serve links and webhooks."),
    "status": Entry("status", "Show cadences, mailboxes and what comes next."),
    "log": Entry("log", "Show everything that happened to one prospect."),
    "why": Entry("why", "Show what stands in the way of the next mail to one prospect."),
    "pause": Entry("pause", "Pause all cadences of one prospect."),
    "resume": Entry("resume", "Let the paused cadences of one prospect go on."),
    "stop": Entry("stop", "Stop all cadences of one prospect."),
    "suppress": Entry("suppress", "Add to or show the list of those who receive nothing."),
    "verify": Entry("verify", "Prove from the ledger that no promise was broken."),
}
