"""Signing in to a mailbox, in words."""

from dataclasses import replace
from datetime import UTC, datetime

import click
import pytest

from sequencer.cli.mailbox_login import _expected, _has_screen, _named, as_object, lines
from sequencer.engine.sign_in import SignedIn
from sequencer.files.mailbox_settings import MailboxSettings
from sequencer.mail.greeting import Greeting

ANA = "ana@seller.example"
GOOD = SignedIn("ana", ANA, (ANA,), None, Greeting(), Greeting())


def settings(**more: object) -> MailboxSettings:
    written = {"address": ANA, "name": "Ana Ruiz", "provider": "microsoft_365", **more}
    return MailboxSettings.model_validate(written)


MAILBOXES = {
    "ana": settings(oauth={"client_id": "cid"}),
    "luis": settings(address="Luis@seller.example"),
}


def shown(found: SignedIn) -> list[str]:
    return [f"{line.margin}{line.text}" for line in lines(found)]


def test_works() -> None:
    """Who signed in, and that both servers take it."""
    assert shown(GOOD) == [
        f"ana <{ANA}> is signed in as {ANA}.",
        "    smtp  works",
        "    imap  works",
    ]


def test_ends_by_itself() -> None:
    """A sign-in that ends says when, and what to do."""
    found = replace(GOOD, ends_at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert shown(found)[1].startswith("The provider ends this sign-in on 2026-03-09 12:00 UTC")


def test_not_allowed() -> None:
    """What a server says against it is shown, and how to go on."""
    found = replace(GOOD, accounts=(), smtp=Greeting("535 5.7.139 disabled", needs_person=True))
    told = shown(found)
    assert told[0] == f"ana <{ANA}> is signed in."
    assert "    smtp  535 5.7.139 disabled" in told
    assert "`sequencer mailbox check ana`" in told[-1]
    assert as_object(found)["smtp"] == {"ok": False, "problem": "535 5.7.139 disabled"}


@pytest.mark.parametrize("wanted", ["ana", ANA, "ANA@Seller.example"])
def test_named(wanted: str) -> None:
    """A mailbox is meant by its address, however it is written, or by its name."""
    assert _named(MAILBOXES, wanted) == "ana"


def test_unknown() -> None:
    """What is meant by nothing is answered with what there is."""
    with pytest.raises(click.UsageError, match=f"There are: {ANA}, Luis@seller.example"):
        _named(MAILBOXES, "eva@seller.example")
    with pytest.raises(click.UsageError, match="There are: none"):
        _named({}, "ana")


def test_with_a_password() -> None:
    """A mailbox that is not set up for OAuth says what it lacks."""
    with pytest.raises(click.ClickException, match="auth: xoauth2"):
        _named(MAILBOXES, "luis@seller.example")


def test_who_is_expected() -> None:
    """The account that the page is told: the one of the settings, or the user, or the mailbox."""
    oauth = {"client_id": "cid"}
    assert _expected(settings(oauth=oauth)) == ANA
    assert _expected(settings(oauth=oauth, username="ana@corp.example")) == "ana@corp.example"
    assert _expected(settings(oauth={**oauth, "account": "rep@corp.example"})) == "rep@corp.example"


def test_screen() -> None:
    """Without a screen no browser is opened."""
    assert not _has_screen({"DISPLAY": ""})
    assert _has_screen({"WAYLAND_DISPLAY": "wayland-0"})
