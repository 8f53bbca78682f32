"""One key per address that a mail went to or came from, also for what should not be there."""

from sequencer.domain.address import address_key


def key_of(address: str | None) -> str:
    """Key of an address; the empty string for what is none."""
    try:
        return address_key(address or "")
    except ValueError:
        return ""
