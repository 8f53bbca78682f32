"""The links of handovers: ours alone are believed, and no other token is one."""

import pytest

from sequencer.mail.handover_link import handover_token, handover_url, read_handover_token
from sequencer.mail.unsubscribe import make_token

KEYS = (b"a new key, as long as any", b"an old key, as long as any")
KEY = "00112233445566778899aabbccddeeff"


def test_there_and_back() -> None:
    """A token signed with any key that is kept leads to its handover."""
    assert read_handover_token(handover_token(KEY, KEYS), KEYS) == KEY
    assert read_handover_token(handover_token(KEY, KEYS[1:]), KEYS) == KEY
    assert read_handover_token(handover_token(KEY, [b"another"]), KEYS) == ""


def test_forged() -> None:
    """Every change of any octet is found out, and so is an opt-out token."""
    token = handover_token(KEY, KEYS)
    for at, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        changed = token[:at] + other + token[at + 1 :]
        if at == len(token) - 1:  # its last letter has bits that mean nothing
            changed = token[:at] + ("A" if letter not in "ABCD" else "Q")
        assert read_handover_token(changed, KEYS) == ""
    for bad in ("", token + "A", token[:-1], "é" * 35, make_token(bytes(16), KEYS)):
        assert read_handover_token(bad, KEYS) == ""


@pytest.mark.parametrize(("key", "keys"), [("ab", KEYS), ("xyz", KEYS), (KEY, ())])
def test_nothing_to_sign(key: str, keys: tuple[bytes, ...]) -> None:
    """What is no key, and no secret to sign with, are errors."""
    with pytest.raises(ValueError, match=r"handover|key|hexadecimal"):
        handover_token(key, keys)


def test_address() -> None:
    """The page is below our public address."""
    assert handover_url("https://seller.example/", "t") == "https://seller.example/h/t"
