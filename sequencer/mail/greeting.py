"""How a mail server received us: whether the sign-in worked, over what, and what it showed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sequencer.mail.folder import Folder


@dataclass(frozen=True, slots=True)
class Greeting:
    """The end of an attempt to sign in.

    Attributes:
        problem: why it failed; empty if it did not.
        needs_person: whether it will not get better by itself.
        tls: version of TLS; empty for a connection in the clear.
        folders: names of the folders by their roles; none for a server without folders.
    """

    problem: str = ""
    needs_person: bool = False
    tls: str = ""
    folders: Mapping[Folder, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        """Whether we are signed in."""
        return not self.problem
