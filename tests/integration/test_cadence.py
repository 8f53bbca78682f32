"""A cadence through a real Postfix and a real Dovecot, sent and read by a real daemon process."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from fakes.authority import client_tls
from imapclient import IMAPClient
from servers.child import wait_until
from servers.dovecot import dovecot
from servers.office import Office, running
from servers.postfix import postfix

pytestmark = pytest.mark.real_server

PASSWORDS = {
    "ana@seller.example": "ana's",
    "zoe@buyer.example": "zoe's",
    "bob@buyer.example": "bob's",
}
SECRETS = {"SEQUENCER_MAILBOXES__ANA__PASSWORD": PASSWORDS["ana@seller.example"]}
CADENCE = """\
cadence: {slug}
title: Three mails
schedule: {{window: {{mon-sun: ["00:00-24:00"]}}, timezone: workspace, jitter_minutes: 0}}
from: {{mailboxes: [ana]}}
steps:
  - {{id: one, email: one.md}}
  - {{id: two, wait: {wait}, email: two.md}}
  - {{id: three, wait: {wait}, email: two.md}}
"""
FIRST = '---\nsubject: "Café, {{ first_name }}?"\n---\nHello {{ first_name }}, how are you?\n'
SECOND = "---\n{}\n---\nOnly to say that I am still here, {{ first_name }}.\n"
SETTINGS = """\
sending: {{poll_s: 5}}
limits: {{per_domain: null, per_person_day: null, per_person_week: null}}
web: {{port: 0, public_url: "https://go.seller.example"}}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: other
    smtp: {{host: localhost, port: {smtp}, tls: starttls}}
    imap: {{host: localhost, port: {imaps}, tls: tls}}
    ca_file: {ca}
    gap_s: 0
    keeps_sent_copy: false
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Real servers, a workspace and a daemon; the daemon ends in order when it is asked to."""
    root = tmp_path_factory.mktemp("office")
    with dovecot(PASSWORDS) as store, postfix(store, list(PASSWORDS)) as relay:
        (root / "config/cadences").mkdir(parents=True)
        for slug, wait in (("quick", "0 minutes"), ("slow", "2 days")):
            (root / f"config/cadences/{slug}.yaml").write_text(CADENCE.format(slug=slug, wait=wait))
            (root / f"templates/{slug}").mkdir(parents=True)
            (root / f"templates/{slug}/one.md").write_text(FIRST)
            (root / f"templates/{slug}/two.md").write_text(SECOND)
        (root / "config/sequencer.yaml").write_text(
            SETTINGS.format(smtp=relay.smtp, imaps=store.imaps, ca=store.folder / "ca.pem")
        )
        (root / ".sequencer").mkdir()
        (root / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")
        made = Office(root, store, PASSWORDS, SECRETS)
        done = made.run("apply")
        assert done.returncode == 0, done.stderr
        with running(made):
            yield made


def ancestors(mail: EmailMessage) -> int:
    """How many mails of its thread came before."""
    return len(str(mail["References"] or "").split())


def test_mails_arrive_in_one_thread(office: Office) -> None:
    """Three mails arrive, each answering the one before, under the same subject."""
    office.enrol("quick", "zoe@buyer.example")
    wait_until("the third mail", lambda: len(office.inbox("zoe@buyer.example")) == 3)
    # A relay delivers mails of the same second in any order.
    first, second, third = sorted(office.inbox("zoe@buyer.example"), key=ancestors)
    assert first["Subject"] == "Café, Zoe?"
    assert first["In-Reply-To"] is None
    assert second["Subject"] == third["Subject"] == "Re: Café, Zoe?"
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert first["From"].addresses[0].display_name == "Ana Ruiz"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {part.get_content_type() for part in first.walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }
    wait_until("the end", lambda: office.state("zoe@buyer.example") == ("finished", "completed"))


def test_reply_stops_within_seconds(office: Office) -> None:
    """A reply delivered by LMTP ends the cadence, announced by IDLE; it stays unread."""
    office.enrol("slow", "bob@buyer.example")
    wait_until("the first mail", lambda: len(office.inbox("bob@buyer.example")) == 1)
    received = office.inbox("bob@buyer.example")[0]
    reply = EmailMessage()
    reply["From"], reply["To"] = "Bob <bob@buyer.example>", "ana@seller.example"
    reply["Subject"] = f"Re: {received['Subject']}"
    reply["Message-ID"] = "<answer-1@buyer.example>"
    reply["In-Reply-To"] = received["Message-ID"]
    reply.set_content("Sounds good, let us talk.\n")
    office.dovecot.deliver("ana@seller.example", reply.as_bytes(), "bob@buyer.example")
    wait_until("the stop", lambda: office.state("bob@buyer.example") == ("finished", "replied"), 6)
    assert office.kinds("bob@buyer.example")[-4:] == ["received", "finished", "cancelled", "task"]
    client = IMAPClient("localhost", port=office.dovecot.imaps, ssl_context=client_tls())
    client.login("ana@seller.example", PASSWORDS["ana@seller.example"])
    client.select_folder("INBOX", readonly=True)
    assert client.search(["UNSEEN"]) == client.search()
    client.logout()


def test_bounce_suppresses(office: Office) -> None:
    """A delivery report of the real server ends the cadence and suppresses the address."""
    office.enrol("slow", "ghost@gone.example")
    wait_until("the bounce", lambda: office.state("ghost@gone.example") == ("finished", "bounced"))
    listed = office.answer("suppress", "list")
    assert [(each["suppression"]["key"], each["suppression"]["reason"]) for each in listed] == [
        ("ghost@gone.example", "bounced")
    ]


def test_second_daemon_refuses(office: Office) -> None:
    """A second daemon on the same SQLite file ends at once with a sentence that says what to do."""
    done = office.run("run")
    assert done.returncode == 1
    assert "in use by process" in done.stderr
    assert "PostgreSQL" in done.stderr
    assert "Traceback" not in done.stderr


def test_twenty_megabytes(office: Office) -> None:
    """A mail of 20 MB from somebody we write to silences that person, and delays nobody else."""
    office.enrol("slow", "big@void.example")
    wait_until("the first mail", lambda: office.answer("status")["mailboxes"][0]["waiting"] == 1)
    huge = EmailMessage()
    huge["From"], huge["To"] = "big@void.example", "ana@seller.example"
    huge["Subject"], huge["Message-ID"] = "Our brochure", "<huge@void.example>"
    huge.set_content("Please find it attached.\n")
    huge.add_attachment(b"\x00" * 15_000_000, maintype="application", subtype="octet-stream")
    office.dovecot.deliver("ana@seller.example", huge.as_bytes(), "big@void.example")
    office.enrol("slow", "late@void.example")
    wait_until("mail to others", lambda: "sent" in office.kinds("late@void.example"))
    wait_until("the silence", lambda: office.state("big@void.example")[0] != "active")
    assert "received" in office.kinds("big@void.example")


def test_nothing_was_broken(office: Office) -> None:
    """After all of it the ledger proves every promise, and the Sent folder has every mail."""
    findings = office.answer("verify")
    assert findings["details"] == []
    client = IMAPClient("localhost", port=office.dovecot.imaps, ssl_context=client_tls())
    client.login("ana@seller.example", PASSWORDS["ana@seller.example"])
    assert client.select_folder("Sent", readonly=True)[b"EXISTS"] == findings["sends"]
    client.logout()
