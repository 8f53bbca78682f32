"""What is said to an IMAP server, in typed words. Every call blocks its thread.

The library brings no types, so that this is the only place that touches it.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from sequencer.adapters.imap.account import ImapAccount, ImapLimits
from sequencer.mail.server import Security

# Whatever a server, the network or the library's parser can bring about.
BROKEN = (OSError, IMAPClientError, ValueError, RecursionError)
WHOLE, HEADER = "BODY.PEEK[]", "BODY.PEEK[HEADER]"  # PEEK: nothing is marked as read
_SIZES_AT_ONCE = 500
_SLACK = 1_048_576  # octets by which a message may be larger than its server says
_KEEP_ALIVE = {"TCP_KEEPIDLE": 120, "TCP_KEEPINTVL": 30, "TCP_KEEPCNT": 4}  # seconds, and tries
# RFC 5530, and what Gmail says instead: the sign-in is not at fault.
_FOR_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "TOO MANY", "TEMPORARY")


class LoginRefusedError(Exception):
    """The server did not let us in; `permanent` unless it said that this is for now."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class RefusedError(Exception):
    """The server said NO or BAD to reading messages: it is busy or throttles, but it talks."""


class NoFolderError(Exception):
    """The server does not open that folder."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder that was opened for reading."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as LIST names it."""

    flags: frozenset[bytes]
    delimiter: str
    name: str


