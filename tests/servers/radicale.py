"""A real CalDAV server, Radicale, as a child process on loopback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec

import httpx2
from servers.child import child, folder, free_port, missing, wait_until

USER, PASSWORD = "marta", "a password"  # whoever comes is let in by that
_CONFIG = """[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""
_MAKE = b"""<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:"
xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><d:displayname>Work</d:displayname>
</d:prop></d:set></c:mkcalendar>"""


@dataclass(frozen=True)
class Radicale:
    """A running server with one calendar, which its owner writes to."""

    port: int

    @property
    def account(self) -> str:
        """The address of the account, which is no calendar."""
        return f"http://127.0.0.1:{self.port}/{USER}/"

    @property
    def url(self) -> str:
        """The address of the calendar."""
        return f"{self.account}work/"

    def put(self, name: str, content: bytes) -> None:
        """Write an event."""
        self._ask("PUT", f"{self.url}{name}.ics", content, "text/calendar")

    def delete(self, name: str) -> None:
        """Remove an event."""
        self._ask("DELETE", f"{self.url}{name}.ics")

    def make(self) -> None:
        """Make the calendar."""
        self._ask("MKCALENDAR", self.url, _MAKE, "application/xml")

    def listens(self) -> bool:
        """Whether it answers."""
        with suppress(httpx2.TransportError):
            self._ask("PROPFIND", self.account)
            return True
        return False

    def _ask(self, method: str, url: str, body: bytes = b"", kind: str = "text/plain") -> None:
        sign_in, headers = (USER, PASSWORD), {"Content-Type": kind}
        with httpx2.Client(auth=sign_in, timeout=10) as http:
            http.request(method, url, content=body, headers=headers).raise_for_status()


@contextmanager
def radicale() -> Iterator[Radicale]:
    """The server, with an empty calendar."""
    if find_spec("radicale") is None:
        missing("radicale is not installed")
    port = free_port()
    with folder("radicale-") as path:
        (path / "users").write_text(f"{USER}:{PASSWORD}\n", "utf-8")
        (path / "config").write_text(_CONFIG.format(port=port, folder=path), "utf-8")
        command = [sys.executable, "-m", "radicale", "--config", str(path / "config")]
        server = Radicale(port)
        with child(command, path / "log"):
            wait_until("the start of Radicale", server.listens)
            server.make()
            yield server
