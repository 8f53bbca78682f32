"""What does a mail from outside hold? Bytes in, one frozen value out, whatever the bytes are.

Nothing here refuses a mail. Where a cap cuts something off or a part cannot be read, the value
holds the rest, and `problems` says what is missing, so that the caller can keep to the silent side:
what we could not read may have been a stop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sequencer.mail.body_text import Part, best_text
from sequencer.mail.foreign_address import ForeignAddress, read_addresses
from sequencer.mail.foreign_date import first_date
from sequencer.mail.foreign_header import Block, group_fields, read_block
from sequencer.mail.foreign_word import header_text
from sequencer.mail.media_type import read_media_type
from sequencer.mail.mime_split import Leaf, split_parts
from sequencer.mail.transfer import decode_transfer

MAX_MAIL = 10_485_760  # bytes that are looked at
MAX_IDS = 1_000

TRUNCATED = "cut short when it was fetched"
MAIL_CUT = "mail over 10 MB"
NO_HEADERS = "no headers"
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail from outside. Message-IDs are written with their brackets.

    `return_path` is None where the header is missing and '' for `<>`, the sender of machines.
    `date` is aware, in the zone it was written in. `headers` are decoded, under lower-case names.
    `text` is what a person would read first, without the quoted mail that HTML marks as such.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    return_path: str | None
    subject: str
    date: datetime | None
    headers: Mapping[str, tuple[str, ...]]
    text: str
    parts: tuple[Part, ...]
    problems: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first header of that lower-case name, or the empty string."""
        return next(iter(self.headers.get(name, ())), "")


def read_mail(raw: bytes, *, truncated: bool = False) -> Incoming:
    """Everything that can be read of `raw`; `truncated` says that its end was not fetched."""
    mail = _unix_lines(raw[:MAX_MAIL]).lstrip()
    block = read_block(mail)
    leaves, problems = split_parts(block, mail[block.body_at :])
    parts = tuple(_part(leaf) for leaf in leaves)
    body = best_text(parts)
    first = {
        TRUNCATED: truncated,
        MAIL_CUT: len(raw) > MAX_MAIL,
        NO_HEADERS: not block.fields,
    }
    sender = _sender(block)
    return Incoming(
        message_id=next(iter(_ids(block, "message-id")), ""),
        in_reply_to=_ids(block, "in-reply-to"),
        references=_ids(block, "references"),
        sender=sender.address,
        sender_name=sender.name,
        recipients=tuple(dict.fromkeys(_recipients(block))),
        return_path=_return_path(block),
        subject=header_text(block.first("subject")),
        date=first_date(block.all("date"), block.all("received")),
        headers=group_fields(tuple((name, header_text(value)) for name, value in block.fields)),
        text=body.text,
        parts=parts,
        problems=(*(name for name, cut in first.items() if cut), *problems, *body.problems),
    )


def message_ids(value: str) -> tuple[str, ...]:
    """Message-IDs in an undecoded header, with brackets; what stands around them is left out."""
    found: dict[str, None] = {}
    pieces = value.split("<")[1:] if "<" in value else value.split()
    for piece in pieces[-MAX_IDS:]:
        inside = "".join(piece.partition(">")[0].split())
        if "@" in inside or ("<" in value and inside):
            found[f"<{inside}>"] = None
    return tuple(found)


def _ids(block: Block, name: str) -> tuple[str, ...]:
    return message_ids(" ".join(block.all(name)))


def _sender(block: Block) -> ForeignAddress:
    for name in ("from", "sender"):
        for value in block.all(name):
            for person in read_addresses(value):
                return person
    return ForeignAddress(header_text(block.first("from")), "")


def _recipients(block: Block) -> Iterator[str]:
    for name in _RECIPIENTS:
        for value in block.all(name):
            for person in read_addresses(value):
                yield person.address


def _return_path(block: Block) -> str | None:
    values = block.all("return-path")
    if not values:
        return None
    return next((person.address for person in read_addresses(values[0])), "")


def _part(leaf: Leaf) -> Part:
    disposition = read_media_type(leaf.block.first("content-disposition")).value
    encoding = leaf.block.first("content-transfer-encoding")
    return Part(
        content_type=leaf.media.value,
        params=leaf.media.params,
        content=decode_transfer(leaf.content, encoding),
        attached=disposition == "attachment",
        alternative=leaf.alternative,
    )


def _unix_lines(raw: bytes) -> bytes:
    """`raw` with LF at the end of its lines, which old Macs and broken gateways end in CR."""
    mail = raw.replace(b"\r\n", b"\n")
    return mail if b"\n" in mail else mail.replace(b"\r", b"\n")
