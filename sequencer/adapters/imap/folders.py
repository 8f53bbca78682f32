"""Which folder has which role? By special use (RFC 6154), else by the names that are common."""

from collections.abc import Sequence

from sequencer.adapters.imap.session import Listed
from sequencer.mail.folder import Folder

INBOX = "INBOX"
_USES = {
    Folder.JUNK: (b"\\Junk",),
    Folder.ARCHIVE: (b"\\All", b"\\Archive"),  # what is archived is in All Mail too
    Folder.SENT: (b"\\Sent",),
}
_NAMES = {
    Folder.JUNK: (
        "junk",
        "spam",
        "junk e-mail",
        "junk email",
        "bulk mail",
        "bulk",
        "junk-e-mail",
        "spamverdacht",
        "correo no deseado",
        "courrier indésirable",
        "posta indesiderata",
        "lixo eletrônico",
    ),
    Folder.ARCHIVE: (
        "all mail",
        "archive",
        "archives",
        "archiv",
        "archivo",
        "archivos",
        "archivio",
        "archief",
        "arkiv",
        "archiwum",
        "arquivo",
    ),
    Folder.SENT: (
        "sent",
        "sent items",
        "sent messages",
        "sent mail",
        "gesendet",
        "gesendete elemente",
        "gesendete objekte",
        "enviados",
        "elementos enviados",
        "éléments envoyés",
        "posta inviata",
        "itens enviados",
    ),
}


def located(listed: Sequence[Listed]) -> dict[Folder, str]:
    """Name of each role's folder; a role without one is missing, INBOX never is."""
    found = {Folder.INBOX: INBOX}
    for role in _USES:
        name = _by_use(listed, role) or _by_name(listed, role)
        if name is not None:
            found[role] = name
    return found


def _by_use(listed: Sequence[Listed], role: Folder) -> str | None:
    every = ((use, folder) for use in _USES[role] for folder in listed)
    return next((folder.name for use, folder in every if use in folder.flags), None)


def _by_name(listed: Sequence[Listed], role: Folder) -> str | None:
    """The highest one with a common name: people keep folders called Sent within others."""
    ranked = []
    for folder in listed:
        steps = folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]
        last = steps[-1].casefold()
        if last in _NAMES[role]:
            ranked.append((len(steps), _NAMES[role].index(last), folder.name))
    return min(ranked)[2] if ranked else None
