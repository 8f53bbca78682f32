"""By what a mail of ours is known again: its Message-ID, and a mark that providers leave alone.

Both follow from the enrollment's random key, the step and a salt and from nothing else, so a retry
after a crash carries the same ones, and a restored database does not hand out old ones again.
"""

import hashlib
import re

from sequencer.mail.address_header import ascii_domain

MAX_LENGTH = 900  # leaves room for the name of the header on a line of 998 characters
_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")


def make_message_id(enrollment_key: str, step_id: str, salt: str, domain: str) -> str:
    """Message-ID with its brackets, in the form of the UUIDs that many mail programs use.

    Raises:
        ComposeError: `domain`, which should be that of the sender's address, is no domain name.
    """
    text = _digest("message-id", enrollment_key, step_id, salt)[:32]
    uuid = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    return f"<{uuid}@{ascii_domain('Message-ID', domain)}>"


def make_ref(enrollment_key: str, step_id: str, salt: str) -> str:
    """Opaque mark for X-Sequencer-Ref; tells nothing, and does not follow from the Message-ID."""
    return _digest("ref", enrollment_key, step_id, salt)[:24]


def is_message_id(text: str) -> bool:
    """Whether the text is one Message-ID that can stand in a header of ours.

    Wider than RFC 5322 section 3.6.4, since what others made up has to be answered too: any
    printable ASCII in the brackets, with an @ in it. What looks like an encoded word is refused;
    Gmail bounces mail that has one there.
    """
    return len(text) <= MAX_LENGTH and "=?" not in text and _ID.fullmatch(text) is not None


def _digest(purpose: str, *keys: str) -> str:
    # Each key with its length before it, so that no two sets of keys read the same.
    joined = "".join([f"{len(key)}:{key}" for key in (purpose, *keys)])
    return hashlib.sha256(joined.encode()).hexdigest()
