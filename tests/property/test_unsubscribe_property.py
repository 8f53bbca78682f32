from hypothesis import given
from hypothesis import strategies as st

from sequencer.mail.unsubscribe import make_token, read_token, tokens_in, unsubscribe_url

SUBJECTS = st.binary(min_size=16, max_size=16)
KEYS = st.binary(min_size=16, max_size=40)


@given(SUBJECTS, st.lists(KEYS, min_size=1, unique=True), KEYS)
def test_there_and_back(subject: bytes, keys: list[bytes], newer: bytes) -> None:
    """A token is read with its own key, whatever keys came after it."""
    token = make_token(subject, keys)
    assert read_token(token, [newer, *keys]) == subject
    if newer not in keys:
        assert read_token(token, [newer]) is None


@given(st.text(), KEYS)
def test_any_text(text: str, key: bytes) -> None:
    """No text is an error, and none that we did not make is a token."""
    assert read_token(text, [key]) is None
    assert all(read_token(found, [key]) is None for found in tokens_in(text))


@given(SUBJECTS, KEYS, st.text(), st.text())
def test_found_in_any_text(subject: bytes, key: bytes, before: str, after: str) -> None:
    """A link is found among any other words."""
    token = make_token(subject, [key])
    link = unsubscribe_url("https://go.example.com", token)
    assert token in tokens_in(f"{before}{link}{after}")
