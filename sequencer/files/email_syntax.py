"""Can this be the address of a person? By its form alone: nothing is looked up in the network."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

MAX_LOCAL = 64  # octets (RFC 5321 section 4.5.3.1.1)
MAX_ADDRESS = 254  # octets of a path without its angle brackets (the same, 4.5.3.1.3)

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ORDINARY = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAINS = 65_536  # remembered at a time: a list has far fewer, and a hostile one costs little


def sendable_address(text: str) -> str:
    """The address with its domain as A-labels (RFC 5891) and its local part as given.

    An address of the ordinary form costs one look at its domain, and that is remembered: with full
    validation of each, this would be the largest part of an import.

    Raises:
        ValueError: mail cannot be sent there; says why.
    """
    local, _, domain = text.rpartition("@")
    if local and not local.isascii():
        raise ValueError(
            "The part before the @ has characters other than ASCII; "
            "sending there would need SMTPUTF8, which few servers offer."
        )
    if len(local) > MAX_LOCAL:
        raise ValueError(f"The part before the @ is longer than {MAX_LOCAL} characters.")
    if _ORDINARY.fullmatch(local):
        normal, mistake = _domain(domain)
        if mistake:
            raise ValueError(mistake)
        address = f"{local}@{normal}"
        if len(address) <= MAX_ADDRESS:
            return address
    return _validated(text)


@lru_cache(_DOMAINS)
def _domain(domain: str) -> tuple[str, str]:
    """The domain as A-labels and an empty string, or the other way round what is wrong with it."""
    try:
        return _validated(f"a@{domain}").removeprefix("a@"), ""
    except ValueError as error:
        return "", str(error)


def _validated(text: str) -> str:
    """The same by the book, for whatever is not of the ordinary form."""
    if len(text) > 4 * MAX_ADDRESS:  # the checks of a validator take their time on long text
        raise ValueError("The address is too long.")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return f"{found.local_part}@{found.ascii_domain}"
