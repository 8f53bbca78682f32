"""Which company somebody belongs to: by the account of the import, or else by the domain."""

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import is_free_mail
from sequencer.domain.prospect import Prospect


def account_key(prospect: Prospect) -> str:
    """What colleagues have in common; the empty string for somebody without any known company."""
    account = " ".join(prospect.account.split()).casefold()
    if account:
        return f"account:{account}"[:320]
    domain = domain_of(prospect.email)
    return "" if not domain or is_free_mail(domain) else f"domain:{domain}"[:320]
