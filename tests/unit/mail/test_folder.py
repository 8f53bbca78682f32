import pytest

from sequencer.mail.folder import Cursor, InboxError, NoSentFolderError


@pytest.mark.parametrize("permanent", [True, False])
def test_trouble_says_whether_it_lasts(permanent: bool) -> None:
    """Whoever catches the error has its words, and knows whether to try again."""
    error = InboxError("the password was refused", permanent=permanent)
    assert str(error) == "the password was refused"
    assert error.permanent is permanent
    assert not InboxError("the line dropped").permanent


def test_a_new_cursor_has_seen_nothing_besides() -> None:
    """Up to its last message a cursor has seen everything, above it nothing."""
    assert Cursor(uidvalidity=1, last_uid=7).seen == frozenset()


def test_no_sent_folder() -> None:
    """A mailbox without a Sent folder will not get one by waiting, and says what is wrong."""
    error = NoSentFolderError("there is no Sent folder")
    assert error.permanent
    assert str(error) == "there is no Sent folder"
