"""Which recipients does a delivery report name, and what became of each (RFC 3464)?

Works on text in lines, since some systems put the fields of the report into the part for people.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.foreign_address import read_addresses
from sequencer.mail.status_code import MAX_TEXT, classify_status, codes_in

MAX_RECIPIENTS = 100  # a mail of ours has one
MAX_LINES = 20_000
_KEY = "final-recipient"
_DATA = ">>> DATA"
_NO_RECIPIENTS = 503
_UNAVAILABLE = 550


class Action(StrEnum):
    """What became of the mail for one recipient (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


_ACTIONS = {str(action): action for action in Action} | {
    "failure": Action.FAILED,
    "delay": Action.DELAYED,
    "deliverable": Action.DELIVERED,  # Postfix, asked for a probe
    "delivery": Action.DELIVERED,
}
_BY_STATUS = {"2": Action.DELIVERED, "4": Action.DELAYED}


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """One recipient of a report. Only a failed one has a `bounce_class`: a delay is no bounce.

    `status` is the most telling enhanced code that was found, or ''. `diagnostic` holds the words
    of the server, on one line.
    """

    address: str
    action: Action
    status: str
    diagnostic: str
    bounce_class: BounceClass | None


def failed_recipient(address: str, action: Action, status: str, words: str) -> FailedRecipient:
    """Recipient with its class; `status` may be '' or less exact than what the words hold."""
    diagnostic = " ".join(words[:MAX_TEXT].split())
    codes = codes_in(diagnostic)
    exact = (codes.enhanced if _is_vague(status) else "") or status
    failed = action is Action.FAILED
    bounce_class = classify_status(codes.code, exact, diagnostic) if failed else None
    return FailedRecipient(address, action, exact, diagnostic, bounce_class)


def refused_content(transcript: str) -> bool:
    """Whether a server took the recipient and refused only what came after DATA.

    What it then says of an unknown user is a filter's word. An answer that it has no recipients
    follows a refusal of them all.
    """
    lines = [line.strip() for line in _lines(transcript)]
    for line, following in pairwise(lines):
        if line == _DATA:
            code = codes_in(following.removeprefix("<<<")).code
            return following.startswith("<<<") and code not in {None, _NO_RECIPIENTS}
    return False


def without_death(recipient: FailedRecipient) -> FailedRecipient:
    """The same, not dead unless an exact code says so."""
    exact = recipient.status.startswith("5.1.")
    plain = codes_in(recipient.diagnostic).code == _UNAVAILABLE
    if exact or not plain or recipient.bounce_class is not BounceClass.HARD:
        return recipient
    return replace(recipient, bounce_class=BounceClass.POLICY_RECIPIENT)


def report_groups(text: str) -> tuple[Mapping[str, str], ...]:
    """Groups of fields by lower-case name; the group of each recipient begins anew.

    Fields and groups that RFC 3464 would have separated by an empty line, but are not, are told
    apart by the field that every recipient has.
    """
    groups: list[dict[str, str]] = [{}]
    name = ""
    for line in _lines(text):
        if not line.strip():
            groups.append({})
            name = ""
        elif line[0] in " \t" and name:
            groups[-1][name] += " " + line.strip()
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            if name == _KEY and _KEY in groups[-1]:
                groups.append({})
            groups[-1].setdefault(name, value.strip())
    return tuple(group for group in groups if group)


def report_recipients(
    groups: Sequence[Mapping[str, str]], said: str
) -> tuple[FailedRecipient, ...]:
    """Recipients of the groups that name one; `said` are the words for people beside them."""
    named = (group for group in groups if _KEY in group or "original-recipient" in group)
    found = (
        _recipient(group, said) for _, group in zip(range(MAX_RECIPIENTS), named, strict=False)
    )
    return tuple(recipient for recipient in found if recipient.address)


def _lines(text: str) -> Iterator[str]:
    yield from text.split("\n", MAX_LINES)[:MAX_LINES]


def _recipient(group: Mapping[str, str], said: str) -> FailedRecipient:
    status = codes_in(group.get("status", "")).enhanced
    # Where forwarding was in between, the original recipient is the one that we know.
    address = _address(group.get("original-recipient", "")) or _address(group.get(_KEY, ""))
    words = group.get("diagnostic-code", "") or (said if _is_vague(status) else "")
    return failed_recipient(address, _action(group, status), status, words)


def _is_vague(status: str) -> bool:
    """Whether a status says less than the words that came with it."""
    return not status or status.endswith(".0")


def _action(group: Mapping[str, str], status: str) -> Action:
    words = group.get("action", "").lower().split()
    given = _ACTIONS.get(words[0].strip(".;,")) if words else None
    return given or _BY_STATUS.get(status[:1], Action.FAILED)


def _address(value: str) -> str:
    """Address of a recipient field: `rfc822; a@b`, where the type may be missing."""
    text = value.rpartition(";")[2] if "@" in value.rpartition(";")[2] else value
    return next((person.address for person in read_addresses(text)), "")
