"""The settings of a workspace whose mailboxes are the sandbox's."""

from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.adapters.sandbox.field_reps import FIELD_REPS, FieldRep
from sequencer.adapters.sandbox.mail_world import MailWorld


@dataclass(frozen=True, slots=True)
class Rep:
    """A rep's mailbox in the sandbox."""

    key: str
    name: str
    address: str
    tz: str
    password: str
    phone: str


# Those of the example settings, so that the example cadence names them.
REPS = (
    Rep(
        "ana",
        "Ana Ruiz",
        "ana@closing-days.example",
        "Europe/Madrid",
        "sandbox-ana",
        "+34 910 000 001",
    ),
    Rep(
        "luis",
        "Luis Ortega",
        "luis@closing-days.example",
        "America/Mexico_City",
        "sandbox-luis",
        "+52 55 5000 0001",
    ),
)
PASSWORDS: Mapping[str, str] = {rep.address: rep.password for rep in REPS}
HOOK_KEY = "sandbox-signing-key"
PUBLIC_URL = "https://go.closing-days.example"

_HEAD = """\
# yaml-language-server: $schema=schema/settings.json
# Written by `sequencer demo`. The servers were there only while it ran.
account_fields: [plan]
workspace:
  name: Closing Days
  timezone: Europe/Madrid
  postal_address: Closing Days, 1 Example Street, 28001 Madrid, Spain
sending:
  probe: false  # these servers are no secret
web:
  host: 127.0.0.1
  port: {web_port}
  public_url: {public_url}
handover:
  to: [territory, round_robin]
  remind_before: 1 day
reps:
{reps}mailboxes:
"""
_REP = """\
  {rep.key}:
    name: {rep.name}
    address: {rep.address}
    timezone: {rep.tz}
"""
_TERRITORY = "    territory: {{countries: [{countries}]}}\n"
_MAILBOX = """\
  {rep.key}:
    address: {rep.address}
    name: {rep.name}
    timezone: {rep.tz}
    values: {{phone: {rep.phone}}}
    provider: other
    keeps_sent_copy: true
    booking_url: https://calendly.com/closing-days/first-talk
    smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: plain}}
    imap: {{host: 127.0.0.1, port: {imap_port}, tls: plain}}
"""


def settings_text(mail: MailWorld, web_port: int) -> str:
    """YAML for config/sequencer.yaml, with the ports on which the servers listen now."""
    mailboxes = [
        _MAILBOX.format(rep=rep, smtp_port=mail.smtp.port, imap_port=mail.imap.port) for rep in REPS
    ]
    reps = "".join(map(_rep_text, FIELD_REPS))
    head = _HEAD.format(web_port=web_port, public_url=PUBLIC_URL, reps=reps)
    return head + "".join(mailboxes)


def _rep_text(rep: FieldRep) -> str:
    territory = _TERRITORY.format(countries=", ".join(rep.countries)) if rep.countries else ""
    return _REP.format(rep=rep) + territory


def environ() -> Mapping[str, str]:
    """The secrets, which settings take from the environment and never from the file."""
    passwords = {f"SEQUENCER_MAILBOXES__{rep.key.upper()}__PASSWORD": rep.password for rep in REPS}
    return {**passwords, "SEQUENCER_HOOKS__CALENDLY__SIGNING_KEYS": HOOK_KEY}
