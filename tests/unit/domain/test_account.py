import pytest
from builders import a_prospect

from sequencer.domain.account import account_key
from sequencer.domain.address import domain_key
from sequencer.domain.free_mail import FREE_MAIL, is_free_mail


@pytest.mark.parametrize(
    ("account", "email", "key"),
    [
        ("", "zoe@bank.example", "domain:bank.example"),
        ("", "Zoe@BANK.example.", "domain:bank.example"),
        ("  ", "zoe@bank.example", "domain:bank.example"),
        ("Acme", "zoe@bank.example", "account:acme"),
        (" ACME \t Corp ", "zoe@gmail.com", "account:acme corp"),
        ("", "zoe@gmail.com", ""),
        ("", "zoe@googlemail.com", ""),
        ("", "nobody", ""),
        ("", "zoe@mail.bank.example", "domain:mail.bank.example"),
    ],
)
def test_account(account: str, email: str, key: str) -> None:
    """The account of the import joins people, else the domain; free mail joins nobody."""
    assert account_key(a_prospect(account=account, email=email)) == key


def test_a_name_is_no_domain() -> None:
    """An account that is named like a domain is not that domain."""
    named = account_key(a_prospect(account="bank.example"))
    assert named != account_key(a_prospect())


def test_an_endless_account() -> None:
    """A key is as long as its column, however long the name."""
    assert len(account_key(a_prospect(account="x" * 9_999))) == 320


def test_free_mail() -> None:
    """The list holds keys, so that every spelling of a domain is found; a company is not on it."""
    assert all(domain_key(domain) == domain for domain in FREE_MAIL)
    assert is_free_mail("yahoo.co.uk")
    assert not is_free_mail("bank.example")
