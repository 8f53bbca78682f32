"""A line to PostgreSQL that is cut at a COMMIT: the client never learns what became of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # a simple query, as libpq writes it
DONE = b"C\x00\x00\x00\x0bCOMMIT\x00"  # CommandComplete


@dataclass
class CommitCut:
    """A relay of which the next COMMIT can be cut off.

    Attributes:
        port: where it listens on loopback.
        cuts: how many lines were cut.
    """

    target: int
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    cuts: int = 0
    _armed: str = ""
    _lines: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it is reached."""
        return int(self.listener.getsockname()[1])

    def arm(self, *, arrives: bool) -> None:
        """Cut at the next COMMIT: once the server has done it, or before it comes to know of it."""
        self._armed = "after" if arrives else "before"

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                self._lines += [client, server]
                for ends in ((client, server), (server, client)):
                    self._threads.append(threading.Thread(target=self._pass_on, args=ends))
                    self._threads[-1].start()

    def close(self) -> None:
        """End every line."""
        shut(self.listener, *self._lines)
        for thread in self._threads:
            thread.join()
        for line in (self.listener, *self._lines):
            line.close()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                if COMMIT in chunk and self._armed == "before":
                    self._cut(source, sink)
                    return
                if DONE in chunk and self._armed == "after":
                    self._cut(source, sink)
                    return
                sink.sendall(chunk)
        shut(source, sink)

    def _cut(self, *lines: socket.socket) -> None:
        self._armed = ""
        self.cuts += 1
        shut(*lines)


def shut(*lines: socket.socket) -> None:
    """Let nothing come or go any more, and wake who waits for it."""
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


@contextmanager
def commit_cut(target: int) -> Iterator[CommitCut]:
    """A relay to a port of loopback."""
    relay = CommitCut(target)
    thread = threading.Thread(target=relay.serve)
    thread.start()
    try:
        yield relay
    finally:
        shut(relay.listener)
        thread.join()
        relay.close()
