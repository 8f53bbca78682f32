"""Which of the people that an answer names may be proposed as somebody to write to?"""

from collections.abc import Collection, Sequence

from sequencer.domain.address import domain_of, key_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.mail.named_person import NamedPerson

MOST = 3  # people of one mail; a longer list is no referral


def referred_addresses(
    named: Sequence[NamedPerson], ours: Collection[str], known: Collection[str] = ()
) -> tuple[str, ...]:
    """Addresses to which a person wants us to write, in the order they are named.

    Args:
        named: whom the answer names.
        ours: addresses of ours; whoever is at one of their domains is nobody to be enrolled.
        known: others that are no referral: the sender, whoever was written to.
    """
    keys = {key for each in known if (key := key_of(each))}
    own = {domain_of(each) for each in ours}
    found: dict[str, str] = {}
    for person in named:
        key, domain = key_of(person.address), domain_of(person.address)
        if not key or key in keys or domain in own or is_free_mail(domain):
            continue
        found.setdefault(key, person.address)
    return tuple(found.values()) if len(found) <= MOST else ()
