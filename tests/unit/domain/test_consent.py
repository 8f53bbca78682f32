import pytest
from builders import a_prospect

from sequencer.domain.consent import country_of, lacks_consent

LISTED = frozenset({"DE", "ES"})


@pytest.mark.parametrize(
    ("country", "email", "expected"),
    [
        ("DE", "zoe@bank.example", "DE"),
        (" de ", "zoe@bank.example", "DE"),
        ("US", "zoe@bank.de", "US"),
        ("", "zoe@bank.de", "DE"),
        ("", "zoe@bank.com.au", "AU"),
        ("", "zoe@bank.example", ""),
        ("", "zoe@bank.xn--p1ai", ""),
        ("", "zoe@münchen.\N{CYRILLIC SMALL LETTER ER}\N{CYRILLIC SMALL LETTER EF}", ""),
        ("", "zoe@10.0.0.10", ""),
        ("", "nobody", ""),
    ],
)
def test_country(country: str, email: str, expected: str) -> None:
    """The country of the import counts, and that of a national domain only where it is empty."""
    assert country_of(a_prospect(country=country, email=email)) == expected


@pytest.mark.parametrize(
    ("country", "consent", "lacks"),
    [
        ("DE", "", True),
        ("DE", "   ", True),
        ("DE", "2026-02-01, trade fair", False),
        ("US", "", False),
        ("", "", False),
    ],
)
def test_lacks_consent(country: str, consent: str, *, lacks: bool) -> None:
    """Only in the countries that are listed, and only without a record."""
    assert lacks_consent(a_prospect(country=country, consent=consent), LISTED) is lacks


def test_nothing_listed() -> None:
    """Where the settings name no country, nobody lacks anything."""
    assert not lacks_consent(a_prospect(country="DE"), frozenset())
