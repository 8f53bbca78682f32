"""What a mail costs between the row that is due and its bytes, against the standard library.

Each part in a process of its own, for a step of two parts of 4 kB, in English and with letters that
are not ASCII:

- `render`: the template filled in for a person, both parts.
- `sign`: the opt-out token, its two URIs, the Message-ID and the mark of our own.
- `compose`: from the draft to the bytes.
- `all`: what the engine does, from an enrollment and a step to the bytes.
- `email_message`: from the same draft to bytes by EmailMessage, as most programs do it.

Prints one JSON line for each, of its quickest round: what else the machine does can only add.
`ratio` is CPU seconds per mail against those of `email_message`.

    python benchmarks/compose.py [--mails 1000] [--profile]
"""

import argparse
import cProfile
import email.policy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from types import CodeType
from typing import Any

from kit.measure import Cost, alone, peak_mib, say

from sequencer.domain.cadence import Version
from sequencer.domain.enrollment import Enrollment
from sequencer.domain.prospect import Prospect
from sequencer.engine.compose_mail import compose_step, draft_step
from sequencer.engine.desk import Case, Desk
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.files.cadence import cadence_from_document
from sequencer.files.template import parse_template, render
from sequencer.mail.compose import compose
from sequencer.mail.draft import Draft, Words
from sequencer.mail.message_id import make_message_id, make_ref
from sequencer.mail.unsubscribe import make_token, unsubscribe_mailto, unsubscribe_url
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect

ROUNDS = 7
PARAGRAPHS = 16
PARTS = ("email_message", "render", "sign", "compose", "all")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY = bytes(32)
DOCUMENT: dict[str, object] = {
    "cadence": "bench",
    "title": "First contact",
    "schedule": {"window": {"mon-sun": ["00:00-24:00"]}, "timezone": "workspace"},
    "from": {"mailboxes": ["box"]},
    "steps": [{"id": "intro", "email": "intro.md"}],
}
SENTENCES = {
    "ascii": (
        "The stock of {{ company }} in Leeds and York",
        "Hello {{ first_name }},",
        "that {{ company }} opened **another shop** made me think of {{ title | or('you') }}.",
        (
            "Those who have a system that knows of every sale seldom need us, as [these notes]"
            "(https://seller.example/notes) say; with a list in each shop it is the hours after a "
            "delivery that hurt, in place number"
        ),
    ),
    "other_letters": (
        "Las existencias de {{ company }} en Málaga y Cádiz",
        "Buenos días, {{ first_name }}:",
        "que {{ company }} abriera **otra tienda** me hizo pensar en {{ title | or('usted') }}.",
        (
            "Quien tiene un sistema que sabe de cada venta rara vez nos necesita, según [estas "
            "notas](https://seller.example/notes); con una lista en cada tienda son las horas "
            "después de la recepción las que más duelen, en el lugar número"
        ),
    ),
}
PEOPLE = {"ascii": ("Ana", "Ruiz"), "other_letters": ("Łukasz", "Żółkiewski")}


def a_template(letters: str) -> str:
    """A step of about 4 kB in each part; a third of its paragraphs hold a value."""
    subject, hello, named, plain = SENTENCES[letters]
    paragraphs = [f"{plain} {number}." for number in range(PARAGRAPHS)]
    paragraphs[::3] = [f"{named} {each}" for each in paragraphs[::3]]
    body = "\n\n".join([hello, *paragraphs, "{{ sender.name }}"])
    return f"---\nsubject: {subject}\n---\n{body}\n"


def a_desk(letters: str) -> Desk:
    """An engine without a database."""
    boxes = {"box": MailboxPolicy("box", "ana@seller.example", " ".join(PEOPLE[letters]))}
    post = "Bench, 1 Example Street, 28001 Madrid, Spain"
    return Desk(Policy(boxes, (KEY,), "https://go.seller.example", postal_address=post))


def people(desk: Desk, letters: str, numbers: Iterable[int]) -> list[Case]:
    """Those who are due."""
    templates = {"intro.md": a_template(letters)}
    version = Version("bench", cadence_from_document(DOCUMENT), templates)
    first, last = PEOPLE[letters]
    cases = []
    for number in numbers:
        address, company = f"lead{number}@firm{number}.example", f"Firm & Sons {number}"
        person = Prospect(address, f"{first} {number}", last, company, language="en")
        enrollment = Enrollment(f"{number:032x}", step="intro", mailbox="box")
        stored = StoredEnrollment(number, number, "bench", version.hash, NOW, enrollment)
        cases.append(Case(stored, StoredProspect(number, person), version, desk.policy))
    return cases


