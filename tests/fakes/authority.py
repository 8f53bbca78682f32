"""A certificate authority of the test run, trusted by nobody else."""

import ssl
from datetime import UTC, datetime
from functools import cache

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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
def expired_tls() -> ssl.SSLContext:
    """A server's side, with a certificate whose time is over."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    began_at, ended_at = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    certificate = authority().issue_cert(*LOOPBACK, not_before=began_at, not_after=ended_at)
    certificate.configure_cert(context)
    return context


@cache
def self_signed_tls() -> ssl.SSLContext:
    """A server's side, with a certificate that nobody but itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.LeafCert(private, certificate.public_bytes(Encoding.PEM), []).configure_cert(context)
    return context


@cache
def client_tls() -> ssl.SSLContext:
    """A client's side, which trusts the authority and verifies names."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context
