"""What people and their mail programs write back: an answer with a quote, an absence notice.

Built and read with the standard library, not with our own code, which has to understand it.
"""

import email
import email.policy
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr, parseaddr

QUOTED = {
    "de": "Am {date} schrieb {name}:",
    "en": "On {date}, {name} wrote:",
    "es": "El {date}, {name} escribió:",
    "fr": "Le {date}, {name} a écrit :",
    "it": "Il giorno {date} {name} ha scritto:",
    "nl": "Op {date} schreef {name}:",
    "pt": "Em {date}, {name} escreveu:",
}
AWAY = {
    "de": "Automatische Antwort: {subject}",
    "en": "Automatic reply: {subject}",
    "es": "Respuesta automática: {subject}",
    "fr": "Réponse automatique : {subject}",
    "it": "Risposta automatica: {subject}",
    "nl": "Automatisch antwoord: {subject}",
    "pt": "Resposta automática: {subject}",
}
_HTTP = re.compile(r"<(https?://[^>]+)>")
_REPLY = re.compile(r"(?:Re: )*")


@dataclass(frozen=True, slots=True)
class Heard:
    """A mail as the person who got it sees it."""

    message_id: str
    references: str
    subject: str
    sender: str
    sender_name: str
    date: str
    text: str
    one_click_url: str | None


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes back; the language is of two letters."""

    name: str
    address: str
    language: str


def hear(data: bytes) -> Heard:
    """The mail of which these are the bytes."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    body = mail.get_body(("plain",))
    sender_name, sender = parseaddr(str(mail["From"]))
    one_click = "List-Unsubscribe-Post" in mail
    links = _HTTP.findall(str(mail.get("List-Unsubscribe", ""))) if one_click else []
    return Heard(
        message_id=str(mail["Message-ID"]),
        references=str(mail.get("References", "")),
        subject=str(mail["Subject"]),
        sender=sender,
        sender_name=sender_name,
        date=mail["Date"].datetime.strftime("%d.%m.%Y, %H:%M"),
        text=str(body.get_content()) if body is not None else "",
        one_click_url=links[0] if links else None,
    )


def answer(heard: Heard, writer: Writer, words: str, at: datetime) -> bytes:
    """An answer by hand: a few words above the mail it answers."""
    mail = _mail(heard, writer, at)
    mail["Subject"] = _REPLY.sub("Re: ", heard.subject, count=1)
    attribution = QUOTED[writer.language].format(date=heard.date, name=heard.sender_name)
    quote = "\n".join(f"> {line}".rstrip() for line in heard.text.splitlines())
    mail.set_content(f"{words}\n\n{attribution}\n{quote}\n")
    return _bytes(mail)


def absence(heard: Heard, writer: Writer, words: str, at: datetime) -> bytes:
    """What a mail program sends by itself while its owner is away (RFC 3834)."""
    mail = _mail(heard, writer, at)
    mail["Subject"] = AWAY[writer.language].format(subject=heard.subject)
    mail["Return-Path"] = "<>"
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(f"{words}\n")
    return _bytes(mail)


def _mail(heard: Heard, writer: Writer, at: datetime) -> EmailMessage:
    digest = hashlib.sha256(f"{writer.address} {heard.message_id} {at}".encode()).hexdigest()
    mail = EmailMessage()
    mail["From"] = formataddr((writer.name, writer.address))
    mail["To"] = formataddr((heard.sender_name, heard.sender))
    mail["Date"] = at
    mail["Message-ID"] = f"<{digest[:24]}@{writer.address.rpartition('@')[2]}>"
    mail["In-Reply-To"] = heard.message_id
    mail["References"] = f"{heard.references} {heard.message_id}".strip()
    return mail


def _bytes(mail: EmailMessage) -> bytes:
    return mail.as_bytes(policy=email.policy.SMTP)
