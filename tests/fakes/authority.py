"""A certificate authority of the test run, trusted by nobody else."""

import ssl
from functools import cache

import trustme

LOOPBACK = ("localhost", "127.0.0.1")


@cache
def authority() -> trustme.CA:
    """The one authority of this process."""
    return trustme.CA()


@cache
def server_tls(*names: str) -> ssl.SSLContext:
    """A server's side, with a certificate for these names, or for loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(*(names or LOOPBACK)).configure_cert(context)
    return context


@cache
def client_tls() -> ssl.SSLContext:
    """A client's side, which trusts the authority and verifies names."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context
