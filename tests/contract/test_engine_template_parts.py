"""What goes into a mail beside the prospect: includes, files, values of accounts and senders."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from email.message import Message
from typing import Any

import pytest
from builders import NOON, a_prospect
from sqlalchemy import event
from stage import DAY, Stage, a_loaded, a_policy

from sequencer.domain.account import account_keys, key_of_account, key_of_domain
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.overrides import Overrides, OverridesError
from sequencer.engine.enroll import Answer, Enrolment, enroll
from sequencer.engine.task_send import Edited, Release, send
from sequencer.store import accounts, tasks
from sequencer.store.database import Database

ZOE, KIM = "zoe@bank.example", "kim@other.example"
INTRO = "---\nsubject: Hello\n---\n"
PDF = b"%PDF-1.7\n\x00 prices"


def codes(answers: list[Answer]) -> list[list[str]]:
    return [[refusal.code for refusal in answer.refusals] for answer in answers]


def applied(stage: Stage, text: str, templates: Mapping[str, str] | None = None) -> None:
    """A cadence of one mail with that text."""
    texts = {"intro.md": f"{INTRO}{text}\n", **(templates or {})}
    stage.apply(a_loaded(texts, steps=[{"id": "intro", "email": "intro.md"}]))


def with_files(stage: Stage, *steps: Any) -> None:
    """A cadence with these steps and two files."""
    files = {"prices.pdf": b64encode(PDF).decode(), "plan.txt": b64encode(b"plan").decode()}
    loaded = a_loaded(steps=[{"id": "intro", "email": "intro.md"}, *steps])
    stage.apply(replace(loaded, attachments=files))


def tell(stage: Stage, **known: Mapping[str, str]) -> None:
    """Let something be known of companies, by domain."""
    keys = {key_of_domain(f"{name}.example"): fields for name, fields in known.items()}
    stage.write(accounts.replace, keys, NOON)


def text_of(mail: Message) -> str:
    """The plain text of a mail."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def files_of(mail: Message) -> list[tuple[str | None, object]]:
    """Name and content of each file of a mail."""
    parts = [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
    return [(part.get_filename(), part.get_payload(decode=True)) for part in parts]


def test_accounts_are_kept_and_replaced(database: Database) -> None:
    """What is told of a company takes the place of what was known; nothing of others changes."""
    with database.write() as connection:
        first = {"domain:a.example": {"tier": "1", "plan": "x"}, "domain:b.example": {"tier": "2"}}
        assert accounts.replace(connection, first, NOON) == (2, 0)
        again = {"domain:a.example": {"tier": "9"}, "domain:b.example": {"tier": "2"}}
        assert accounts.replace(connection, again, NOON + DAY) == (0, 1)
        found = accounts.of(connection, ["domain:a.example", "domain:c.example"])
        assert found == {"domain:a.example": {"tier": "9"}}
        assert accounts.forget(connection, ["domain:a.example", "domain:c.example"]) == 1
        assert accounts.forget(connection, []) == 0
        assert accounts.of(connection, []) == {}
        assert accounts.of(connection, list(first)) == {"domain:b.example": {"tier": "2"}}


def test_keys_of_an_account() -> None:
    """The account of the import counts more than the domain; a public provider is no company."""
    person = a_prospect(email="zoe@bank.example", account=" Acme  Group ")
    assert account_keys(person) == ("account:acme group", "domain:bank.example")
    assert key_of_account("ACME group") == "account:acme group"
    assert account_keys(a_prospect(email="zoe@gmail.com", account="")) == ()


async def test_values_of_the_account_are_printed(each_stage: Stage) -> None:
    """What is known by the domain, and before it by the account, stands in the mail."""
    stage = each_stage
    applied(stage, "{{ account.plan }} {{ account.tier | or('none') }} {{ account }}")
    tell(stage, bank={"plan": "gold", "tier": "1"})
    stage.write(accounts.replace, {"account:acme": {"tier": "7"}}, NOON)
    stage.bring_in(a_prospect(email=ZOE, account="Acme"))
    assert codes(stage.enroll(ZOE)) == [[]]
    await stage.work()
    assert text_of(stage.mails(ZOE)[0]).startswith("gold 7 Acme\n")


def test_a_missing_value_of_the_account_is_refused(each_stage: Stage) -> None:
    """The gate names each value that the account lacks, and lets in whoever has them."""
    stage = each_stage
    applied(stage, "{{ account.plan }} {{ account.size }} {{ account.tier | or('none') }}")
    tell(stage, bank={"plan": "gold", "size": "9"})
    stage.bring_in(ZOE, KIM)
    missing = ["missing_variable:account.plan", "missing_variable:account.size"]
    assert codes(stage.enroll(ZOE, KIM)) == [[], missing]


async def test_a_value_that_is_gone_later_holds_the_mail(stage: Stage) -> None:
    """What was there at enrolment and is not when the mail is due parks the enrollment."""
    applied(stage, "{{ account.plan }}")
    tell(stage, bank={"plan": "gold"})
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.write(accounts.forget, [key_of_domain("bank.example")])
    await stage.work()
    held = stage.enrollment(ZOE)
    assert (held.state, held.pause_reason) == (EnrollmentState.PAUSED, PauseReason.REVIEW)
    assert not stage.mails(ZOE)


async def test_accounts_are_read_only_where_a_template_asks(stage: Stage) -> None:
    """A cadence that names no value of accounts never asks for them."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    for engine in (stage.database._writer, stage.database._reader):
        event.listen(engine, "before_cursor_execute", note)
    stage.begin(ZOE)
    await stage.work()
    for engine in (stage.database._writer, stage.database._reader):
        event.remove(engine, "before_cursor_execute", note)
    assert stage.mails(ZOE)
    assert not any("FROM account" in each for each in asked)


async def test_values_of_the_sender_are_those_of_its_mailbox(database: Database) -> None:
    """Each mailbox has its own; what none of a cadence's mailboxes has is missing at the gate."""
    plain = a_policy()
    boxes = {
        name: replace(box, values={"phone": f"+34 {name}"}) for name, box in plain.mailboxes.items()
    }
    stage = Stage(database, replace(plain, mailboxes=boxes))
    applied(stage, "Call {{ sender.phone }}, {{ sender.name }}")
    stage.bring_in(ZOE)
    assert codes(stage.enroll(ZOE)) == [[]]
    await stage.work()
    assert text_of(stage.mails(ZOE)[0]).startswith("Call +34 ana, Ana Ruiz\n")
    applied(stage, "Call {{ sender.mobile }}")
    stage.bring_in(KIM)
    assert codes(stage.enroll(KIM)) == [["missing_variable:sender.mobile"]]


async def test_included_text_in_the_language_of_the_reader(each_stage: Stage) -> None:
    """A Spanish reader gets the Spanish snippet, and the gate knows what it needs."""
    stage = each_stage
    parts = {"shared/ps.md": "PS {{ title }}", "shared/ps.es.md": "PD {{ phone }}"}
    applied(stage, '{% include "shared/ps.md" %}', parts)
    spanish = a_prospect(email=ZOE, language="es-MX", phone="600", title="")
    lacking = a_prospect(email="l@bank.example", language="es", phone="", title="Boss")
    stage.bring_in(spanish, a_prospect(email=KIM, title="Boss", phone=""), lacking)
    answers = stage.enroll(ZOE, KIM, "l@bank.example")
    assert codes(answers) == [[], [], ["missing_variable:phone"]]
    await stage.work()
    assert text_of(stage.mails(ZOE)[0]).startswith("PD 600")
    assert text_of(stage.mails(KIM)[0]).startswith("PS Boss")
    hashes = {stage.sends(each)[0].template_hash for each in (ZOE, KIM)}
    assert len(hashes) == 2


async def test_files_go_with_the_mail_they_belong_to(each_stage: Stage) -> None:
    """The first mail has none; the second takes its own along, of the version as applied."""
    stage = each_stage
    bump = {"id": "bump", "wait": "3 days", "email": "bump.md", "attach": ["prices.pdf"]}
    with_files(stage, bump)
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    with_files(stage, {**bump, "attach": ["plan.txt"]})
    stage.forget_versions()
    await stage.work()
    await stage.work(3 * DAY)
    first, second = stage.mails(ZOE)
    assert not files_of(first)
    assert second.get_content_type() == "multipart/mixed"
    assert files_of(second) == [("prices.pdf", PDF)]


@pytest.mark.parametrize(
    "overrides", [Overrides(start_at="prices"), Overrides(skip=frozenset({"intro"}))]
)
async def test_no_file_with_the_first_mail(each_stage: Stage, overrides: Overrides) -> None:
    """Nobody is let in past the mails above one with a file; the reason names the step."""
    stage = each_stage
    step = {"id": "prices", "wait": "1 day", "email": "intro.md", "attach": ["prices.pdf"]}
    with_files(stage, step)
    stage.bring_in(ZOE)
    wanted = Enrolment("fintech-intro", [ZOE], "test", overrides=overrides.as_json())
    with pytest.raises(OverridesError, match="prices has a file, and may be the first mail"):
        enroll(stage.database, stage.desk, wanted, stage.new_key, NOON)
    for _ in range(3):
        await stage.work(DAY)
    assert stage.mails(ZOE) == []


async def test_a_guard_says_who_gets_a_file(each_stage: Stage) -> None:
    """It is asked when the mail is written, with what is known then of the steps before."""
    stage = each_stage
    attach = [
        {"file": "prices.pdf", "when": 'stage == "customer"'},
        {"file": "plan.txt", "when": "intro.sent and not call.connected"},
    ]
    with_files(stage, {"id": "bump", "wait": "3 days", "email": "bump.md", "attach": attach})
    stage.bring_in(a_prospect(email=ZOE, stage="customer"), KIM)
    stage.enroll(ZOE, KIM)
    await stage.work()
    await stage.work(3 * DAY)
    assert files_of(stage.mails(ZOE)[1]) == [("prices.pdf", PDF), ("plan.txt", b"plan")]
    assert files_of(stage.mails(KIM)[1]) == [("plan.txt", b"plan")]


async def test_a_mail_that_a_rep_releases_has_its_files(stage: Stage) -> None:
    """A manual mail takes its files along, also where the rep has changed the words."""
    manual = {"id": "m", "wait": "3 days", "manual_email": "bump.md", "attach": ["plan.txt"]}
    with_files(stage, manual)
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    await stage.work(3 * DAY)
    with stage.database.read() as connection:
        [task] = tasks.of_enrollment(connection, stage.stored(ZOE).id)
    edited = Edited("About the plan", "See the file.")
    stage.write(send, stage.desk, task.id, Release("ana", edited), stage.clock.now())
    await stage.work()
    mail = stage.mails(ZOE)[1]
    assert files_of(mail) == [("plan.txt", b"plan")]
    assert text_of(mail).startswith("See the file.\n")
