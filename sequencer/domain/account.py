"""Which company somebody belongs to: by the account of the import, or else by the domain."""

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.prospect import Prospect

MAX_KEY = 320  # characters


def account_key(prospect: Prospect) -> str:
    """What colleagues have in common; the empty string for somebody without any known company."""
    return next(iter(account_keys(prospect)), "")


def account_keys(prospect: Prospect) -> tuple[str, ...]:
    """Under which keys something may be known of the company, the one that counts more first."""
    account = " ".join(prospect.account.split())
    domain = domain_of(prospect.email)
    by_name = (key_of_account(account),) if account else ()
    return (*by_name, *((key_of_domain(domain),) if domain and not is_free_mail(domain) else ()))


def key_of_account(account: str) -> str:
    """The key of the company that the import calls so."""
    return f"account:{' '.join(account.split()).casefold()}"[:MAX_KEY]


def key_of_domain(domain: str) -> str:
    """The key of the company whose people have addresses at that domain."""
    return f"domain:{domain}"[:MAX_KEY]
