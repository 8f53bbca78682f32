"""Mails from outside for tests: a person's answer by default; reports are made from parts."""

from sequencer.files.language_rules import load_rules
from sequencer.mail.incoming import Incoming, read_mail
from sequencer.mail.rules import Group, Vocabulary

RULES = load_rules()
# Tables are made when they are first used, which no measure of work should count.
TABLES = [(RULES.finder(group), RULES.texts(group)) for group in Group]
WORDS = [RULES.words(vocabulary) for vocabulary in Vocabulary]
NAMES = (RULES.labels, RULES.months, RULES.weekdays, RULES.numbers)
CUES = [RULES.spaced(group, RULES.languages_in(["x"])) for group in Group]

DEFAULTS = {
    "From": "Zoe Smith <zoe@prospect.example>",
    "To": "rep@sender.example",
    "Subject": "Re: Hello",
    "Date": "Mon, 01 Mar 2027 10:00:00 +0100",
    "Message-ID": "<r1@prospect.example>",
    "In-Reply-To": "<m1@sender.example>",
}
OURS = "Message-ID: <m1@sender.example>\nFrom: rep@sender.example\nSubject: Hello\n"


def a_mail(*headers: str, text: str = "Yes, call me.") -> bytes:
    """A mail with those headers; one without a colon takes a default away."""
    named = {header.partition(":")[0].lower() for header in headers}
    lines = [f"{name}: {value}" for name, value in DEFAULTS.items() if name.lower() not in named]
    lines += [header for header in headers if ":" in header]
    return ("\n".join(lines) + f"\n\n{text}").encode()


def an_incoming(*headers: str, text: str = "Yes, call me.") -> Incoming:
    """The same mail, read."""
    return read_mail(a_mail(*headers, text=text))


def parts(*bodies: str) -> str:
    """Body of a multipart with the boundary `b`; each part begins with its headers."""
    return "".join(f"--b\n{body}\n" for body in bodies) + "--b--\n"


def a_report(*groups: str, said: str = "Sorry.", returned: str = OURS) -> bytes:
    """A delivery report with those recipient groups."""
    fields = "\n\n".join(("Reporting-MTA: dns; mx.example", *groups))
    return a_mail(
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Subject: Delivery Status Notification (Failure)",
        "Auto-Submitted: auto-replied",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        text=parts(
            f"Content-Type: text/plain\n\n{said}",
            f"Content-Type: message/delivery-status\n\n{fields}",
            f"Content-Type: message/rfc822\n\n{returned}",
        ),
    )


def a_group(address: str, status: str, diagnostic: str, action: str = "failed") -> str:
    """Fields of one recipient of a report."""
    return (
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {diagnostic}"
    )


def a_machine_mail(subject: str, text: str) -> bytes:
    """A plain mail of a mail system."""
    return a_mail("From: MAILER-DAEMON@mx.example", f"Subject: {subject}", "In-Reply-To", text=text)
