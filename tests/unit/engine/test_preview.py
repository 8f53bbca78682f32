"""A preview is what the daemon would send, for people who are in no cadence."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from builders import NOON, a_cadence, a_prospect, a_step, a_version
from stage import a_policy

from sequencer.domain.attachment import Attachment
from sequencer.domain.cadence import Step, StepKind, Thread, Version
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.overrides import Overrides
from sequencer.domain.prospect import Prospect
from sequencer.domain.variant import Variant
from sequencer.engine.desk import Desk
from sequencer.engine.preview import HELD_SUBJECT, KEY, StepPreview, Wish, drafts, preview
from sequencer.engine.preview_list import judge
from sequencer.engine.preview_mail import Attached
from sequencer.engine.preview_people import People, Sample, find_in, matching, samples
from sequencer.mail.unsubscribe import read_token

DESK = Desk(a_policy(postal_address="1 Example Street"))
ZOE = a_prospect(company="Bank Example")
CALL = a_step(id="call", kind=StepKind.CALL, template="guide.md", wait=Delay(1, Unit.DAYS))
GUIDE = "Ask {{ first_name }} about {{ product }}.\n"


def steps_of(version: Version, person: Prospect = ZOE, **wish: Any) -> list[StepPreview]:
    return preview(DESK, version, person, Wish(**wish), NOON)


def test_follow_ups_answer() -> None:
    """Each mail answers the one above it, as if that had been sent."""
    intro, bump, last = steps_of(a_version())
    assert intro.mail is not None
    assert bump.mail is not None
    assert last.mail is not None
    assert (intro.mail.subject, intro.mail.answers) == ("A question about Bank Example", "")
    assert (bump.mail.subject, bump.mail.answers) == ("Re: A question about Bank Example", "intro")
    assert last.mail.answers == "bump"
    first, second = dict(intro.mail.headers), dict(bump.mail.headers)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert (bump.wait, intro.wait) == ("3 business days after `intro`", "with the enrolment")
    assert intro.hours == "mon-fri 08:30-11:30, 13:00-17:00 (Europe/Berlin, the prospect's zone)"


def test_own_thread() -> None:
    """A step with a thread of its own answers nothing."""
    version = a_version()
    steps = (*version.cadence.steps[:2], a_step(id="fresh", thread=Thread.NEW))
    version = replace(version, cadence=replace(version.cadence, steps=steps))
    fresh = steps_of(version)[-1]
    assert fresh.mail is not None
    assert (fresh.mail.subject, fresh.mail.answers) == ("A question about Bank Example", "")


def test_what_stands_below() -> None:
    """The footer is in the text, and its token is one that no daemon believes."""
    [intro] = steps_of(a_version(), step="intro")
    assert intro.mail is not None
    assert intro.mail.text.endswith(f"{intro.mail.opt_out}\n\n1 Example Street\n")
    token = intro.mail.opt_out.rpartition("/")[2]
    assert read_token(token, (KEY,)) is not None
    assert read_token(token, DESK.policy.keys) is None


def test_missing_values() -> None:
    """Somebody of whom nothing is known shows every value that the mail lacks, and is held."""
    nobody = Prospect("office@unknown.example")
    intro, bump, _ = steps_of(a_version(), nobody)
    assert (intro.is_held, intro.mail, intro.missing) == (True, None, ("company", "first_name"))
    assert intro.problems[0].line == 2
    assert (bump.missing, bump.follows_held) == (("first_name",), "intro")


def test_after_a_held_mail() -> None:
    """What follows a held mail is shown as it would be once somebody has helped it on."""
    somebody = Prospect("lee@unknown.example", first_name="Lee")
    intro, bump, _ = steps_of(a_version(), somebody)
    assert intro.missing == ("company",)
    assert bump.mail is not None
    assert bump.mail.subject == f"Re: {HELD_SUBJECT}"
    assert bump.follows_held == "intro"


def test_values_of_the_enrolment() -> None:
    """What is said at the enrolment counts as it would."""
    overrides = Overrides(variables={"company": "Acme"})
    [intro] = steps_of(a_version(), step="intro", overrides=overrides)
    assert intro.mail is not None
    assert intro.mail.subject == "A question about Acme"


def test_guides() -> None:
    """The guide of a call is filled in; one that lacks a value shows which."""
    version = a_version(
        cadence=a_cadence(steps=(CALL,)), templates={"guide.md": GUIDE}, hash="calls"
    )
    known = a_prospect(extra={"product": "loans"})
    [call] = steps_of(version, known)
    assert (call.mail, call.guide) == (None, "Ask Zoë about loans.\n")
    [held] = steps_of(version)
    assert (held.missing, held.guide) == (("product",), "")


def test_variants() -> None:
    """The first wording, the one that is named, or all of them."""
    step = a_step(variants=(Variant("plain", "intro.md"), Variant("short", "last-mail.md")))
    version = a_version(cadence=a_cadence(steps=(step,)))
    assert [each.variant for each in steps_of(version)] == ["plain"]
    [short] = steps_of(version, variant="short")
    assert short.mail is not None
    assert (short.variant, short.template) == ("short", "last-mail.md")
    assert short.mail.subject == "Closing the file"
    both = steps_of(version, all_variants=True)
    assert [each.variant for each in both] == ["plain", "short"]


def test_a_broken_template() -> None:
    """A template that cannot be read is a problem with its line, and no exception."""
    version = a_version(templates={"intro.md": "---\nsubject: Hi\n---\n{{ first_name\n"})
    version = replace(version, cadence=a_cadence(steps=(a_step(),)), hash="broken")
    [intro] = steps_of(version)
    assert intro.is_held
    assert intro.missing == ()
    assert [each.file for each in intro.problems] == ["templates/fintech-intro/intro.md"]


def test_a_broken_piece() -> None:
    """What a template includes from the shared folder is named by its own path."""
    texts = {"intro.md": '---\nsubject: Hi\n---\n{% include "shared/ps.md" %}\n'}
    version = a_version(
        cadence=a_cadence(steps=(a_step(),)),
        templates=texts | {"shared/ps.md": "\n{{ nickname }}\n"},
        hash="pieces",
    )
    [intro] = steps_of(version)
    assert intro.missing == ("nickname",)
    assert [(each.file, each.line) for each in intro.problems] == [("templates/shared/ps.md", 2)]


def waits_of(*steps: Step, person: Prospect = ZOE) -> list[str]:
    return [each.wait for each in steps_of(a_version(cadence=a_cadence(steps=steps)), person)]


def test_waits_behind_guards() -> None:
    """A wait begins after what may have come last, never after a step that excludes this one."""
    call = a_step(id="call", kind=StepKind.CALL, template="bump.md")
    talk = a_step(id="talk", when="call.interested", wait=Delay(3, Unit.HOURS))
    missed = a_step(id="missed", when="not call.interested", wait=Delay(1, Unit.DAYS))
    last = a_step(id="last", wait=Delay(2, Unit.DAYS))
    assert waits_of(call, talk, missed, last) == [
        "with the enrolment",
        "3 hours after `call`",
        "1 day after `call`",
        "2 days after `missed`, `talk` or `call`, the last that happened",
    ]


def test_waits_after_what_changes() -> None:
    """What a call itself changes excludes nothing that follows it; nor do many names."""
    call = a_step(id="call", when="not call.connected", kind=StepKind.CALL, template="bump.md")
    after = a_step(id="after", when="call.connected")
    assert waits_of(call, after)[1] == "with `call` or the enrolment, the last that happened"
    every = " and ".join(f"a{at}.sent" for at in range(9))
    steps = [a_step(id=f"a{at}") for at in range(9)]
    most = a_step(id="most", when=every)
    none = a_step(id="none", when=f"not ({every})")
    assert waits_of(*steps, most, none)[-1] == "with `most` or `a8`, the last that happened"


def test_waits_after_what_is_left_out() -> None:
    """A step that this person does not get is none after which another one comes."""
    extra = a_step(id="extra", when='stage == "customer"')
    bump = a_step(id="bump", wait=Delay(1, Unit.DAYS))
    assert waits_of(a_step(), extra, bump)[2] == "1 day after `intro`"
    assert waits_of(a_step(), extra, bump, person=replace(ZOE, stage="customer"))[2] == (
        "1 day after `extra` or `intro`, the last that happened"
    )


def test_business_days_behind_guards() -> None:
    """A day is that of the cadence, whatever came before it."""
    steps = a_step(day=1), a_step(id="talk", when="intro.sent", day=3), a_step(id="last", day=5)
    assert waits_of(*steps)[2] == (
        "on business day 5, which follows `talk` or `intro`, the last that happened"
    )


def test_a_name_that_no_header_takes() -> None:
    """What cannot be written is told as well."""
    [intro] = steps_of(a_version(), replace(ZOE, email="zoë@bank.example"), step="intro")
    assert intro.is_held
    assert "To" in intro.problems[0].message


def test_drafts_are_signed_by_the_desk() -> None:
    """For a mail that really leaves, the marks are those of the desk that is given."""
    found = drafts(DESK, a_version(), ZOE, Wish(step="bump", key="1" * 32), NOON)
    assert [step for step, _ in found] == ["bump"]
    draft = found[0][1]
    token = draft.list_unsubscribe[0].rpartition("/")[2]
    assert read_token(token, DESK.policy.keys) == bytes.fromhex("1" * 32)
    assert draft.in_reply_to is not None


def test_the_instant_is_given() -> None:
    """The Date is that of the moment."""
    at = datetime(2026, 5, 4, 7, tzinfo=UTC)
    [intro] = preview(DESK, a_version(), ZOE, Wish(step="intro"), at)
    assert intro.mail is not None
    assert dict(intro.mail.headers)["Date"] == "Mon, 04 May 2026 07:00:00 +0000"


def seen_by(version: Version, sample: Sample) -> list[StepPreview]:
    return steps_of(version, sample.prospect)


def test_a_list_is_judged() -> None:
    """Everybody who would be held is counted under what they lack, most frequent first."""
    people = [Sample("Zoe", ZOE, 2)]
    people += [Sample("x", Prospect(f"p{at}@x.example"), at) for at in range(3, 203)]
    people.append(Sample("y", Prospect("y@x.example", company="Y"), 203))
    told: list[int] = []
    seen = partial(seen_by, a_version())
    found = judge(seen, People(tuple(people), refused=4), told.append)
    assert (found.people, found.complete, found.refused) == (202, 1, 4)
    assert {name: len(lines) for name, lines in found.held.items()} == {
        "first_name": 201,
        "company": 200,
    }
    assert sum(told) == 202


def test_what_cannot_be_written_is_judged() -> None:
    """Whoever would be held for anything else than a value is not complete either."""
    texts = {**a_version().templates, "bump.md": "{{ first_name \n"}
    broken = replace(a_version(), templates=texts, hash="broken")
    odd = Sample("Zoe", replace(ZOE, email="zoë@bank.example"), 7)
    for version, sample in ((broken, Sample("Zoe", ZOE, 7)), (a_version(), odd)):
        found = judge(partial(seen_by, version), People((sample,)))
        assert (found.complete, found.held) == (0, {})
        assert set(map(tuple, found.unwritable.values())) == {(7,)}


def test_steps_for_others_are_not_judged() -> None:
    """Nobody is held for a step that they do not get."""
    extra = a_step(id="extra", template="guide.md", kind=StepKind.CALL, when='stage == "customer"')
    version = a_version(
        cadence=a_cadence(steps=(a_step(), extra)),
        templates={**a_version().templates, "guide.md": GUIDE},
        hash="guided",
    )
    seen = partial(seen_by, version)
    assert judge(seen, People((Sample("Zoe", ZOE),))).complete == 1
    customer = Sample("Zoe", replace(ZOE, stage="customer"), 3)
    assert judge(seen, People((customer,))).held == {"product": [3]}


@pytest.mark.parametrize("address", ["ZOE@bank.example", "zoe@BANK.example", "zoe@bank.example"])
def test_people_are_found(address: str) -> None:
    """By any spelling of the address; nobody by what is none."""
    people = (Sample("Lee", Prospect("lee@x.example")), Sample("Zoe", ZOE))
    assert find_in(people, address) == people[1]
    assert find_in(people, "no address") is None
    assert list(matching(people, "zo")) == [people[1]]


def test_invented_people() -> None:
    """One has every field, declared ones too, and one has an address and nothing else."""
    complete, bare, spanish = (each.prospect for each in samples(["product"]))
    assert complete.variables()["product"] == "(product)"
    assert all(complete.values()[name] for name in ("first_name", "company", "title", "phone"))
    assert set(bare.variables()) == {"email"}
    assert spanish.language == "es"


def test_files_that_go_with_it() -> None:
    """They are named with their kind and size; whoever a guard leaves out gets none."""
    steps = (
        a_step(),
        a_step(
            id="prices",
            template="last-mail.md",
            attach=(Attachment("prices.pdf", 'stage == "customer"'),),
        ),
    )
    files = {"prices.pdf": b"%PDF-1.7 " + b"x" * 91}
    version = a_version(cadence=a_cadence(steps=steps), attachments=files)
    [mail] = [
        each.mail for each in steps_of(version, replace(ZOE, stage="customer"), step="prices")
    ]
    assert mail is not None
    assert mail.attachments == (Attached("prices.pdf", "application/pdf", 100),)
    assert mail.text.startswith("Goodbye Zoë.\n")
    assert mail.html is not None
    [none] = [each.mail for each in steps_of(version, step="prices")]
    assert none is not None
    assert none.attachments == ()


def test_from_a_pool() -> None:
    """Of a pool it is the first mailbox, unless another one is asked for."""
    desk = Desk(a_policy(pools={"sales": ("gone", "luis", "ana")}))
    version = a_version(cadence=a_cadence(mailboxes=(), pool="sales"))
    for asked, sender in (("", "luis@seller.example"), ("ana", "ana@seller.example")):
        steps = preview(desk, version, ZOE, Wish(asked, "intro"), NOON)
        assert steps[0].mail is not None
        assert sender in steps[0].mail.sender


def test_values_of_the_company() -> None:
    """What is known of the company is printed; where it is not, it is missing like others."""
    text = "---\nsubject: Hi\n---\nYou are {{ account.tier }}.\n"
    version = a_version(
        cadence=a_cadence(steps=(a_step(),)), templates={"intro.md": text}, hash="t"
    )
    [known] = steps_of(version, account={"tier": "gold"})
    assert known.mail is not None
    assert "You are gold." in known.mail.text
    [unknown] = steps_of(version)
    assert unknown.missing == ("account.tier",)


@pytest.mark.parametrize(
    ("guard", "left_out"),
    [
        ('stage == "customer"', True),
        ('stage == "lead"', False),
        ("not company", True),
        ("call.connected", False),
        ('intro.sent and stage == "customer"', False),
    ],
)
def test_steps_for_others(guard: str, *, left_out: bool) -> None:
    """What fields decide is told, and no later mail answers a mail that is left out."""
    steps = (
        a_step(),
        a_step(id="extra", template="last-mail.md", when=guard, thread=Thread.NEW),
        a_step(id="bump", template="bump.md"),
    )
    _, extra, bump = steps_of(a_version(cadence=a_cadence(steps=steps)))
    assert (extra.left_out, extra.only_if) == (left_out, guard)
    assert bump.mail is not None
    assert bump.mail.answers == ("intro" if left_out else "extra")


def test_steps_that_are_skipped() -> None:
    """A step that somebody has none of by their enrolment is left out, and sent to nobody."""
    overrides = Overrides(skip=frozenset({"bump"}))
    found = steps_of(a_version(), overrides=overrides)
    assert [each.left_out for each in found] == [False, True, False]
    sent = drafts(DESK, a_version(), ZOE, Wish(overrides=overrides), NOON)
    assert [step for step, _ in sent] == ["intro", "last-mail"]
