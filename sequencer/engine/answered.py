"""A person wrote: everything stops first; what the words come to is for the rep."""

from typing import Final

from sequencer.domain.address import domain_of
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.domain.task import TaskKind
from sequencer.engine.colleagues import tell_colleagues
from sequencer.engine.confirm import queue_confirmation
from sequencer.engine.heard import Heard
from sequencer.engine.matter import bring_up
from sequencer.engine.referral import propose
from sequencer.engine.suppress import suppress_entry
from sequencer.engine.tasks import Matter
from sequencer.engine.weight import Origin, Speaker, speaker_of
from sequencer.mail.intent import Intent
from sequencer.mail.opt_out import Scope

ANSWER = "Answer"
ANOTHER_TIME = "Answer: another time is proposed"
COMPANY = "Does this person speak for the company?"
_TITLES: Final = {
    Intent.INTERESTED: "Answer: interested",
    Intent.QUESTION: "Answer a question",
    Intent.MEETING_PROPOSAL: "Answer: a meeting is proposed",
    Intent.LATER: "Answer: later",
    Intent.WRONG_PERSON: "Answer: the wrong person",
    Intent.REFERRAL: "Answer: somebody else is named",
}
TITLES: Final = (ANSWER, ANOTHER_TIME, *_TITLES.values())


def answered(heard: Heard) -> None:
    """The end for whoever wrote; what it means to colleagues is for their cadences to say."""
    heard.stop(FinishReason.REPLIED)
    connection, desk, now = heard.connection, heard.desk, heard.now
    tell_colleagues(connection, desk, heard.people, heard.told, now)
    propose(connection, desk, heard.verdict, heard.case.person, now)
    intent = heard.verdict.intent
    if intent is not Intent.NOT_INTERESTED:
        title = _TITLES.get(intent, ANSWER) if intent is not None else ANSWER
        about = f"{heard.sender}: {heard.quoted}"
        matter = Matter(TaskKind.REPLY, title, about, inbound_id=heard.number)
        bring_up(connection, heard.case.person.id, matter, now)


def opted_out(heard: Heard) -> None:
    """Let nothing go to the person any more, nor to the company where that is what they ask for."""
    heard.suppress(heard.case.person.prospect.email, SuppressionReason.OPTED_OUT)
    heard.suppress(heard.verdict.incoming.sender, SuppressionReason.OPTED_OUT)
    wish = heard.verdict.opt_out
    if wish is not None and wish.scope is Scope.COMPANY:
        _suppress_company(heard)
    queue_confirmation(heard)


def _suppress_company(heard: Heard) -> None:
    """The domain of the person we wrote to, if the mail is certain to come from there.

    Else a person decides. A provider of free mail is nobody's company.
    """
    address = heard.case.person.prospect.email
    speaker = speaker_of(address, heard.verdict.incoming.sender)
    if speaker is Speaker.NO_COMPANY:
        return
    if not Origin(heard.found.is_certain, speaker).speaks_for_company:
        heard.ask(COMPANY)
        return
    entry = Suppression(SuppressionKind.DOMAIN, domain_of(address), SuppressionReason.OPTED_OUT)
    suppress_entry(heard.connection, heard.desk, entry, heard.told, heard.now)
