"""`sequencer classify`: what one mail is, as one line of JSON."""

from typing import BinaryIO

import click


@click.command("classify")
@click.argument("file", type=click.File("rb"), default="-")
def command(file: BinaryIO) -> None:
    """Read one mail, from FILE or from standard input, and print what it is.

    One line of JSON: kind, recipients, permanent, action, meeting_status, events, return_on,
    intent, new_text, evidence and more. Nothing is looked up and nothing is stored.
    """
    import json

    from sequencer.files.language_rules import load_rules
    from sequencer.mail.classify import classify
    from sequencer.mail.incoming import MAX_MAIL
    from sequencer.mail.verdict_json import verdict_as_json

    raw = file.read(MAX_MAIL + 1)
    click.echo(json.dumps(verdict_as_json(classify(raw, load_rules()))))
