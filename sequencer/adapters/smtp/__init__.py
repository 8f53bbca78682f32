"""Sending through a rep's own submission server, one phase at a time."""

from sequencer.adapters.smtp.account import SmtpAccount, SmtpLimits
from sequencer.adapters.smtp.mailer import SmtpMailer

__all__ = ["SmtpAccount", "SmtpLimits", "SmtpMailer"]
