import pytest

from sequencer.domain.address import address_key, domain_key, domain_of, key_of


@pytest.mark.parametrize(
    "spelling",
    [
        "zoe@bank.example",
        "Zoe@Bank.Example",
        " ZOE@BANK.EXAMPLE. ",
        '"zoe"@bank.example',
        '"z\\oe"@bank.example',
        "zoe@bank\u3002example",
        "zoe@bank\uff0eexample",
        "zoe\uff20bank.example",
        "\uff5aoe@bank.example",
        "zoe@ba\u00adnk.example",
        "z\u200boe@bank.example",
    ],
)
def test_one_key(spelling: str) -> None:
    """Case, quotes, full-width letters, trailing dots and invisible characters change nothing."""
    assert address_key(spelling) == "zoe@bank.example"


@pytest.mark.parametrize(
    "spelling",
    [
        "a@münchen.de",
        "a@MÜNCHEN.de",
        "a@mu\u0308nchen.de",
        "a@xn--mnchen-3ya.de",
        "a@XN--MNCHEN-3YA.DE",
    ],
)
def test_international_domain(spelling: str) -> None:
    """Letters beyond ASCII, composed or not, and the A-label are the same domain."""
    assert address_key(spelling) == "a@xn--mnchen-3ya.de"


@pytest.mark.parametrize(
    "spelling",
    ["anna.b@gmail.com", "a.n.n.a.b@gmail.com", "annab+news@googlemail.com", "AnnaB+x+y@Gmail.com"],
)
def test_gmail(spelling: str) -> None:
    """Gmail reads past dots and tags, and has two names."""
    assert address_key(spelling) == "annab@gmail.com"


def test_tags_elsewhere() -> None:
    """A tag is removed where the provider is known to ignore it, and only there."""
    assert address_key("anna.b+news@outlook.com") == "anna.b@outlook.com"
    assert address_key("anna+news@bank.example") == "anna+news@bank.example"


@pytest.mark.parametrize(
    ("spelling", "key"), [("+news@gmail.com", "+news@gmail.com"), (".@gmail.com", ".@gmail.com")]
)
def test_nothing_left(spelling: str, key: str) -> None:
    """A name that is all tag or all dots keeps them, since a key needs a name."""
    assert address_key(spelling) == key


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ('"zoe marin"@bank.example', '"zoe marin"@bank.example'),
        ('"a@b"@bank.example', '"a@b"@bank.example'),
        ('"\\"zoe\\""@bank.example', '"\\"zoe\\""@bank.example'),
        ('""@bank.example', '""@bank.example'),
    ],
)
def test_quotes_that_matter(spelling: str, key: str) -> None:
    """Quotes around what could not stand without them stay."""
    assert address_key(spelling) == key
    assert address_key(key) == key


@pytest.mark.parametrize("text", ["", "zoe", "@bank.example", "zoe@", " @ ", "zoe@.", "zoe@ . "])
def test_no_address(text: str) -> None:
    """Without something on both sides of an `@` there is no key."""
    assert key_of(text) == ""
    with pytest.raises(ValueError, match="not an address"):
        address_key(text)


def test_domain_of() -> None:
    """The domain is compared by the same key, and there may be none."""
    assert domain_of("zoe@Bank.Example.") == "bank.example"
    assert domain_of("zoe\uff20bank.example") == "bank.example"
    assert domain_of("zoe") == ""


@pytest.mark.parametrize("spelling", ["googlemail.com", "GoogleMail.com.", "gmail.com"])
def test_a_domain_with_two_names(spelling: str) -> None:
    """A provider's domain has one key, alone as in an address, so that a suppression hits both."""
    assert domain_key(spelling) == "gmail.com"
    assert domain_of(f"zoe@{spelling}") == "gmail.com"
    assert address_key(f"zoe@{spelling}") == "zoe@gmail.com"


@pytest.mark.parametrize("code", [0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFE00, 0xFE0F, 0xFEFF])
def test_invisible(code: int) -> None:
    """A character that nobody sees makes no other person."""
    assert address_key(f"z{chr(code)}oe@bank.example") == "zoe@bank.example"


def test_short_quotes() -> None:
    """Quotes around a single letter say no more than those around many."""
    assert address_key('"z"@bank.example') == "z@bank.example"


def test_longest_label() -> None:
    """A label of 63 letters is encoded, one more is left alone."""
    assert domain_key("ü" * 63).isascii()
    assert domain_key("ü" * 64) == "ü" * 64


def test_label_too_long() -> None:
    """A label that no resolver takes is not encoded: hostile lengths would take minutes."""
    label = "ü" * 20_000
    assert domain_key(f"{label}.example") == f"{label}.example"


def test_a_key_or_nothing() -> None:
    """What may be no address at all is asked for its key without ado."""
    assert key_of("Zoe@Bank.Example") == address_key("zoe@bank.example")
    assert key_of(None) == ""
