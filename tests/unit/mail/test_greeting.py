"""How a server received us."""

from sequencer.mail.folder import Found
from sequencer.mail.greeting import Greeting


def test_is_ok() -> None:
    """We are in unless something was wrong."""
    assert Greeting(tls="TLSv1.3").is_ok
    assert not Greeting("535 no").is_ok


def test_found() -> None:
    """One mark is enough."""
    assert Found(by_message_id=True)
    assert Found(by_ref=True)
    assert not Found()