def with_standard_library(draft: Draft) -> bytes:
    """The same mail by EmailMessage, as most programs build it."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = Address(draft.sender.name, addr_spec=draft.sender.address)
    mail["To"] = Address(draft.recipient.name, addr_spec=draft.recipient.address)
    mail["Subject"] = draft.subject
    mail["Date"] = format_datetime(draft.date)
    mail["Message-ID"] = draft.message_id
    mail["List-Unsubscribe"] = ", ".join(f"<{uri}>" for uri in draft.list_unsubscribe)
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["X-Sequencer-Ref"] = draft.ref
    mail.set_content(_whole(draft.text), cte="quoted-printable")
    mail.add_alternative(_whole(draft.html or ""), subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def _whole(words: Words) -> str:
    return words if isinstance(words, str) else "".join(words)


def signed(case: Case) -> tuple[str, ...]:
    """Everything that follows from a key."""
    key = case.stored.enrollment.key
    token = make_token(bytes.fromhex(key), [KEY])
    return (
        unsubscribe_url("https://go.seller.example", token),
        unsubscribe_mailto("ana@seller.example", token),
        make_message_id(key, "intro", case.policy.salt, "seller.example"),
        make_ref(key, "intro", case.policy.salt),
    )


@dataclass(frozen=True)
class Work:
    """What is measured, and how that which it is done to is made of people who are due."""

    do: Callable[[Any], object]
    prepare: Callable[[Case], Any] = lambda case: case


def work_of(part: str, desk: Desk, letters: str) -> Work:
    """One of the parts."""
    template = parse_template("intro.md", a_template(letters))
    sender = {"name": "Ana Ruiz", "email": "ana@seller.example"}

    def drafted(case: Case) -> Draft:
        return draft_step(desk, case, "intro", [], NOW)

    def valued(case: Case) -> dict[str, object]:
        return {**case.person.prospect.values(), "sender": sender}

    works = {
        "email_message": Work(with_standard_library, drafted),
        "render": Work(lambda values: render(template, values), valued),
        "sign": Work(signed),
        "compose": Work(compose, drafted),
        "all": Work(lambda case: compose_step(desk, case, "intro", [], NOW)),
    }
    return works[part]


def measured(part: str, letters: str, mails: int) -> dict[str, Any]:
    """Figures of the quickest round; nobody is written to twice."""
    desk = a_desk(letters)
    work = work_of(part, desk, letters)
    costs = []
    for number in range(ROUNDS):
        cases = people(desk, letters, range(number * mails, (number + 1) * mails))
        items = [work.prepare(case) for case in cases]
        cost = Cost()
        with cost:
            for item in items:
                work.do(item)
        costs.append(cost)
    best = min(costs, key=lambda cost: cost.cpu_s)
    return {
        "n": mails,
        "seconds": best.seconds,
        "cpu_s": best.cpu_s,
        "us_per_mail": best.cpu_s / mails * 1e6,
        "peak_mib": peak_mib(),
    }


def profile(letters: str, mails: int) -> list[str]:
    """The ten functions in which `all` spends most by themselves, with their calls per mail."""
    desk = a_desk(letters)
    work = work_of("all", desk, letters)
    first, *others = people(desk, letters, range(mails))
    work.do(first)
    profiler = cProfile.Profile()
    profiler.enable()
    for case in others:
        work.do(case)
    profiler.disable()
    stats = profiler.getstats()
    every = sum(entry.inlinetime for entry in stats)
    heaviest = sorted(stats, key=lambda entry: -entry.inlinetime)[:10]
    return [
        f"{entry.inlinetime / every:.1%} {_name(entry.code)}, {entry.callcount / len(others):g}"
        for entry in heaviest
    ]


def _name(code: CodeType | str) -> str:
    if isinstance(code, str):  # a function that is not written in Python
        return code
    return f"{Path(code.co_filename).name} {code.co_name}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Write mails.")
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--profile", action="store_true", help="say where the CPU goes")
    given = parser.parse_args()
    for letters in SENTENCES:
        desk = a_desk(letters)
        octets = len(compose_step(desk, people(desk, letters, [1])[0], "intro", [], NOW).data)
        base = 0.0
        for part in PARTS:
            mails = given.mails if part != "email_message" else max(given.mails // 10, 1)
            figures = alone(measured, part, letters, mails)
            base = base or figures["us_per_mail"]
            ratio = figures["us_per_mail"] / base
            say(f"compose/{part}", letters=letters, octets=octets, **figures, ratio=ratio)
        if given.profile:
            say("compose/profile", letters=letters, heaviest=profile(letters, given.mails))


if __name__ == "__main__":
    main()
