"""The one mail that somebody may get who has opted out by an answer: that the answer was heard.

RFC 3834: it goes to nobody whose mail a machine or a list wrote, or who cannot be told by the
address that the mail came from; it says that a machine wrote it, and belongs to the thread.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sequencer.domain.address import address_key
from sequencer.mail.address_header import address_header
from sequencer.mail.body import single
from sequencer.mail.draft import Mailbox
from sequencer.mail.header import date_header, text_header, token_header
from sequencer.mail.incoming import Incoming
from sequencer.mail.message_id import make_message_id, make_ref

STEP: Final = "confirmation"  # in the place of a step; no cadence is named in its marks
PREFIX: Final = "confirmation-"
_AUTOMATIC: Final = ("list-id", "list-unsubscribe", "list-post", "x-loop")
_BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINE: Final = re.compile(  # RFC 3834 section 2, and who says by its name that nobody reads it
    r"(?:owner-.*|.*-request|mailer-daemon|postmaster|abuse|no-?reply|do-?not-?reply)@",
    re.IGNORECASE,
)
_WORDS: Final = {
    "de": ("Abgemeldet", "Sie erhalten von uns keine weiteren E-Mails."),
    "en": ("Unsubscribed", "You will receive no more e-mail from us."),
    "es": ("Baja confirmada", "No recibirá más correos nuestros."),
    "fr": ("Désinscription", "Vous ne recevrez plus d'e-mails de notre part."),
    "it": ("Cancellazione", "Non riceverà altre e-mail da noi."),
    "ja": ("配信停止のお知らせ", "今後、当社からメールをお送りすることはありません。"),
    "nl": ("Afgemeld", "U ontvangt geen e-mail meer van ons."),
    "pl": ("Rezygnacja", "Nie otrzyma Pan/Pani od nas więcej wiadomości."),
    "pt": ("Cancelamento", "Não receberá mais e-mails nossos."),
    "sv": ("Avregistrerad", "Du får inga fler e-postmeddelanden från oss."),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A confirmation to be written.

    Attributes:
        key: random, in its marks; the same one always gives the same Message-ID.
        answers: Message-ID of the mail that is confirmed, empty where it had none.
        language: of the person; English where it is unknown.
    """

    sender: Mailbox
    recipient: str
    key: str
    answers: str
    language: str = ""


def may_confirm(incoming: Incoming, own: Collection[str]) -> bool:
    """Whether a mail that asks for silence may be answered at all; `own` are our address keys."""
    if incoming.return_path is not None and not _same(incoming.return_path, incoming.sender):
        return False  # `<>` is a machine's; any other address may belong to somebody else
    submitted = incoming.header("auto-submitted").partition(";")[0].strip().lower()
    by_machine = submitted not in {"", "no"} or _MACHINE.match(incoming.sender) is not None
    by_list = any(name in incoming.headers for name in _AUTOMATIC)
    bulk = incoming.header("precedence").strip().lower() in _BULK
    if not incoming.sender or by_machine or by_list or bulk:
        return False
    return any(_key(address) in own for address in incoming.recipients)


def make_confirmation(wanted: Wanted, salt: str, at: datetime) -> bytes:
    """The mail.

    Raises:
        ComposeError: an address or name cannot stand in a header.
    """
    title, sentence = _WORDS.get(wanted.language.lower()[:2], _WORDS["en"])
    domain = wanted.sender.address.rpartition("@")[2]
    fields = [
        address_header("From", wanted.sender),
        address_header("To", Mailbox(wanted.recipient, "")),
        text_header("Subject", title),
        date_header(at),
        token_header("Message-ID", [make_message_id(wanted.key, STEP, salt, domain)]),
    ]
    if wanted.answers:
        fields.append(token_header("In-Reply-To", [wanted.answers]))
        fields.append(token_header("References", [wanted.answers]))
    fields += [
        token_header("X-Sequencer-Ref", [f"{PREFIX}{make_ref(wanted.key, STEP, salt)}"]),
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
    ]
    text = f"{sentence}\n\n{wanted.sender.name or wanted.sender.address}\n"
    return b"%b\r\n%b" % ("\r\n".join(fields).encode(), single(text))


def _same(one: str, other: str) -> bool:
    key = _key(one)
    return key != "" and key == _key(other)


def _key(address: str) -> str:
    try:
        return address_key(address)
    except ValueError:
        return ""
