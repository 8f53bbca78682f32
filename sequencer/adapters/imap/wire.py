"""A connection as a thread uses it: opened when needed, replaced when broken, cut from outside."""

import socket
import ssl
from contextlib import suppress

from sequencer.adapters.imap.account import ImapAccount, ImapLimits
from sequencer.adapters.imap.folders import located
from sequencer.adapters.imap.session import BROKEN, Session
from sequencer.mail.folder import Folder


class Wire:
    """The present session of one line; used by one thread at a time, but for `cut`.

    Attributes:
        secret: password or token for the next sign-in.
    """

    def __init__(self, account: ImapAccount, tls: ssl.SSLContext, limits: ImapLimits) -> None:
        self.limits = limits
        self.secret = ""
        self._account = account
        self._tls = tls
        self._session: Session | None = None
        self._names: dict[Folder, str] | None = None
        self._cut = False

    @property
    def is_cut(self) -> bool:
        """Whether somebody has cut it: nothing more goes over it."""
        return self._cut

    @property
    def is_open(self) -> bool:
        """Whether there is a session, as far as is known."""
        return self._session is not None

    def session(self) -> Session:
        """The session; a new one if there is none."""
        self._obey_cut()
        if self._session is None:
            self._names = None
            self._session = Session(self._account, self._tls, self.limits)
            self._obey_cut()
            try:
                self._session.sign_in(self.secret)
            except BaseException:
                self.drop()
                raise
        return self._session

    def answering(self) -> Session:
        """A session that has answered just now, so that a stale one is not mistaken for trouble."""
        if self._session is not None:
            try:
                self._session.noop()
            except BROKEN:
                self.drop()
        return self.session()

    def names(self) -> dict[Folder, str]:
        """Folders by role, looked up once a session."""
        if self._names is None:
            self._names = located(self.session().folders())
        return self._names

    def forget_names(self) -> None:
        """Look the folders up again next time."""
        self._names = None

    def drop(self) -> None:
        """End the session."""
        session, self._session = self._session, None
        if session is not None:
            session.shut()

    def cut(self) -> None:
        """End the session from another thread: whoever reads from it wakes up with an error."""
        self._cut = True
        session = self._session
        if session is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would pull it from under the reader.
                socket.socket.shutdown(session.socket, socket.SHUT_RDWR)

    def _obey_cut(self) -> None:
        if self._cut:
            self.drop()
            raise ConnectionAbortedError("The connection was cut.")
