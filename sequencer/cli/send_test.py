"""`sequencer send-test`: a mail as prospects would get it, to one of ourselves."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sequencer.cli.desk import json_option, opened, print_json
from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.paragraph import Line, show
from sequencer.cli.preview_choice import chosen, person_of, written_in

if TYPE_CHECKING:
    from sequencer.bootstrap import Workspace
    from sequencer.cli.preview_choice import Choice
    from sequencer.engine.send_test import Trial, Tried


@click.command("send-test")
@click.argument("cadence")
@click.option("--to", "recipient", required=True, metavar="ADDRESS", help="One of ourselves.")
@click.option("--step", default="", metavar="STEP", help="This mail alone; by default every mail.")
@click.option("--as", "person", default="", metavar="ADDRESS", help="What this prospect would get.")
@click.option("--variant", default="", metavar="NAME", help="This wording of a step.")
@click.option("--language", default="", metavar="CODE", help="As if they read this language.")
@click.option("--mailbox", default="", metavar="NAME", help="Through this mailbox.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, cadence: str, *, recipient: str, as_json: bool, **options: Any
) -> None:
    """Send the mails of CADENCE to one of ourselves, through the real mailbox.

    They are what a prospect would get, made from the files as they are now; follow-ups answer each
    other. The address, the Message-ID and the opt-out token are their own, and a header says that
    they are a test. Nobody's cadence moves. They count for the mailbox as mails by hand. Only
    addresses of mailboxes, of reps and of `test_recipients` in the settings are written to.
    """
    workspace = opened(ctx)
    choice = chosen(written_in(ctx), cadence, options)
    trial = _trial(ctx, workspace, choice, recipient, options["person"])
    subjects = _foretold(workspace, trial)
    if not options["yes"]:
        through = f"through {trial.wish.mailbox}"
        click.echo(f"To {recipient}, {through}:\n" + "\n".join(subjects), err=True)
        click.confirm(f"Send {len(subjects)}?", abort=True, err=True)
    done = asyncio.run(_sent(workspace, trial))
    if as_json:
        print_json({"to": recipient, "mailbox": trial.wish.mailbox, "mails": done})
    else:
        show(Line(_told(each), style="" if each.accepted else "red") for each in done)
    if not all(each.accepted for each in done):
        ctx.exit(EXIT_FAILED)


def _trial(
    ctx: click.Context, workspace: "Workspace", choice: "Choice", recipient: str, person: str
) -> "Trial":
    from sequencer.engine.preview import mailbox_for
    from sequencer.engine.send_test import Trial

    found = person_of(ctx, choice, person) if person else choice.invented[0]
    wish = found.wish(choice.wish)
    mailbox = mailbox_for(choice.desk, choice.version, wish)
    return Trial(
        recipient=recipient.strip(),
        version=choice.version,
        person=choice.person(found.prospect),
        wish=replace(wish, mailbox=mailbox),
        key=workspace.new_key(),
        allowed=workspace.settings.test_recipients,
    )


def _foretold(workspace: "Workspace", trial: "Trial") -> list[str]:
    """One line for each mail, before anything leaves."""
    from sequencer.engine.send_test import check_recipient, mails_of

    now = workspace.clock.now()
    with workspace.database.read() as connection:
        check_recipient(connection, workspace.desk.policy, trial, now)
    mails = mails_of(workspace.desk, trial, now)
    if not mails:
        told = (
            "No such mail is for this person; `sequencer preview` shows guides and who gets what."
        )
        raise click.UsageError(told)
    return [f"  {step}: {draft.subject}" for step, draft in mails]


async def _sent(workspace: "Workspace", trial: "Trial") -> "list[Tried]":
    from sequencer.bootstrap import build_world
    from sequencer.engine.send_test import send_test

    name, settings = trial.wish.mailbox, workspace.settings
    alone = {"mailboxes": {name: settings.mailboxes[name]}}  # the others need not be signed in
    world = build_world(replace(workspace, settings=settings.model_copy(update=alone)))
    try:
        return await send_test(world, trial)
    finally:
        await world.close()


def _told(tried: "Tried") -> str:
    end = "accepted" if tried.accepted else f"not accepted: {tried.said}"
    return f"{tried.step}: {tried.subject}: {end}"
