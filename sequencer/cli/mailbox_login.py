"""`sequencer mailbox login`: let somebody sign in to a mailbox at its provider."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from sequencer.cli.desk import json_option, print_json, with_workspace
from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.mailbox_words import ends
from sequencer.cli.paragraph import Line, show

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.engine.sign_in import SignedIn, SignInProvider
    from sequencer.files.mailbox_settings import MailboxSettings
    from sequencer.mail.sign_in import DevicePrompt, Grant

GUIDE = "docs/how-to/connect-a-mailbox.md"


@click.command("login")
@click.argument("address")
@click.option("--device", is_flag=True, help="Show a code to enter on any other device.")
@click.option("--no-browser", is_flag=True, help="Open no browser; only show the address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    show_default="any that is free",
    help="Where to wait for the browser on this machine.",
)
@click.option(
    "--wait",
    type=click.IntRange(30, 3_600),
    default=600,
    show_default=True,
    help="Seconds that the person may take.",
)
@json_option
@click.pass_context
@with_workspace
def login(
    workspace: "Workspace",
    ctx: click.Context,
    *,
    address: str,
    device: bool,
    as_json: bool,
    **options: int,
) -> None:
    """Sign in to the mailbox ADDRESS, which is set up for OAuth; its name will do as well.

    The provider's page opens in a browser on this machine; or, with --device, a code is shown that
    is entered on another one, where the provider has that. What the provider gives is stored,
    encrypted, for all daemons. Ends with 1 if the mailbox cannot be used with it.
    """
    name = _named(workspace.settings.mailboxes, address)
    wait_s, port = options["wait"], options["port"]
    opens = not options["no_browser"] and _has_screen(os.environ)
    expected = _expected(workspace.settings.mailboxes[name])

    async def by(provider: "SignInProvider") -> "Grant":
        if device:
            return await provider.by_device(_tell_code, wait_s=wait_s)

        def show_page(url: str) -> None:
            _tell_page(url, expected, opens=opens)

        return await provider.by_browser(expected, show_page, wait_s=wait_s, port=port)

    from sequencer.bootstrap import sign_in

    found = asyncio.run(sign_in(workspace, name, by))
    if as_json:
        print_json(as_object(found))
    else:
        show(lines(found))
    if not (found.smtp.is_ok and found.imap.is_ok):
        ctx.exit(EXIT_FAILED)


def lines(found: "SignedIn") -> Iterator[Line]:
    """The answer for people."""
    who = f" as {', '.join(found.accounts)}" if found.accounts else ""
    yield Line(f"{found.mailbox} <{found.address}> is signed in{who}.", style="bold")
    if found.ends_at is not None:
        yield Line(ends(found.ends_at), style="yellow")
    for name, greeting in (("smtp", found.smtp), ("imap", found.imap)):
        if greeting.is_ok:
            yield Line("works", f"    {name:<6}")
        else:
            yield Line(greeting.problem, f"    {name:<6}", "red")
    if not (found.smtp.is_ok and found.imap.is_ok):
        yield Line(
            "The sign-in is stored. The provider may need SMTP and IMAP to be allowed for this "
            f"mailbox, see {GUIDE}; then `sequencer mailbox check {found.mailbox}`."
        )


def as_object(found: "SignedIn") -> dict[str, object]:
    """The same for programs."""
    return {
        "mailbox": found.mailbox,
        "address": found.address,
        "accounts": found.accounts,
        "ends_at": found.ends_at,
        "smtp": {"ok": found.smtp.is_ok, "problem": found.smtp.problem},
        "imap": {"ok": found.imap.is_ok, "problem": found.imap.problem},
    }


def _named(mailboxes: "Mapping[str, MailboxSettings]", wanted: str) -> str:
    """The name of the mailbox that has this address or name, and OAuth in its settings."""
    named = {name.casefold(): name for name in mailboxes}
    named |= {each.address.casefold(): name for name, each in mailboxes.items()}
    if wanted.casefold() not in named:
        known = ", ".join(each.address for each in mailboxes.values()) or "none"
        raise click.UsageError(f"No mailbox has the address {wanted}. There are: {known}.")
    name = named[wanted.casefold()]
    if mailboxes[name].oauth is None:
        raise click.ClickException(
            f"The mailbox {name} is not set up for OAuth: it needs `auth: xoauth2`, and an "
            f"application that is registered at its provider. See {GUIDE}."
        )
    return name


def _expected(settings: "MailboxSettings") -> str:
    account = settings.oauth.account if settings.oauth else ""
    return account or settings.username or settings.address


def _has_screen(environ: Mapping[str, str]) -> bool:
    """Whether a browser would be seen: one in a terminal would only take it over."""
    return sys.platform != "linux" or any(environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def _tell_page(url: str, expected: str, *, opens: bool) -> None:
    click.echo(f"Sign in as {expected}, with a browser on this machine:\n\n{url}\n", err=True)
    if opens:
        click.launch(url)


def _tell_code(prompt: "DevicePrompt") -> None:
    click.echo(f"Enter the code {prompt.code} on {prompt.page}, on any device.", err=True)
