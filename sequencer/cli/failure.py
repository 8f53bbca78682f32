"""What an exception means to the person at the terminal: a plain message and an exit code.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid configuration or cadence, 5 partly done.
"""

from typing import NamedTuple

EXIT_FAILED = 1
EXIT_INVALID = 3
EXIT_PARTLY = 5


class Failure(NamedTuple):
    """What to print and how to end."""

    message: str
    exit_code: int


def failure_of(error: Exception) -> Failure | None:
    """The failure that an exception stands for, None for one that nobody expected.

    Looked up by name along the class's ancestors, so that nothing has to be imported for it.
    """
    for ancestor in type(error).__mro__:
        if ancestor.__name__ == "ConfigError":
            problems = getattr(error, "problems", ())
            text = "\n".join(problem.render() for problem in problems) or str(error)
            return Failure(text, EXIT_INVALID)
        if ancestor.__name__ in _SENTENCES:
            told = getattr(error, "orig", None) or error  # the driver's words, not SQLAlchemy's
            return Failure(_SENTENCES[ancestor.__name__].format(told), EXIT_FAILED)
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(f"{error.filename}: {error.strerror}", EXIT_FAILED)
    return None


_SENTENCES = {
    "UnknownProspectError": "Nobody has the address {}. Import the prospect first.",
    "UnknownCadenceError": "No cadence named {} has been applied. See `sequencer check`.",
    "VersionError": "{}",
    "TaskError": "{}",
    "MeetingError": "{}",
    "HandoverError": "{}",
    "DoubtError": "{}",
    "HookError": "{}",
    "AskError": "The booking tool did not tell: {}.",
    "NotReopenedError": "{}",
    "OverridesError": "{}",
    "VariantError": "{}",
    "ForecastError": "{}",
    "LockedError": "{}",
    "PortTakenError": "{}\nhint: set another web.port, or end what listens there",
    "StoreError": "{}",
    "MoveError": "{}",
    "PlanError": "{}",
    "UnknownOptionError": "{}",
    "ReconcileError": "{}",
    "SendTestError": "{}",
    "ComposeError": "The mail cannot be written: {}.",
    "SignInError": "{}",
    "SignInNeededError": "{}",
    "TokenError": "{}",
    "OperationalError": "The database cannot be used now: {}",
}
