"""Addresses of mail servers."""

import pytest

from sequencer.mail.server import Security, Server, is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_loopback(host: str) -> None:
    """This machine is known by its name and numbers, and may be reached in the clear."""
    assert is_loopback(host)
    assert Server(host, 25, Security.PLAIN).host == host


@pytest.mark.parametrize("host", ["mail.example", "localhost.evil.example", "10.0.0.1", "", "::2"])
def test_not_loopback(host: str) -> None:
    """No other host is reached in the clear."""
    assert not is_loopback(host)
    with pytest.raises(ValueError, match="tls or starttls"):
        Server(host, 25, Security.PLAIN)


def test_protected_by_default() -> None:
    """A server of which nothing else is said is reached over TLS."""
    assert Server("mail.example", 465).security is Security.TLS


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_port(port: int) -> None:
    """A number that is no port is refused."""
    with pytest.raises(ValueError, match="is not a port"):
        Server("mail.example", port)
