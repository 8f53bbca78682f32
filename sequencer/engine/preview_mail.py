"""What does a mail look like to whoever gets it? Read from its bytes, and from nothing else."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from sequencer.mail.foreign_header import read_block
from sequencer.mail.foreign_word import header_text


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a mail."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class MailPreview:
    """One mail as it would leave.

    Attributes:
        answers: id of the step whose mail it answers; empty where it begins a thread.
        headers: names and values as a person reads them, in their order.
        html: the HTML part; None in a mail of plain text.
        opt_out: the address of the opt-out page in it; it belongs to nobody.
        data: the whole mail.
    """

    subject: str
    sender: str
    recipient: str
    answers: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str | None
    attachments: tuple[Attached, ...]
    opt_out: str
    data: bytes


def read_mail(data: bytes, *, answers: str, opt_out: str) -> MailPreview:
    """The mail in these bytes, which the writer of our mails made."""
    message = BytesParser(EmailMessage, policy=default).parsebytes(data)
    headers = _headers(data)
    named = {name.lower(): value for name, value in headers}
    return MailPreview(
        subject=named.get("subject", ""),
        sender=named.get("from", ""),
        recipient=named.get("to", ""),
        answers=answers,
        headers=headers,
        text=_part(message, "plain") or "",
        html=_part(message, "html"),
        attachments=tuple(map(_attached, message.iter_attachments())),
        opt_out=opt_out,
        data=data,
    )


def _headers(data: bytes) -> tuple[tuple[str, str], ...]:
    """Names as they are written; values unfolded, encoded words decoded."""
    head = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    names = [line.partition(b":")[0].decode("ascii") for line in head.split(b"\r\n")]
    written = {name.lower(): name for name in names}
    block = read_block(head.replace(b"\r\n", b"\n"))
    return tuple((written.get(name, name), header_text(value)) for name, value in block.fields)


def _part(message: EmailMessage, kind: str) -> str | None:
    found = message.get_body((kind,))
    if found is None:
        return None
    content: str = found.get_content()
    return content.replace("\r\n", "\n")


def _attached(part: EmailMessage) -> Attached:
    payload = part.get_payload(decode=True)
    size = len(payload) if isinstance(payload, bytes) else 0
    return Attached(part.get_filename() or "", part.get_content_type(), size)
