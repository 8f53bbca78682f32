"""Reading a rep's own mailbox without leaving a trace in it."""

from sequencer.adapters.imap.account import ImapAccount, ImapLimits
from sequencer.adapters.imap.inbox import ImapInbox, ImapTime
from sequencer.adapters.imap.share import Shares

__all__ = ["ImapAccount", "ImapInbox", "ImapLimits", "ImapTime", "Shares"]
