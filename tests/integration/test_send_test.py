"""A test mail through a real Postfix, while a real daemon reads the mailbox that it left."""

from pathlib import Path

import pytest
from servers.child import wait_until
from servers.dovecot import dovecot
from servers.office import Office, running
from servers.postfix import postfix

pytestmark = pytest.mark.real_server

ANA, BOSS = "ana@seller.example", "boss@seller.example"
PASSWORDS = {ANA: "ana's", BOSS: "boss's"}
SECRETS = {"SEQUENCER_MAILBOXES__ANA__PASSWORD": PASSWORDS[ANA]}
CADENCE = """\
cadence: intro
title: Two mails and a call
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: call, wait: 1 day, call: call.md}
  - {id: two, wait: 1 day, email: two.md}
"""
TEMPLATES = {
    "one.md": '---\nsubject: "Café, {{ first_name }}?"\n---\nHello {{ first_name }}!\n',
    "call.md": "Ask {{ first_name }}.\n",
    "two.md": "Only to say that I am still here, {{ first_name }}.\n",
}
SETTINGS = """\
sending: {{poll_s: 5, probe: false}}
web: {{port: 0, public_url: "https://go.seller.example"}}
test_recipients: [boss@seller.example]
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: other
    smtp: {{host: localhost, port: {smtp}, tls: starttls}}
    imap: {{host: localhost, port: {imaps}, tls: tls}}
    ca_file: {ca}
    keeps_sent_copy: false
"""


def written(root: Path, settings: str) -> None:
    """The files of the workspace."""
    (root / "config/cadences").mkdir(parents=True)
    (root / "config/cadences/intro.yaml").write_text(CADENCE)
    (root / "templates/intro").mkdir(parents=True)
    for name, text in TEMPLATES.items():
        (root / "templates/intro" / name).write_text(text)
    (root / "config/sequencer.yaml").write_text(settings)
    (root / ".sequencer").mkdir()
    (root / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")


def test_arrives_as_one_thread(tmp_path: Path) -> None:
    """Both mails arrive, the second answering the first; they count, and nobody else gets any."""
    with dovecot(PASSWORDS) as store, postfix(store, list(PASSWORDS)) as relay:
        ca = store.folder / "ca.pem"
        written(tmp_path, SETTINGS.format(smtp=relay.smtp, imaps=store.imaps, ca=ca))
        office = Office(tmp_path, store, PASSWORDS, SECRETS)
        with running(office):
            done = office.answer("send-test", "intro", "--to", BOSS, "--yes")
            assert [(each["step"], each["accepted"]) for each in done["mails"]] == [
                ("one", True),
                ("two", True),
            ]
            wait_until("both mails", lambda: len(office.inbox(BOSS)) == 2)
            second, first = sorted(office.inbox(BOSS), key=lambda mail: mail["In-Reply-To"] is None)
            assert first["Subject"] == "Café, Grace?"
            assert second["Subject"] == "Re: Café, Grace?"
            assert second["In-Reply-To"] == first["Message-ID"]
            assert first["X-Sequencer-Test"] == second["X-Sequencer-Test"] == "yes"
            assert first["To"].addresses[0].addr_spec == BOSS
            [mailbox] = office.answer("status")["mailboxes"]
            assert mailbox["usage"]["sent_24h"] == 2
            assert office.inbox(ANA) == []
