import unicodedata
from collections.abc import Callable
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.address import address_key, domain_key, domain_of

ODD = st.sampled_from('ab+."\\@ \u00ad\u0301\u3002İßΣς')
TEXTS = st.text(st.one_of(ODD, st.characters()), max_size=12)
DOMAINS = TEXTS | st.sampled_from(
    ["gmail.com", "GoogleMail.com.", "outlook.com", "münchen.example"]
)
NAMES = st.text("abcäöüñ.-_0123456789", min_size=1, max_size=10)
FORMS: list[Literal["NFC", "NFD"]] = ["NFC", "NFD"]
CASES: list[Callable[[str], str]] = [str, str.upper, str.title]
HOSTS = st.text("abcäöüñ-0123456789", min_size=1, max_size=10).map(lambda label: label + ".example")


@given(TEXTS, DOMAINS)
def test_key_of_a_key(local: str, domain: str) -> None:
    """A key is its own key, so keys may be compared with keys however often they were made."""
    try:
        key = address_key(f"{local}@{domain}")
    except ValueError:
        return
    assert address_key(key) == key


@given(TEXTS)
def test_domain_key_of_a_key(text: str) -> None:
    """The same for domains; and a key never ends in a dot."""
    key = domain_key(text)
    assert domain_key(key) == key
    assert not key.endswith(".")


@given(
    NAMES,
    HOSTS,
    st.sampled_from(CASES),
    st.sampled_from(FORMS),
    st.sampled_from(["", ".", " ", "\t"]),
)
def test_spelling_changes_nothing(
    name: str, host: str, case: Callable[[str], str], form: Literal["NFC", "NFD"], end: str
) -> None:
    """Case, normal form, spaces around it and a final dot leave the key as it is."""
    plain = f"{name}@{host}"
    spelled = unicodedata.normalize(form, case(plain)) + end
    assert address_key(spelled) == address_key(plain)


@given(NAMES.filter(lambda name: name.strip(".")), st.text("ab+.", max_size=5), st.data())
def test_gmail_spellings(name: str, tag: str, data: st.DataObject) -> None:
    """Dots anywhere and any tag reach the same Gmail key."""
    place = data.draw(st.integers(0, len(name)))
    dotted = name[:place] + "." + name[place:]
    assert address_key(f"{dotted}+{tag}@googlemail.com") == address_key(f"{name}@gmail.com")


@given(NAMES, HOSTS, HOSTS)
def test_different_stay_different(name: str, host: str, other: str) -> None:
    """Different domains never share a key, so nobody is silenced for another."""
    same = address_key(f"{name}@{host}") == address_key(f"{name}@{other}")
    assert same == (host == other)
    assert address_key(f"{name}@{host}").endswith("@" + domain_of(f"x@{host}"))
