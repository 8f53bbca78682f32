"""What is said about a mailbox: sign-ins, folders, what was learned and what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON

from sequencer.cli.mailbox_words import (
    NOBODY_KNOWS,
    PARKED,
    SETTLED,
    THEY_FILE,
    WE_FILE,
    as_object,
    lines,
)
from sequencer.domain.capability import Capability
from sequencer.engine.mailbox_check import MailboxCheck
from sequencer.mail.folder import Folder
from sequencer.mail.greeting import Greeting

OK = Greeting(tls="TLSv1.3", folders={Folder.INBOX: "INBOX", Folder.SENT: "Envoyés"})
LEARNED = Capability(
    mailbox="ana",
    server="smtp.example:587 imap.example:993",
    probed_at=NOON - timedelta(hours=30),
    keeps_sent_copy=True,
    keeps_message_id=False,
    keeps_custom_header=True,
    sent_search_lag_s=4,
)
FINE = MailboxCheck(
    name="ana",
    address="ana@seller.example",
    smtp=OK,
    imap=OK,
    folders=dict(OK.folders),
    known=LEARNED,
    files_copies=False,
    resends=True,
)


def said(found: MailboxCheck) -> str:
    return "\n".join(f"{line.margin}{line.text}" for line in lines([found], NOON))


def test_all_is_well() -> None:
    """What was learned is shown with its age and its servers, and what follows from it."""
    text = said(FINE)
    assert "signed in over TLSv1.3" in text
    assert "INBOX, no Junk, no Archive, Sent as Envoyés" in text
    assert "30 hours ago, of smtp.example:587 imap.example:993" in text
    assert "copy in Sent      yes, found after 4 s" in text
    assert "Message-ID kept   no" in text
    assert THEY_FILE in text
    assert SETTLED in text


def test_nothing_is_known() -> None:
    """Nothing learned is said to be nothing, and a mail in doubt waits for a person."""
    text = said(replace(FINE, known=None, files_copies=None, resends=False))
    assert "nothing yet" in text
    assert NOBODY_KNOWS in text
    assert PARKED in text


def test_no_copies() -> None:
    """Where the provider keeps none we file them."""
    known = replace(LEARNED, keeps_sent_copy=False, sent_search_lag_s=None)
    text = said(replace(FINE, known=known, files_copies=True, resends=False))
    assert "copy in Sent      no" in text
    assert WE_FILE in text


def test_still_searching() -> None:
    """A search that goes on says so, and since when."""
    known = Capability("ana", "a:1 b:2", NOON, key="c0ffee", sent_at=NOON)
    assert "so far of the mail of 12:00 UTC" in said(replace(FINE, known=known))


def test_a_problem() -> None:
    """Why nothing was learned is said in its own words."""
    known = Capability("ana", "a:1 b:2", NOON, problem="at rcpt: 550 no")
    assert "problem   at rcpt: 550 no" in said(replace(FINE, known=known))


@pytest.mark.parametrize(("needs_person", "hint"), [(True, "password"), (False, "port")])
def test_no_way_in(*, needs_person: bool, hint: str) -> None:
    """A sign-in that failed has its reason and a hint for it."""
    shut = Greeting("535 wrong", needs_person=needs_person)
    found = replace(FINE, smtp=shut, folders={})
    assert not found.is_ok
    assert "failed: 535 wrong" in said(found)
    assert hint in said(found)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=5), "a moment ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_age(age: timedelta, words: str) -> None:
    """How old the knowledge is, in the unit that fits."""
    assert words in said(replace(FINE, known=replace(LEARNED, probed_at=NOON - age)))


def test_for_programs() -> None:
    """The same as values, with the age in seconds."""
    found = as_object(FINE, NOON)
    assert (found["ok"], found["resends"], found["files_copies"]) == (True, True, False)
    known = found["known"]
    assert isinstance(known, dict)
    assert known["age_s"] == 30 * 3600
    assert found["folders"] == {"inbox": "INBOX", "sent": "Envoyés"}
