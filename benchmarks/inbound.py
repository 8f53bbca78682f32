"""How many incoming mails does one core read, understand and match with what was sent?

Ordinary answers are made: two parts, the mail that is answered quoted below, a signature; half of
them known by In-Reply-To, a quarter by the link in the quoted text, a quarter by their sender. Or
every `.eml` file of a folder is read. Prints one JSON line for each part, per CPU second.

    python benchmarks/inbound.py [--mails 1000] [--folder PATH]
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING

from kit.filled import Filling, fill
from kit.measure import Cost, say
from kit.world import loaded, opened

from sequencer.engine.match import match
from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.unsubscribe import make_token, unsubscribe_url

if TYPE_CHECKING:
    from sequencer.mail.verdict import Verdict

ENROLLED = 20_000
PARAGRAPH = (
    "You opened another shop this spring. How do the two share their stock? I ask because the "
    "three ways that we see people go about it cost rather different amounts of work."
)
ANSWER = "Thank you, that sounds interesting. Could you send me the figures for shops of our size?"


def answers(mails: int, keys: Sequence[bytes]) -> Iterator[bytes]:
    """Answers of people who were written to."""
    for number in range(1, mails + 1):
        quoted = [PARAGRAPH] * 8
        if number % 4 == 2:
            token = make_token((number * 7919).to_bytes(16, "big"), keys)
            quoted.append(unsubscribe_url("https://go.seller.example", token))
        yield an_answer(number, quoted)


def an_answer(number: int, quoted: Sequence[str]) -> bytes:
    """One of them, as the usual programs write it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Ana Ruiz <lead{number}@firm{number // 4}.example>"
    mail["To"] = "Ana Ruiz <box0@seller.example>"
    mail["Subject"] = "Re: The stock of your shops"
    mail["Date"] = "Mon, 23 Nov 2026 09:30:00 +0100"
    mail["Message-ID"] = f"<answer{number}@firm{number // 4}.example>"
    if number % 4 in {1, 3}:
        mail["In-Reply-To"] = f"<{number}@seller.example>"
        mail["References"] = mail["In-Reply-To"]
    below = "\r\n".join(f"> {line}\r\n>" for line in quoted)
    head = "On Mon, 23 Nov 2026 at 09:12, Ana Ruiz <box0@seller.example> wrote:"
    mail.set_content(f"{ANSWER}\r\n\r\nBest regards,\r\nAna\r\n\r\n{head}\r\n\r\n{below}\r\n")
    inner = "".join(f"<p>{line}</p>" for line in quoted)
    quote = f'<div class="gmail_quote">{head}<blockquote>{inner}</blockquote></div>'
    mail.add_alternative(f"<div>{ANSWER}<br>Best regards,<br>Ana</div>{quote}", subtype="html")
    return mail.as_bytes()


def in_folder(folder: Path) -> list[bytes]:
    """Every mail below a folder."""
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix == ".eml"]


def told(what: str, work: Callable[[], int], octets: int) -> None:
    """Measure the work, which gives how many mails it did, and print its line."""
    cost = Cost()
    with cost:
        number = work()
    per_s = round(number / cost.cpu_s)
    say(what, n=number, seconds=cost.seconds, cpu_s=cost.cpu_s, per_cpu_s=per_s, octets=octets)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Read incoming mails.")
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="inbound-") as name:
        root = Path(name)
        workspace = opened(root, f"sqlite:///{root}/filled.db", 10, 25)
        filling = Filling(ENROLLED, 0, 10, workspace.clock.now())
        fill(workspace.database, loaded(root, 10), filling)
        keys = workspace.desk.policy.keys
        mails = in_folder(given.folder) if given.folder else list(answers(given.mails, keys))
        octets = sum(map(len, mails)) // max(len(mails), 1)
        verdicts: list[Verdict] = []
        rules = load_rules()

        def read_all() -> int:
            verdicts.extend(classify(mail, rules) for mail in mails)
            return len(mails)

        def match_all() -> int:
            with workspace.database.read() as connection:
                found = [match(connection, workspace.desk, each) for each in verdicts]
            return len(found)

        told("inbound/parse_and_classify", read_all, octets)
        told("inbound/match", match_all, octets)
        verdicts.clear()
        told("inbound/all", lambda: read_all() * (match_all() > 0), octets)
        workspace.close()


if __name__ == "__main__":
    main()
