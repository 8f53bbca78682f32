"""One key per address, whatever its spelling, so that a suppression holds.

Keys are for comparing only; mail is always sent to the address as it was given.
"""

import re
import unicodedata
from functools import lru_cache

MAX_LABEL = 63  # octets (RFC 1035 section 2.3.4); beyond it no name resolves, and punycode crawls
_DOMAINS = 8_192  # whose keys are remembered: a list of people repeats its companies
_ADDRESSES = 1_024  # the same of addresses: those of mails about to leave are asked for again
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")  # what UTS 46 takes for a full stop
# Characters without a shape: soft hyphen, joiners, byte order mark, variation selectors.
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)])
_END = re.compile(r"[\s.]+\Z")
_PLAIN = re.compile(r'[^\s"\\@(),:;<>\[\]]+')  # a local part that needs no quotes
_GMAIL = "gmail.com"
_SAME = {"googlemail.com": _GMAIL}  # one host under two names
_TAGGED = frozenset(
    {
        _GMAIL,
        "fastmail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "me.com",
        "outlook.com",
    }
)


@lru_cache(_DOMAINS)
def domain_key(domain: str) -> str:
    """Domain in lower-case ASCII (A-labels, RFC 5891), without a last dot, by its main name."""
    text = _END.sub("", _folded(domain).translate(_DOTS).lstrip())
    key = ".".join(_label(label) for label in text.split("."))
    return _SAME.get(key, key)


@lru_cache(_ADDRESSES)
def address_key(address: str) -> str:
    """Address in the form that suppressions and duplicates are compared in.

    Lower case throughout (RFC 5321 section 2.4 lets hosts tell cases apart; none in use does),
    NFKC, the domain as A-labels, quotes that quote nothing removed. For providers known to ignore
    them, `+tags` and (Gmail) dots are removed as well, so that one opt-out covers all spellings.

    Raises:
        ValueError: there is no `@` with something on both sides.
    """
    local, _, domain = _folded(address).rpartition("@")
    name, key = _unquoted(local.strip()), domain_key(domain)
    if not name or not key:
        raise ValueError(f"not an address: {address!r}")
    if key in _TAGGED:
        name = name.partition("+")[0].rstrip() or name
    if key == _GMAIL:
        name = name.replace(".", "").strip() or name
    return f"{name}@{key}"


def key_of(address: str | None) -> str:
    """Key of an address; the empty string for what is none."""
    try:
        return address_key(address or "")
    except ValueError:
        return ""


@lru_cache(_ADDRESSES)
def domain_of(address: str) -> str:
    """Key of the domain part; the empty string where there is none."""
    _, at, domain = _folded(address).rpartition("@")
    return domain_key(domain) if at else ""


def _folded(text: str) -> str:
    """One form of what reads the same; lowering may leave the normal form, hence twice."""
    if text.isascii():
        return text.lower()
    normal = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    return unicodedata.normalize("NFKC", normal.lower())


def _unquoted(local: str) -> str:
    """Local part without quotes and backslashes, as far as these change nothing."""
    if len(local) < 3 or local[0] != '"' or local[-1] != '"':
        return local
    content = re.sub(r"\\(.)", r"\1", local[1:-1])
    if _PLAIN.fullmatch(content):
        return content
    return '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'


def _label(label: str) -> str:
    if label.isascii() or len(label) > MAX_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")
