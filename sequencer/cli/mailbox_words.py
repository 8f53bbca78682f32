"""What is known of a mailbox, in words: sign-ins, folders, and what becomes of a mail in doubt."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sequencer.cli.paragraph import Line
from sequencer.domain.capability import Capability
from sequencer.mail.folder import Folder
from sequencer.mail.greeting import Greeting

if TYPE_CHECKING:
    from sequencer.engine.mailbox_check import MailboxCheck

MARGIN = "    "
SETTLED = (
    "A mail in doubt is settled by its copy in Sent; one of which there is no copy is sent again, "
    "with the same bytes."
)
PARKED = (
    "A mail in doubt of which there is no copy in Sent is parked for a person: see "
    "`sequencer sends unknown`."
)
WE_FILE = "We file a copy of each mail in Sent."
THEY_FILE = "The provider files the copies in Sent."
NOBODY_KNOWS = "Copies are filed in Sent once it is known whether the provider does that."
_YES_NO = {True: "yes", False: "no", None: "not known"}
_HINTS = {
    "smtp": "check smtp.host, port and tls of this mailbox, and that this machine may connect",
    "imap": "check imap.host, port and tls of this mailbox, and that this machine may connect",
}
_SIGN_IN = (
    "check its user name and its password, or sign in with `sequencer mailbox login`; see "
    "docs/how-to/connect-a-mailbox.md"
)


def lines(found: "Iterable[MailboxCheck]", now: datetime) -> Iterator[Line]:
    """The answer for people."""
    for number, each in enumerate(found):
        if number:
            yield Line()
        yield Line(f"{each.name} <{each.address}>", style="bold")
        yield from _sign_in("smtp", each.smtp)
        yield from _sign_in("imap", each.imap)
        if each.ends_at is not None:
            yield Line(ends(each.ends_at), MARGIN, "yellow")
        if each.imap.is_ok:
            yield Line(_folders(each.folders), f"{MARGIN}folders   ")
        yield from _known(each.known, now)
        yield from (Line(sentence, MARGIN) for sentence in meaning(each))


def ends(at: datetime) -> str:
    """When a sign-in ends by itself, and what to do about it."""
    return (
        f"The provider ends this sign-in on {at:%Y-%m-%d %H:%M} UTC: sign in again before. Google "
        "does so while the application is a test: publish it."
    )


def meaning(each: "MailboxCheck") -> list[str]:
    """What follows from what is known."""
    if each.files_copies is None:
        copies = NOBODY_KNOWS
    else:
        copies = WE_FILE if each.files_copies else THEY_FILE
    return [copies, SETTLED if each.resends else PARKED]


def as_object(each: "MailboxCheck", now: datetime) -> dict[str, object]:
    """The same for programs."""
    known = each.known
    return {
        "mailbox": each.name,
        "address": each.address,
        "ok": each.is_ok,
        "smtp": {"ok": each.smtp.is_ok, "tls": each.smtp.tls, "problem": each.smtp.problem},
        "imap": {"ok": each.imap.is_ok, "tls": each.imap.tls, "problem": each.imap.problem},
        "sign_in_ends_at": each.ends_at,
        "folders": {str(role): name for role, name in each.folders.items()},
        "known": known
        and {
            "server": known.server,
            "probed_at": known.probed_at,
            "age_s": max(0, int((now - known.probed_at).total_seconds())),
            "keeps_sent_copy": known.keeps_sent_copy,
            "keeps_message_id": known.keeps_message_id,
            "keeps_custom_header": known.keeps_custom_header,
            "sent_search_lag_s": known.sent_search_lag_s,
            "under_way": known.is_under_way,
            "problem": known.problem,
        },
        "files_copies": each.files_copies,
        "resends": each.resends,
        "meaning": meaning(each),
    }


def _sign_in(name: str, greeting: Greeting) -> Iterator[Line]:
    margin = f"{MARGIN}{name:<10}"
    if greeting.is_ok:
        yield Line(f"signed in over {greeting.tls or 'a connection without TLS'}", margin)
        return
    yield Line(f"failed: {greeting.problem}", margin, "red")
    yield Line(f"hint: {_SIGN_IN if greeting.needs_person else _HINTS[name]}", MARGIN + 10 * " ")


def _folders(folders: dict[Folder, str]) -> str:
    return ", ".join(_folder(role, folders.get(role, "")) for role in Folder)


def _folder(role: Folder, name: str) -> str:
    if not name:
        return f"no {role.title()}"
    return name if name.casefold() == role else f"{role.title()} as {name}"


def _known(known: Capability | None, now: datetime) -> Iterator[Line]:
    if known is None:
        yield Line("nothing yet", f"{MARGIN}learned   ")
        return
    if known.is_learned:
        yield Line(f"{_age(now - known.probed_at)} ago, of {known.server}", f"{MARGIN}learned   ")
        found_after = (
            f", found after {known.sent_search_lag_s} s"
            if known.sent_search_lag_s is not None
            else ""
        )
        yield Line(
            f"{_YES_NO[known.keeps_sent_copy]}{found_after}", f"{MARGIN}  copy in Sent      "
        )
        yield Line(_YES_NO[known.keeps_message_id], f"{MARGIN}  Message-ID kept   ")
        yield Line(_YES_NO[known.keeps_custom_header], f"{MARGIN}  own header kept   ")
    if known.is_under_way:
        since = f"{known.sent_at:%H:%M} UTC" if known.sent_at else "now"
        text = f"no copy in Sent so far of the mail of {since}; the daemon goes on looking"
        yield Line(text, f"{MARGIN}searching ", "yellow")
    elif known.problem:
        yield Line(known.problem, f"{MARGIN}problem   ", "yellow")


def _age(age: timedelta) -> str:
    if age < timedelta(minutes=2):
        return "a moment"
    if age < timedelta(hours=2):
        return f"{int(age.total_seconds() // 60)} minutes"
    if age < timedelta(days=2):
        return f"{int(age.total_seconds() // 3600)} hours"
    return f"{age.days} days"
