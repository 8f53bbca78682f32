from sequencer.domain.mailbox import MailboxHealth, MailboxState


def test_a_new_mailbox() -> None:
    """A mailbox is well until something is known against it, and was never read."""
    health = MailboxHealth()
    assert health.state is MailboxState.OK
    assert health.synced_at is None
