"""Does everybody who is sent a booking link get one, or is a mailbox without a booking page?"""

from collections.abc import Iterator, Sequence

from sequencer.domain.cadence import Cadence
from sequencer.files import workspace
from sequencer.files.problem import Problem, Severity
from sequencer.files.settings_model import Settings
from sequencer.files.template import Template, template_variables

NAME = "booking_link"


def mailboxes_without_page(cadence: Cadence, settings: Settings) -> list[str]:
    """Mailboxes of a cadence of whom, and of whose reps, no booking page is known."""
    names = cadence.mailboxes or settings.pools.get(cadence.pool, ())
    known = ((name, settings.mailboxes.get(name)) for name in names)
    pages = {name: rep.booking_url for name, rep in settings.reps.items()}
    return [
        name
        for name, mailbox in known
        if mailbox is not None
        and not (mailbox.booking_url or pages.get((mailbox.rep or name).strip().casefold()))
    ]


def no_page(template: Template, mailboxes: Sequence[str]) -> Iterator[Problem]:
    """A warning where a template needs a booking link, and these mailboxes have none."""
    uses = [use for use in template_variables(template) if use.name == NAME and not use.guarded]
    if uses and mailboxes:
        at, names = uses[0], " and ".join(f"`{name}`" for name in mailboxes)
        message = f"there is no booking page of {names}, so this mail does not leave from there"
        hint = f"give the mailbox, or its rep, a `booking_url` in {workspace.SETTINGS.as_posix()}"
        severity = Severity.WARNING
        problem = Problem(
            at.file, at.line, at.column, message, hint, at.source_line, severity=severity
        )
        yield problem.of_rule("no-booking-page")
