"""The settings of a workspace whose mailboxes are the sandbox's."""

from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.adapters.sandbox.mail_world import MailWorld


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep's mailbox in the sandbox."""

    key: str
    name: str
    address: str
    tz: str
    password: str


ANA = Rep("ana", "Ana Ruiz", "ana@outreach.example", "Europe/Madrid", "sandbox-ana")
LUIS = Rep("luis", "Luis Ferreira", "luis@outreach.example", "Europe/Lisbon", "sandbox-luis")
REPS = (ANA, LUIS)
PASSWORDS: Mapping[str, str] = {rep.address: rep.password for rep in REPS}
HOOK_KEY = "sandbox-signing-key"

_HEAD = """\
# Written by `sequencer demo`. The servers were there only while it ran.
workspace:
  name: Sandbox
  timezone: Europe/Madrid
  postal_address: Outreach Example, 1 Sandbox Street, 28001 Madrid, Spain
web:
  host: 127.0.0.1
  port: {web_port}
  public_url: http://127.0.0.1:{web_port}
hooks:
  calendly:
    signing_keys: [{hook_key}]
mailboxes:
"""
_MAILBOX = """\
  {rep.key}:
    address: {rep.address}
    name: {rep.name}
    timezone: {rep.tz}
    username: {rep.address}
    password: {rep.password}
    keeps_sent_copy: true
    smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: plain}}
    imap: {{host: 127.0.0.1, port: {imap_port}, tls: plain}}
"""


def settings_text(mail: MailWorld, web_port: int) -> str:
    """YAML for config/sequencer.yaml, with the ports on which the servers listen now."""
    mailboxes = [
        _MAILBOX.format(rep=rep, smtp_port=mail.smtp.port, imap_port=mail.imap.port) for rep in REPS
    ]
    return _HEAD.format(web_port=web_port, hook_key=HOOK_KEY) + "".join(mailboxes)
