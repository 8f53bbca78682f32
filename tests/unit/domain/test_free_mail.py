import pytest

from sequencer.domain.address import domain_of
from sequencer.domain.free_mail import FREE_MAIL, is_free_mail


def test_every_entry_is_a_key() -> None:
    """Domains stand in the list as addresses are compared, or they would never be found."""
    assert {domain_of(f"somebody@{domain}") for domain in FREE_MAIL} == FREE_MAIL


@pytest.mark.parametrize(
    "address",
    [
        "a@GMAIL.com",
        "a@googlemail.com",
        "a@web.de",
        "a@yahoo.fr",
        "a@yahoo.com.hk",
        "a@outlook.com.br",
        "a@neuf.fr",
        "a@foxmail.com",
        "a@aol.co.uk",
        "a@gmx.fr",
        "a@privaterelay.appleid.com",
    ],
)
def test_free_mail(address: str) -> None:
    """Whatever the spelling."""
    assert is_free_mail(domain_of(address))


@pytest.mark.parametrize("address", ["a@bank.example", "a@mail.gmail.com.example", "a@gmx"])
def test_companies(address: str) -> None:
    """A company is no free mail, however its domain looks."""
    assert not is_free_mail(domain_of(address))
