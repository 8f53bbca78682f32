"""What a mail server writes when it cannot deliver: a delivery status notification (RFC 3464)."""

import email
import email.policy
import hashlib
from datetime import datetime
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from sequencer.adapters.sandbox.smtp_server import AcceptedMail

REPORTER = "mx.sandbox.example"


def failure_report(mail: AcceptedMail, at: datetime) -> bytes:
    """The report that nobody has this address, for the sender of the mail."""
    report = MIMEMultipart("report", report_type="delivery-status")
    digest = hashlib.sha256(f"failed {mail.message_id}".encode()).hexdigest()
    report["Return-Path"] = "<>"
    report["From"] = f"Mail Delivery System <mailer-daemon@{REPORTER}>"
    report["To"] = mail.sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(at)
    report["Message-ID"] = f"<{digest[:24]}@{REPORTER}>"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(
        MIMEText(
            "Your mail could not be delivered to one of its recipients.\n\n"
            f"<{mail.recipient}>: there is no such mailbox here.\n"
        )
    )
    report.attach(_status(mail, at))
    report.attach(_original(mail))
    return report.as_bytes(policy=email.policy.SMTP)


def _status(mail: AcceptedMail, at: datetime) -> Message:
    about_all, about_one = Message(), Message()
    about_all["Reporting-MTA"] = f"dns; {REPORTER}"
    about_all["Arrival-Date"] = format_datetime(at)
    about_one["Final-Recipient"] = f"rfc822; {mail.recipient}"
    about_one["Action"] = "failed"
    about_one["Status"] = "5.1.1"
    about_one["Diagnostic-Code"] = f"smtp; 550 5.1.1 <{mail.recipient}>: user unknown"
    status = MIMEBase("message", "delivery-status")
    status.set_payload([about_all, about_one])
    return status


def _original(mail: AcceptedMail) -> Message:
    """Only the headers of the mail, as most servers send them back."""
    head = mail.data.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    part = MIMEBase("text", "rfc822-headers")
    part.set_payload(head.replace("\r\n", "\n") + "\n")
    return part
