"""How a person is written in From and To: the name as a phrase, the address as ASCII."""

import re
from functools import lru_cache

from sequencer.domain.address import domain_key
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox
from sequencer.mail.encoded_word import MAX_LINE, encoded_words
from sequencer.mail.header import SOFT_LIMIT, fold, is_plain, refuse_forbidden

MAX_ADDRESS = 254  # octets: a path of 256 with its brackets, RFC 5321 section 4.5.3.1.3
MAX_DOMAIN = 253  # octets, RFC 1035 section 2.3.4 without the two that never are written
_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_ATOMS = re.compile(rf"[{_ATEXT}]+(?: [{_ATEXT}]+)*")
_LOCAL = re.compile(rf"[{_ATEXT}\x80-\U0010ffff]+(?:\.[{_ATEXT}\x80-\U0010ffff]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def address_header(name: str, mailbox: Mailbox, *, smtputf8: bool = False) -> str:
    """Field of one mailbox, without its last CRLF.

    Args:
        name: of the header.
        mailbox: its address is written as it is given, but for a domain with other than ASCII
            letters, which becomes A-labels (RFC 5891).
        smtputf8: let the part of the address before the @ be UTF-8 (RFC 6532). Only for a server
            that offers SMTPUTF8 (RFC 6531).

    Raises:
        ComposeError: the name or the address cannot be written.
    """
    address = addr_spec(name, mailbox.address, smtputf8=smtputf8)
    # In a phrase doubled spaces mean no more than one; readers differ in what they make of them.
    shown = " ".join(filter(None, mailbox.name.split(" ")))
    if not shown:
        return f"{name}: {address}"
    *before, last = _phrase(name, shown)
    return "\r\n".join([*before, fold(last, [f" <{address}>"])])


def addr_spec(name: str, address: str, *, smtputf8: bool = False) -> str:
    """Address by itself, as it stands in the header called `name` (see `address_header`).

    Raises:
        ComposeError: it cannot be written.
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii() and not smtputf8:
        raise ComposeError(
            name, "the part of the address before the @ has other than ASCII letters"
        )
    # Not printable are controls, marks of direction and every space but the plain one.
    if not local.isprintable() or not _LOCAL.fullmatch(local):
        raise ComposeError(name, "the part of the address before the @ cannot be written")
    written = f"{local}@{ascii_domain(name, domain)}"
    if len(written.encode()) > MAX_ADDRESS:
        raise ComposeError(name, f"the address is longer than {MAX_ADDRESS} octets")
    return written


known_address_header = lru_cache(256)(address_header)  # for whoever writes often: a sender


@lru_cache(maxsize=4096)
def ascii_domain(name: str, domain: str) -> str:
    """Domain as it is given if it is ASCII, otherwise as A-labels.

    Raises:
        ComposeError: it is no domain name; `name` is the header to name.
    """
    written = domain
    if not domain.isascii() and domain.isprintable() and " " not in domain:
        written = domain_key(domain)
    if len(written) > MAX_DOMAIN or not _DOMAIN.fullmatch(written):
        raise ComposeError(name, "the domain of the address cannot be written")
    return written


def _phrase(name: str, shown: str) -> list[str]:
    """Lines of the field up to the end of the name."""
    refuse_forbidden(name, shown)
    if is_plain(shown):
        line = f"{name}: {shown if _ATOMS.fullmatch(shown) else _quoted(shown)}"
        if len(line) <= SOFT_LIMIT:
            return [line]
    first, *rest = encoded_words(shown, MAX_LINE - len(name) - 2)
    return [f"{name}: {first}", *(f" {word}" for word in rest)]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
