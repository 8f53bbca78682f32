"""Where a mail server is reached, and how the way to it is protected."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address


class Security(StrEnum):
    """Protection of a connection; there is no opportunistic kind, which anyone could strip off."""

    TLS = "tls"  # from the first octet (RFC 8314 section 3)
    STARTTLS = "starttls"  # asked for, and demanded, before anything else is said
    PLAIN = "plain"  # none at all: only for servers on this machine


@dataclass(frozen=True, slots=True)
class Server:
    """Address of a mail server.

    Raises:
        ValueError: the port is none, or PLAIN was asked for a host that is not this machine.
    """

    host: str
    port: int
    security: Security = Security.TLS

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ValueError(f"{self.port} is not a port")
        if self.security is Security.PLAIN and not is_loopback(self.host):
            raise ValueError(f"{self.host} is not this machine: it needs tls or starttls")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or number alone; nothing is looked up."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
