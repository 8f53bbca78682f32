"""Which folder has which role."""

from sequencer.adapters.imap.folders import located
from sequencer.adapters.imap.session import Listed
from sequencer.mail.folder import Folder


def listed(name: str, *flags: bytes, delimiter: str = "/") -> Listed:
    return Listed(frozenset(flags), delimiter, name)


def test_by_special_use() -> None:
    """The flag decides, whatever a folder is called."""
    folders = [
        listed("Sent"),
        listed("Spam"),
        listed("[Gmail]/Gesendet", b"\\Sent", b"\\HasNoChildren"),
        listed("[Gmail]/Unrat", b"\\Junk"),
    ]
    assert located(folders) == {
        Folder.INBOX: "INBOX",
        Folder.SENT: "[Gmail]/Gesendet",
        Folder.JUNK: "[Gmail]/Unrat",
    }


def test_by_name() -> None:
    """Without flags the common names count, in any case, below any prefix, highest first."""
    folders = [
        listed("INBOX.Archive.Sent", delimiter="."),
        listed("INBOX.SENT ITEMS", delimiter="."),
        listed("INBOX.Junk E-mail", delimiter="."),
    ]
    assert located(folders) == {
        Folder.INBOX: "INBOX",
        Folder.SENT: "INBOX.SENT ITEMS",
        Folder.JUNK: "INBOX.Junk E-mail",
    }


def test_most_common_name_first() -> None:
    """Of two folders on the same height the commoner name wins."""
    folders = [listed("Bulk"), listed("Spam"), listed("Sent Messages"), listed("Sent")]
    assert (located(folders)[Folder.JUNK], located(folders)[Folder.SENT]) == ("Spam", "Sent")


def test_missing() -> None:
    """A role that no folder has is missing, but for INBOX."""
    assert located([listed("Sentimental"), listed("a/b", delimiter="")]) == {Folder.INBOX: "INBOX"}


def test_archive() -> None:
    """All Mail is looked into where there is one, else the archive, by its use or its name."""
    archive, every = listed("Old", b"\\Archive"), listed("Tout", b"\\All")
    assert located([archive, every])[Folder.ARCHIVE] == "Tout"
    assert located([listed("Archive"), archive])[Folder.ARCHIVE] == "Old"
    assert located([listed("Archives")])[Folder.ARCHIVE] == "Archives"
