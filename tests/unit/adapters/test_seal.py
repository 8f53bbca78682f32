"""Secrets in the database: of no use without the key, or in another place."""

import pytest

from sequencer.adapters.seal import KeySealer
from sequencer.mail.sign_in import Sealer, SealError

NEW, OLD = b"a new key, as long as any", b"an old key, as long as any"


def test_sealed() -> None:
    """What was sealed is unseen, differs each time, and comes back as it was."""
    sealer: Sealer = KeySealer([NEW])
    first, second = (sealer.seal("the s\u00e9cret", "ana") for _ in range(2))
    assert first != second
    assert b"cret" not in first
    assert {sealer.unseal(each, "ana") for each in (first, second)} == {"the s\u00e9cret"}


def test_keys_are_rotated() -> None:
    """The newest key seals, every known one unseals, and an unknown one is named as what it is."""
    before = KeySealer([OLD]).seal("secret", "ana")
    both = KeySealer([NEW, OLD])
    assert both.unseal(before, "ana") == "secret"
    after = both.seal("secret", "ana")
    assert KeySealer([NEW]).unseal(after, "ana") == "secret"
    with pytest.raises(SealError, match="not among `secret_keys`"):
        KeySealer([NEW]).unseal(before, "ana")


def test_twice_the_same_key() -> None:
    """A key that is listed twice is one."""
    assert KeySealer([NEW, NEW]).unseal(KeySealer([NEW]).seal("s", "a"), "a") == "s"


def test_of_another_mailbox() -> None:
    """What was sealed for one mailbox is of no use for another."""
    sealer = KeySealer([NEW])
    with pytest.raises(SealError, match="another mailbox"):
        sealer.unseal(sealer.seal("secret", "ana"), "luis")


def test_damaged() -> None:
    """Each octet that is changed or missing is noticed."""
    sealer = KeySealer([NEW])
    sealed = sealer.seal("secret", "ana")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealError):
            sealer.unseal(bytes(changed), "ana")
        with pytest.raises(SealError):
            sealer.unseal(sealed[:place], "ana")
