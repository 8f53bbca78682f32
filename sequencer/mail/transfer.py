"""Which bytes does a transfer encoding stand for (RFC 2045 section 6), however broken it is?"""

import binascii

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHER = bytes(byte for byte in range(256) if byte not in _BASE64)


def decode_transfer(content: bytes, encoding: str) -> bytes:
    """Decoded bytes; those of an unknown encoding are handed back as they came."""
    match encoding.strip().lower():
        case "base64":
            return from_base64(content)
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case _:
            return content


def from_base64(content: bytes) -> bytes:
    """Bytes of the base64 digits up to the first padding; anything else is passed over.

    Mailing lists and gateways append plain text after the padding, and lines lose their ends.
    """
    digits = content.partition(b"=")[0].translate(None, _OTHER)
    whole = digits[: len(digits) - 1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
