"""By what is a mail known again that was filed elsewhere, delivered twice or numbered anew?"""

import hashlib
import re

HEAD_WITHIN = 131_072  # bytes; headers further down are not looked at
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
# Servers add to the other headers as a mail passes through them, or is filed.
_LASTING = (b"message-id", b"from", b"subject", b"date", b"in-reply-to", b"references")


def identity(raw: bytes) -> str:
    """A digest of what stays as it is: the Message-ID, what the writer's program wrote, the body.

    The Message-ID alone would not do, as two mails may have the same one, and the second could be
    the one that matters. A mail without one is known by all of its bytes.
    """
    empty = _EMPTY_LINE.search(raw, 0, HEAD_WITHIN)
    head = raw[: empty.start()] if empty else raw[:HEAD_WITHIN]
    lasting = _fields(head)
    if b"message-id" not in lasting or empty is None:
        return hashlib.sha256(raw).hexdigest()
    digest = hashlib.sha256()
    for name in _LASTING:
        digest.update(lasting.get(name, b"") + b"\0")
    digest.update(raw[empty.end() :].replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _fields(head: bytes) -> dict[bytes, bytes]:
    """The lasting fields; of several with the same name all, for one of them may be forged."""
    found: dict[bytes, list[bytes]] = {}
    name = b""
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        value = line
        if line[:1] not in {b" ", b"\t"}:
            name, _, value = line.partition(b":")
            name = name.strip().lower()
        if name in _LASTING:
            found.setdefault(name, []).append(value.strip())
    return {name: b"\n".join(values) for name, values in found.items()}