class Session:
    """A connection from its greeting to its end."""

    def __init__(self, account: ImapAccount, tls: ssl.SSLContext, limits: ImapLimits) -> None:
        self._account = account
        self._tls = tls
        implicit = account.server.security is Security.TLS
        self._client: Any = IMAPClient(
            account.server.host,
            port=account.server.port,
            ssl=implicit,
            ssl_context=tls if implicit else None,
            timeout=SocketTimeout(limits.connect_s, limits.command_s),
        )
        self._client.normalise_times = False  # or instants come naive, in the zone of this machine
        _keep_alive(self.socket)
        # The library writes a command in pieces. Held back, the second would wait for the server's
        # delayed acknowledgement of the first: 40 ms for each search.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait_s = limits.command_s
        self._wire.read = _limited(self._wire.read, limits.whole + _SLACK)

    @property
    def socket(self) -> socket.socket:
        """The socket; another one after STARTTLS."""
        found: socket.socket = self._client.socket()
        return found

    @property
    def tls(self) -> str:
        """Version of TLS; empty for a connection in the clear."""
        found = self.socket
        return (found.version() or "") if isinstance(found, ssl.SSLSocket) else ""

    def sign_in(self, secret: str) -> None:
        """Protect the connection if it is not yet, and sign in with the password or token."""
        if self._account.server.security is Security.STARTTLS:
            self._client.starttls(self._tls)  # raises where it is not offered
        try:
            self._say_who(secret)
        except LoginError as error:
            text = _words(error)
            # The library calls a line that broke during the sign-in a failure of the sign-in.
            broken = isinstance(error.__context__, IMAPClientAbortError)
            for_now = any(word in text.upper() for word in _FOR_NOW)
            raise LoginRefusedError(text, permanent=not broken and not for_now) from None

    def shut(self) -> None:
        """End the connection without a word."""
        with suppress(*BROKEN):
            self._client.shutdown()

    def noop(self) -> None:
        """Find out whether the server still answers."""
        self._client.noop()

    def folders(self) -> list[Listed]:
        """All folders that can be opened."""
        listed = [
            Listed(frozenset(flags), (delimiter or b"").decode("ascii", "replace"), str(name))
            for flags, delimiter, name in self._client.list_folders()
        ]
        return [folder for folder in listed if not folder.flags & {b"\\Noselect", b"\\NonExistent"}]

    def create(self, name: str) -> None:
        """Add a folder."""
        self._client.create_folder(name)

    def examine(self, name: str) -> Selected:
        """Open a folder so that nothing in it can be changed; NoFolderError if there is none."""
        try:
            answer = self._client.select_folder(name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise NoFolderError(_words(error)) from error
        validity, uidnext = answer.get(b"UIDVALIDITY"), answer.get(b"UIDNEXT")
        if validity is None:
            raise ValueError("the server keeps no UIDs")
        if uidnext is None:  # a server older than RFC 3501
            uidnext = max(self.search(["ALL"]), default=0) + 1
        return Selected(int(validity), int(uidnext))

    def search(self, criteria: Sequence[str | date]) -> list[int]:
        """UIDs of the messages in the open folder that meet the criteria, in order."""
        return sorted(int(uid) for uid in self._client.search(list(criteria)))

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Octets of each message that is still there."""
        found: dict[int, int] = {}
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            answer = self._client.fetch(uids[start : start + _SIZES_AT_ONCE], ["RFC822.SIZE"])
            found |= {uid: int(items.get(b"RFC822.SIZE", 0)) for uid, items in answer.items()}
        return found

    def received(self, uids: Sequence[int]) -> dict[int, datetime]:
        """When each message that is still there came in; one with an impossible date is missing."""
        found: dict[int, datetime] = {}
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            answer = self._client.fetch(uids[start : start + _SIZES_AT_ONCE], ["INTERNALDATE"])
            dates = {uid: items.get(b"INTERNALDATE") for uid, items in answer.items()}
            found |= {uid: at for uid, at in dates.items() if at is not None}
        return found

    def structure(self, uid: int) -> Any:
        """Of which parts a message consists, as the library has it; None if nobody can tell."""
        try:
            answer = self._client.fetch([uid], ["BODYSTRUCTURE"])
        except IMAPClientAbortError:
            raise
        except (IMAPClientError, ValueError, TypeError, IndexError, RecursionError):
            return None  # refused, or such that the library cannot read it: the mail is still there
        return answer.get(uid, {}).get(b"BODYSTRUCTURE")

    def parts(self, uids: Sequence[int], part: str) -> dict[int, bytes]:
        """That part of each message that is still there; RefusedError if the server says no."""
        try:
            answer: Mapping[int, Mapping[bytes, Any]] = self._client.fetch(uids, [part])
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError as error:
            raise RefusedError(_words(error)) from error
        return {
            uid: value if isinstance(value, bytes) else b""  # NIL stands for nothing in it
            for uid, items in answer.items()
            for key, value in items.items()
            if key.startswith(b"BODY[")
        }

    def append(self, name: str, data: bytes, at: datetime) -> None:
        """Add a message to a folder, as read."""
        self._client.append(name, data, [b"\\Seen"], at)

    def searches_labels(self) -> bool:
        """Whether the server finds mail in the words of Gmail."""
        return bool(self._client.has_capability("X-GM-EXT-1"))

    def can_idle(self) -> bool:
        """Whether the server tells of changes by itself."""
        return bool(self._client.has_capability("IDLE"))

    def idle(self) -> bool:
        """Ask to be told of changes in the open folder, until `end_idle`; whether there is one."""
        self._client.idle()
        return bool(self.heard())

    def end_idle(self) -> bool:
        """Stop that; whether there was new mail in the last words. Fails on a dead connection."""
        _, heard = self._client.idle_done()
        return _tells_of_mail([(b"*", *said) for said in heard])

    @property
    def _wire(self) -> Any:
        """What the library reads lines from; there is no public way to it."""
        return self._client._imap  # noqa: SLF001 - there is no public way

    def heard(self) -> bool | None:
        """Whether what came meanwhile tells of new mail; None if nothing came.

        A line whose begin is there is waited for to its end, as for any answer. The library's own
        way takes half a line for a broken connection, and over TLS loses it without a word.
        """
        told = []
        while self._has_more():
            told.append(self._wire.readline().split())
        return _tells_of_mail(told) if told else None

    def _has_more(self) -> bool:
        """Whether something came that has not been read: in the socket, in TLS or in the buffer."""
        self.socket.settimeout(0)
        try:
            return bool(self._wire.file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            self.socket.settimeout(self._wait_s)

    def _say_who(self, secret: str) -> None:
        username = self._account.username
        if self._account.token is not None:
            self._client.oauth2_login(username, secret)
        elif (username + secret).isascii():
            self._client.login(username, secret)
        else:
            self._client.plain_login(username, secret)  # LOGIN knows ASCII only


def _limited(read: Callable[[int], bytes], most: int) -> Callable[[int], bytes]:
    """A way to read literals that believes no server that announces more than was asked for."""

    def limited(octets: int) -> bytes:
        if octets > most:
            raise ValueError(f"the server announced {octets} octets, more than {most}")
        return read(octets)

    return limited


def _keep_alive(found: socket.socket) -> None:
    """Notice a peer that has gone without a word, and keep routers from forgetting the line."""
    found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        if hasattr(socket, name):
            found.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _words(error: Exception) -> str:
    """The server's words: the library passes some of them on as printed octets."""
    text = str(error)
    return text[2:-1] if text[:2] in {"b'", 'b"'} else text


def _tells_of_mail(heard: Sequence[Sequence[Any]]) -> bool:
    """Whether there is an EXISTS among untagged responses; a BYE ends the connection."""
    words = [tuple(said[1:3]) for said in heard]
    if any(said[:1] == (b"BYE",) for said in words):
        raise ConnectionAbortedError("The server said goodbye.")
    return any(said[1:] in {(b"EXISTS",), (b"RECENT",)} for said in words)
