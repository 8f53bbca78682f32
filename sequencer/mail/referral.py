"""Does a person name somebody else to write to? The addresses in their own words that say so.

Only a proposal follows, so it is enough that a word nearby speaks of contact or of who is in
charge; and an address alone, as in a signature, is not one.
"""

import re
from collections.abc import Collection, Iterator

from sequencer.domain.address import address_key, domain_of
from sequencer.domain.free_mail import is_free_mail

LOOKED_AT = 10_000  # characters; who names somebody does it before that
MOST = 3  # addresses of one mail; a longer list is no referral
BEFORE, AFTER = 120, 60  # characters around an address in which the word stands

_ADDRESS = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~@-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}(?![\w@-])",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"no-?reply|do-?not-?reply|mailer-daemon|postmaster|abuse|bounces?", re.IGNORECASE
)

_CUES = (
    r"writ(?:e|ing) to|contact|reach (?:out|him|her|them)|get in touch|sp(?:eak|oke) (?:to|with)"
    r"|talk (?:to|with)|right person|in charge|responsible|takes? care|look(?:s|ing)? after"
    r"|handl(?:es?|ing)|forward|colleague|copied|in cc|successor|took over|taken over|instead"
    r"|wenden|kontakt|schreiben sie|schreib|ansprechpartner|zuständig|verantwortlich|kolleg"
    r"|nachfolge|escrib|contact|dirí[jg]|persona (?:adecuada|indicada)|responsable|encargad"
    r"|compañer|habl[ea] con|écri(?:re|vez)|adress|en charge|collègue|interlocut"
    r"|contatt|scriv|rivolg|responsabile|collega|escrev|contat|responsáve|colega|fal[ea] com"
    r"|schrijf|verantwoordelijk|neem contact"
)
_CUE = re.compile(rf"\b(?:{_CUES})", re.IGNORECASE)

# What speaks against the address, in the words right before it.
_AGAINST = re.compile(
    r"\b(?:do not|don.?t|never|stop|remove|unsubscribe|delete|nicht|keine|no (?:me |nos |le )?"
    r"(?:escrib|contact)|ne (?:pas|plus|me|nous)|non (?:mi |ci )?(?:scriv|contatt)|niet)",
    re.IGNORECASE,
)


def referred_addresses(
    new_text: str, ours: Collection[str], known: Collection[str] = ()
) -> tuple[str, ...]:
    """Addresses to which a person wants us to write, in the order they are named.

    Args:
        new_text: what the person wrote, without quotes and signature.
        ours: addresses of ours; whoever is at one of their domains is nobody to be enrolled.
        known: others that are no referral: the sender, whoever was written to.
    """
    keys = {key for each in known if (key := _key(each))}
    own = {domain_of(each) for each in ours}
    found: dict[str, str] = {}
    for address in _named(new_text[:LOOKED_AT]):
        key, domain = _key(address), domain_of(address)
        if not key or key in keys or domain in own or is_free_mail(domain):
            continue
        found.setdefault(key, address)
    return tuple(found.values()) if len(found) <= MOST else ()


def _named(text: str) -> Iterator[str]:
    """Addresses beside a word that makes them a referral."""
    for paragraph in re.split(r"\n\s*\n", text):
        for match in _ADDRESS.finditer(paragraph):
            before = paragraph[max(match.start() - BEFORE, 0) : match.start()]
            after = paragraph[match.end() : match.end() + AFTER]
            if _MACHINE.match(match[0]) or _AGAINST.search(_sentence(before)):
                continue
            if _CUE.search(before) or _CUE.search(after):
                yield match[0].rstrip(".-")


def _sentence(before: str) -> str:
    """The end of it, from the last full stop, question or exclamation mark on."""
    return re.split(r"[.!?]\s", before)[-1]


def _key(address: str) -> str:
    try:
        return address_key(address)
    except ValueError:
        return ""
