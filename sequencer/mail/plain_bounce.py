"""What does a bounce say that is written for people: Gmail, Exchange, Exim, qmail, Sendmail?

They agree in little, but in this: after some sentences, each failed address stands at the beginning
of a line, with the reason beside or below it, and the returned mail comes last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sequencer.mail.delivery_status import (
    MAX_RECIPIENTS,
    Action,
    FailedRecipient,
    failed_recipient,
)
from sequencer.mail.foreign_address import read_addresses
from sequencer.mail.incoming import Incoming
from sequencer.mail.rules import Group, Rules
from sequencer.mail.status_code import codes_in

# What stands before the @ of those who send them, and in the name shown beside.
_NAMES = frozenset(
    "mailer-daemon mailerdaemon mail-daemon maildaemon mailer_daemon postmaster mdaemon daemon"
    " mailer mail-delivery mail.delivery bounce bounces nobody root".split()
)
_STARTS = ("mailer-daemon", "postmaster", "microsoftexchange329e71ec88ae4615")
_TITLES = (
    "mailer-daemon",
    "mail delivery",
    "mail administrator",
    "internet mail delivery",
    "system administrator",
    "microsoft outlook",
    "postmaster",
)
_NO_REPLY = frozenset({"noreply", "donotreply"})
_ADMINISTRATORS = "diagnostic information for administrators"  # Exchange: the exact words follow
_FIRST_HEADERS = ("received:", "return-path:", "dkim-signature:", "message-id:", "x-received:")

MAX_LINES = 200  # of the words for people
MAX_LINE = 1_000
_AROUND = " \t<>\"'*:;,()[]."
_FORBIDDEN = frozenset('<>;,()"/=')


def is_machine(incoming: Incoming) -> bool:
    """Whether the mail says that a mail system wrote it."""
    local = _local(incoming.sender)
    shown = incoming.header("from").lower()
    return (
        not incoming.sender
        or local in _NAMES
        or local.startswith(_STARTS)
        or any(title in shown for title in _TITLES)
    )


def is_plain_bounce(incoming: Incoming, rules: Rules) -> bool:
    """Whether sender and words together make it a bounce; neither does alone."""
    subject = incoming.subject.casefold()
    named = any(words in subject for words in rules.texts(Group.BOUNCE_SUBJECT))
    if named and is_machine(incoming):
        return True
    said = "\n".join(_own_lines(incoming.text, rules)).lower()
    tells = any(words in said for words in rules.texts(Group.BOUNCE_SENTENCE))
    if is_machine(incoming):
        return tells
    if incoming.in_reply_to:
        return False
    null = incoming.return_path == ""
    no_reply = _local(incoming.sender).replace("-", "").replace("_", "") in _NO_REPLY
    return (named and null) or (tells and (null or no_reply) and _returns_mail(incoming))


def _returns_mail(incoming: Incoming) -> bool:
    """Whether a whole mail hangs on it."""
    return any(part.content_type == "message/rfc822" for part in incoming.parts)


def plain_recipients(incoming: Incoming, rules: Rules) -> tuple[FailedRecipient, ...]:
    """Failed or delayed recipients, each with the words that stand with it."""
    lines = tuple(_own_lines(incoming.text, rules))
    said = "\n".join([incoming.subject, *lines]).lower()
    action = (
        Action.DELAYED
        if any(words in said for words in rules.texts(Group.BOUNCE_DELAY))
        else Action.FAILED
    )
    ours = frozenset(address.lower() for address in (*incoming.recipients, incoming.sender))
    # Some systems write the failed address into their own headers, so ours are only avoided.
    named = _given(incoming) or _named(lines, ours, rules) or _named(lines, frozenset(), rules)
    return tuple(
        failed_recipient(found.address, action, "", _reason(lines, found, len(named)))
        for found in named[:MAX_RECIPIENTS]
    )


def plain_reason(incoming: Incoming, rules: Rules) -> str:
    """The words for people that come nearest to a diagnostic."""
    lines = tuple(_own_lines(incoming.text, rules))
    return _reason(lines, _Found("", 0, len(lines)), 1)


def returned_text(text: str, rules: Rules) -> str:
    """The returned mail, as far as it stands in the words for people."""
    lines = text.split("\n")
    start = next(
        (number for number, line in enumerate(lines) if _begins_copy(line, rules)), len(lines)
    )
    return "\n".join(lines[start:])


@dataclass(frozen=True, slots=True)
class _Found:
    """An address, and the lines that belong to it."""

    address: str
    first: int
    last: int


def _own_lines(text: str, rules: Rules) -> Iterator[str]:
    """Lines of the report itself; after Exchange's heading for administrators if it has one."""
    lines = text.split("\n", MAX_LINES)[:MAX_LINES]
    start = next((at for at, line in enumerate(lines) if _ADMINISTRATORS in line.lower()), -1)
    for line in lines[start + 1 :]:
        if _begins_copy(line, rules):
            return
        yield line[:MAX_LINE]


