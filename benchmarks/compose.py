"""CPU per mail of `mail.compose` against the standard library's EmailMessage, in one run.

Prints a JSON line: microseconds of CPU (medians of several rounds) and their ratio, for a mail in
plain ASCII and for one with letters of other alphabets in its names, subject and words.

    python benchmarks/compose.py
"""

import email.policy
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from sequencer.mail.compose import compose
from sequencer.mail.draft import Draft, Mailbox
from sequencer.mail.message_id import make_message_id, make_ref
from sequencer.mail.unsubscribe import make_token, unsubscribe_mailto, unsubscribe_url

MAILS = 500  # per round
ROUNDS = 7
KEYS = [bytes(32)]
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = {
    "ascii": (
        "Ana Ruiz",
        "Lee Smith",
        "A question about the rollout in Leeds",
        "You opened a second site in Leeds this spring. How do the two share their stock?",
    ),
    "other_letters": (
        "Zoë Nuñez",
        "Łukasz Żółkiewski",
        "¿Cómo reparten las existencias en Málaga?",
        "Este año abrieron otra tienda en Málaga. ¿Cómo comparten las existencias, Łukasz?",
    ),
}


def a_draft(number: int, words: tuple[str, str, str, str]) -> Draft:
    """A follow-up of about a kilobyte of words, with an HTML part and everything optional."""
    sender, recipient, subject, sentence = words
    keys = (f"enrollment-{number}", "bump", "salt")
    parent = make_message_id(keys[0], "intro", "salt", "sender.example")
    token = make_token(number.to_bytes(16, "big"), KEYS)
    paragraphs = [f"Hello {recipient},", *[sentence] * 9, "Best regards,", sender]
    url = unsubscribe_url("https://go.sender.example", token)
    return Draft(
        message_id=make_message_id(*keys, "sender.example"),
        date=START + timedelta(seconds=number),
        sender=Mailbox("rep@sender.example", sender),
        recipient=Mailbox(f"lead{number}@prospect{number}.example", recipient),
        subject=f"Re: {subject}",
        text="\n\n".join(paragraphs) + f"\n\nNo more mail: {url}\n",
        html="".join(f"<p>{each}</p>\n" for each in paragraphs) + f'<a href="{url}">No more</a>\n',
        in_reply_to=parent,
        references=(parent,),
        list_unsubscribe=(url, unsubscribe_mailto("rep@sender.example", token)),
        ref=make_ref(*keys),
    )


def with_standard_library(draft: Draft) -> bytes:
    """The same mail by EmailMessage, as most programs build it."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = Address(draft.sender.name, addr_spec=draft.sender.address)
    mail["To"] = Address(draft.recipient.name, addr_spec=draft.recipient.address)
    mail["Subject"] = draft.subject
    mail["Date"] = format_datetime(draft.date)
    mail["Message-ID"] = draft.message_id
    mail["In-Reply-To"] = draft.in_reply_to
    mail["References"] = " ".join(draft.references)
    mail["List-Unsubscribe"] = ", ".join(f"<{uri}>" for uri in draft.list_unsubscribe)
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["X-Sequencer-Ref"] = draft.ref
    mail.set_content(draft.text, cte="quoted-printable")
    mail.add_alternative(draft.html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def cpu_us(build: Callable[[Draft], bytes], drafts: list[Draft]) -> float:
    """Microseconds of CPU per mail, the median of the rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for draft in drafts:
            build(draft)
        rounds.append((time.process_time() - start) / len(drafts) * 1e6)
    return statistics.median(rounds)


def compared(words: tuple[str, str, str, str]) -> dict[str, float]:
    """Figures of both builders over the same drafts."""
    drafts = [a_draft(number, words) for number in range(MAILS)]
    ours = cpu_us(compose, drafts)
    theirs = cpu_us(with_standard_library, drafts[: MAILS // 10])
    plain_only = cpu_us(compose, [replace(draft, html=None) for draft in drafts])
    return {
        "compose_us": round(ours, 1),
        "compose_plain_text_only_us": round(plain_only, 1),
        "email_message_us": round(theirs, 1),
        "ratio": round(theirs / ours, 1),
        "octets": len(compose(drafts[0])),
    }


if __name__ == "__main__":
    figures = {name: compared(words) for name, words in WORDS.items()}
    print(json.dumps({"what": "compose", "python": sys.version.split()[0], **figures}))