def _begins_copy(line: str, rules: Rules) -> bool:
    low = line[:MAX_LINE].lower()
    if low.startswith(_FIRST_HEADERS):
        return True
    text = low.strip()
    marked = text.startswith(("-", "=", "|", "_", "*")) or text.endswith(
        ("follow", "follow.", "follow:", "follows", "follows.", "follows:")
    )
    return marked and any(words in text for words in rules.texts(Group.BOUNCE_COPY))


def _given(incoming: Incoming) -> list[_Found]:
    """Recipients of the header that Exim and Gmail write."""
    values = incoming.headers.get("x-failed-recipients", ())
    people = [person for value in values for person in read_addresses(value)]
    return [_Found(person.address, 0, MAX_LINES) for person in people]


def _named(lines: Sequence[str], ours: frozenset[str], rules: Rules) -> list[_Found]:
    return _leading(lines, ours) or _anywhere(lines, ours, rules)


def _leading(lines: Sequence[str], ours: frozenset[str]) -> list[_Found]:
    """Addresses that a line begins with."""
    starts: dict[str, int] = {}
    for number, line in enumerate(lines):
        words = line.lstrip(" \t>*-").split(maxsplit=1)
        address = _address(words[0]) if words else ""
        if address and address.lower() not in ours:
            starts.setdefault(address, number)
    ends = [*list(starts.values())[1:], len(lines)]
    return [
        _Found(address, start, end)
        for (address, start), end in zip(starts.items(), ends, strict=False)
    ]


def _anywhere(lines: Sequence[str], ours: frozenset[str], rules: Rules) -> list[_Found]:
    """Addresses on those lines that tell of a failure, or else the first address there is."""
    found = [
        _Found(address, number, number + 5)
        for number, line in enumerate(lines)
        for address in filter(None, map(_address, line.split()))
        if address.lower() not in ours and not (ours and _local(address) in _NAMES)
    ]
    telling = [
        one for one in found if codes_in(lines[one.first]).code or _tells(lines[one.first], rules)
    ]
    unique = {one.address: one for one in reversed(telling or found[:1])}
    return list(reversed(unique.values()))


def _tells(line: str, rules: Rules) -> bool:
    low = line.lower()
    return any(
        words in low
        for words in (
            *rules.texts(Group.BOUNCE_SENTENCE),
            "deliver",
            "recipient",
            "failed",
            "unknown",
        )
    )


def _local(address: str) -> str:
    return address.rpartition("@")[0].lower()


def _address(word: str) -> str:
    """The address that a word is, its brackets and the marks around it taken off, or ''."""
    bare = word.partition("<mailto:")[0].strip(_AROUND).rpartition(":")[2]
    local, _, domain = bare.partition("@")
    fits = local and "." in domain and "@" not in domain and _FORBIDDEN.isdisjoint(bare)
    return bare if fits else ""


def _reason(lines: Sequence[str], found: _Found, count: int) -> str:
    """Words that belong to a recipient: from the first code on, if there is one."""
    own = lines if count == 1 else lines[found.first : found.last]
    for number, line in enumerate(own):
        if codes_in(line).code or codes_in(line).enhanced:
            return "\n".join(own[number : number + 8])
    return "\n".join(lines[found.first : found.last])
