from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOON, a_prospect
from foreign_mails import a_mail
from stage import EVERYBODY, SLUG, Stage, a_loaded, a_policy

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.overrides import Overrides, OverridesError
from sequencer.domain.reason import Reason
from sequencer.domain.task import TaskEvent, TaskKind
from sequencer.engine.enroll import Answer, Enrolment, enroll, preview
from sequencer.engine.stop import stop
from sequencer.engine.tasks import Ending, done
from sequencer.engine.why import may_enter, why
from sequencer.store import census, enrollments, mailboxes, tasks, touches
from sequencer.store.tasks import NewTask
from sequencer.store.touches import MailByHand

ZOE, ADA, KIM = "zoe@bank.example", "ada@bank.example", "kim@other.example"
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def audience(**changes: Any) -> dict[str, Any]:
    return {**EVERYBODY, **changes}


def codes(answers: list[Answer]) -> list[list[str]]:
    return [[refusal.code for refusal in answer.refusals] for answer in answers]


def apply(stage: Stage, slug: str = SLUG, **changes: Any) -> None:
    stage.apply(a_loaded(cadence=slug, **changes))


@pytest.mark.parametrize(
    ("mine", "other", "conflict"),
    [
        ("all", "none", True),
        ("none", "all", True),
        ("exclusive", "exclusive", True),
        ("exclusive", "none", False),
        ("none", "exclusive", False),
        ("none", "none", False),
    ],
)
def test_exclusive(each_stage: Stage, mine: str, other: str, *, conflict: bool) -> None:
    """Two cadences that exclude each other have nobody in common; the person in neither counts."""
    stage = each_stage
    apply(stage, "other", audience=audience(exclusive=other))
    apply(stage, audience=audience(exclusive=mine))
    stage.bring_in(ZOE, KIM)
    stage.enroll(ZOE, slug="other")
    found = codes(stage.enroll(ZOE, KIM))
    assert found == [["exclusive_conflict"] if conflict else [], []]
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    if conflict:
        assert codes(stage.enroll(ZOE)) == [[]]


def test_pinned_exclusivity(stage: Stage) -> None:
    """What somebody is in counts as it was when they entered it, however it was edited since."""
    apply(stage, "other", audience=audience(exclusive="all"))
    apply(stage)
    stage.bring_in(ZOE)
    stage.enroll(ZOE, slug="other")
    apply(stage, "other", audience=audience(exclusive="none"))
    assert codes(stage.enroll(ZOE)) == [["exclusive_conflict"]]


def test_two_exclusive_cadences_at_once(each_stage: Stage) -> None:
    """Of two commands that enrol the same people in two cadences, one finds them free."""
    stage = each_stage
    slugs = ["first", "second"]
    for slug in slugs:
        apply(stage, slug, audience=audience(exclusive="exclusive"))
    people = [f"p{number}@bank{number}.example" for number in range(40)]
    stage.bring_in(*people)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda slug: stage.enroll(*people, slug=slug), slugs)
    for one, other in zip(first, second, strict=True):
        assert sorted([one.enrolled, other.enrolled]) == [False, True]


def test_an_account_at_once(each_stage: Stage) -> None:
    """Of several commands that enrol colleagues, only as many get in as the account may have."""
    stage = each_stage
    slugs = ["first", "second", "third"]
    for slug in slugs:
        apply(stage, slug, audience=audience(max_active_per_account=1))
    people = [f"{slug}@bank{number}.example" for slug in slugs for number in range(12)]
    stage.bring_in(*people)
    with ThreadPoolExecutor(3) as pool:
        rounds = pool.map(
            lambda slug: stage.enroll(
                *[each for each in people if each.startswith(slug)], slug=slug
            ),
            slugs,
        )
    for answers in zip(*rounds, strict=True):
        assert sum(answer.enrolled for answer in answers) == 1


def test_account(each_stage: Stage) -> None:
    """People of one account count over all cadences and within a batch; free mail is no account."""
    stage = each_stage
    apply(stage, "other")
    apply(stage, audience=audience(max_active_per_account=2))
    people = ["a@bank.example", "b@bank.example", "c@bank.example", "d@gmail.com", "e@gmail.com"]
    strangers = ["f@gmail.com", "g@gmail.com"]
    stage.bring_in(*people, *strangers, a_prospect(email="h@x.example", account="ACME"))
    stage.bring_in(*(a_prospect(email=f"{name}@{name}.example", account=" acme ") for name in "ij"))
    stage.enroll("a@bank.example", slug="other")
    found = codes(stage.enroll(*people[1:], *strangers))
    assert found == [[], ["account_busy"], [], [], [], []]
    found = codes(stage.enroll("h@x.example", "i@i.example", "j@j.example"))
    assert found == [[], [], ["account_busy"]]
    assert codes(stage.enroll("a@bank.example")) == [[]]  # himself does not count


@pytest.mark.parametrize(
    ("again", "how", "found"),
    [
        ("never", "stop", ["finished_this"]),
        ("if_inactive", "stop", []),
        ("if_inactive", "reply", ["finished_this"]),
        ("always", "reply", []),
    ],
)
async def test_again(stage: Stage, again: str, how: str, found: list[str]) -> None:
    """Who may enter once more does so as a new enrollment, with mails of its own."""
    apply(stage, audience=audience(again=again))
    stage.bring_in(ZOE)
    assert codes(stage.enroll(ZOE)) == [[]]
    assert codes(stage.enroll(ZOE)) == [["already_in_this"]]
    await stage.work()
    if how == "stop":
        stage.write(stop, stage.desk, ZOE, "test", NOON)
    else:
        sent = stage.mails(ZOE)[0]["Message-ID"]
        stage.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", f"In-Reply-To: {sent}"))
        await stage.work(HOUR)
    assert codes(stage.enroll(ZOE)) == [found]
    await stage.work(DAY)
    mails = stage.mails(ZOE)
    assert len(mails) == (1 if found else 2)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    assert stage.verify().clean


async def test_touched_by_a_mail(each_stage: Stage) -> None:
    """A mail of another cadence counts; the days over, the person may enter to the second."""
    stage = each_stage
    apply(stage, "other")
    apply(stage, audience=audience(min_days_since_touch=7))
    stage.bring_in(a_prospect(timezone="UTC", country=""))
    stage.enroll(ZOE, slug="other")
    assert codes(stage.enroll(ZOE)) == [[]]  # nobody has written yet
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    stage.bring_in(a_prospect(email=KIM, timezone="UTC", country=""))
    stage.enroll(KIM, slug="other")
    await stage.work()
    sent_at = stage.sends(KIM)[0].handed_at
    assert sent_at is not None
    [answer] = stage.enroll(KIM)
    assert [each.code for each in answer.refusals] == ["touched_too_recently"]
    assert answer.refusals[0].until == sent_at + 7 * DAY
    stage.clock.advance(7 * DAY - SECOND - (stage.clock.now() - sent_at))
    assert codes(stage.enroll(KIM)) == [["touched_too_recently"]]
    stage.clock.advance(SECOND)
    assert codes(stage.enroll(KIM)) == [[]]


def by_hand(stage: Stage, address: str, at: datetime) -> None:
    mail = MailByHand(at, "ana", stage.person(address), "bank.example", f"test {at}")
    stage.write(touches.add_mail_by_hand, mail)


async def test_touched_before_the_first_mail(stage: Stage) -> None:
    """A mail by hand before the first mail puts that off; what follows is not put off."""
    apply(stage, audience=audience(min_days_since_touch=5))
    stage.bring_in(a_prospect(timezone="UTC", country=""))
    assert codes(stage.enroll(ZOE)) == [[]]
    by_hand(stage, ZOE, NOON)
    await stage.work()
    assert stage.mails(ZOE) == []
    [send] = stage.sends(ZOE)
    assert send.due_at == NOON + 5 * DAY
    assert "contacted too short a time ago" in send.why
    await stage.work(5 * DAY)
    assert len(stage.mails(ZOE)) == 1
    by_hand(stage, ZOE, stage.clock.now())
    await stage.work(3 * DAY)
    assert len(stage.mails(ZOE)) == 2
    assert stage.verify().clean


async def test_touched_by_an_answer(stage: Stage) -> None:
    """What a person wrote to us counts as a touch; what a machine of theirs wrote does not."""
    apply(stage, "other")
    apply(stage, audience=audience(min_days_since_touch=2))
    stage.bring_in(a_prospect(timezone="UTC", country=""), a_prospect(email=KIM, timezone="UTC"))
    stage.enroll(ZOE, KIM, slug="other")
    await stage.work()
    stage.clock.advance(3 * DAY - HOUR)
    stage.inboxes["ana"].deliver(a_mail(f"From: {ZOE}"))
    stage.inboxes["ana"].deliver(a_mail(f"From: {KIM}", "Auto-Submitted: auto-replied"))
    await stage.work()
    assert codes(stage.enroll(ZOE, KIM)) == [["touched_too_recently"], []]


@pytest.mark.parametrize("kind", [TaskKind.CALL, TaskKind.REVIEW])
def test_touched_by_a_task(each_stage: Stage, kind: TaskKind) -> None:
    """A call that was made counts as a touch; something that was looked at does not."""
    stage = each_stage
    apply(stage, audience=audience(min_days_since_touch=2))
    stage.bring_in(a_prospect(timezone="UTC", country=""))
    new = NewTask(stage.person(ZOE), kind, "ana", "Something", NOON)
    number = stage.write(tasks.add, new, NOON)
    assert codes(stage.enroll(ZOE)) == [[]]
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    apply(stage, "other", audience=audience(min_days_since_touch=2))
    stage.write(tasks.move, number, TaskEvent.DO, ended_at=NOON)
    found = codes(stage.enroll(ZOE, slug="other"))
    assert found == [["touched_too_recently"] if kind is TaskKind.CALL else []]


async def test_touched_by_the_cadence_itself(each_stage: Stage) -> None:
    """The call that a cadence begins with does not put off its own first mail."""
    stage = each_stage
    steps = ({"id": "call", "call": "bump.md"}, {"id": "intro", "email": "intro.md"})
    apply(stage, steps=list(steps), audience=audience(min_days_since_touch=7))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    stage.write(done, stage.desk, task.id, Ending("Eva"), NOON)
    await stage.work(HOUR)
    assert len(stage.mails(ZOE)) == 1
    stage.write(stop, stage.desk, ZOE, "test", stage.clock.now())
    apply(stage, "other", audience=audience(min_days_since_touch=7))
    assert codes(stage.enroll(ZOE, slug="other")) == [["touched_too_recently"]]


def test_who_runs_already_counts_once(each_stage: Stage) -> None:
    """Somebody of the account who is in another cadence takes no second place with this one."""
    stage = each_stage
    apply(stage, "other")
    apply(stage, audience=audience(max_active_per_account=2))
    stage.bring_in(ZOE, ADA, "third@bank.example")
    stage.enroll(ZOE, slug="other")
    found = codes(stage.enroll(ZOE, ADA, "third@bank.example"))
    assert found == [[], [], ["account_busy"]]


def test_stages(stage: Stage) -> None:
    """A cadence for customers is for nobody else."""
    apply(stage, audience=audience(stages=["customer"]))
    stage.bring_in(ZOE, a_prospect(email=KIM, stage="Customer"))
    assert codes(stage.enroll(ZOE, KIM)) == [["stage_excluded"], []]


async def test_a_stage_that_changes(stage: Stage) -> None:
    """A lead who became a customer is paused before the next mail, and a person is asked."""
    apply(stage, audience=audience(stages=["lead"]))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    stage.bring_in(a_prospect(stage="customer"))
    await stage.work(4 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    [task] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.REVIEW)
    assert "stage" in task.about


async def test_an_address_that_is_none_any_more(stage: Stage) -> None:
    """An address that was let in once and is none any more is for a person to correct."""
    stage.begin(ZOE)
    with stage.database.write() as connection:
        connection.exec_driver_sql("UPDATE prospect SET email = 'nobody'")
    await stage.work()
    assert stage.mails("nobody") == []
    with stage.database.read() as connection:
        stored = enrollments.get(connection, 1)
    assert stored.enrollment.pause_reason is PauseReason.REVIEW


def test_ownership(stage: Stage) -> None:
    """Reps enrol their own prospects, who hear from their mailbox; `by` counts without `rep`."""
    apply(stage, audience=audience(ownership="own"), mailboxes=["ana", "luis"])
    people = [
        a_prospect(email=f"p{n}@x{n}.example", owner=o) for n, o in enumerate(["Luis", "ana", ""])
    ]
    stage.bring_in(*people)
    addresses = [each.email for each in people]
    wanted = Enrolment(SLUG, addresses, "a shared account", rep="luis")
    answers = enroll(stage.database, stage.desk, wanted, stage.new_key, NOON)
    assert codes(answers) == [[], ["not_your_prospect"], ["not_your_prospect"]]
    assert stage.enrollment(addresses[0]).mailbox == "luis"
    assert stage.stored(addresses[0]).enrolled_by == "luis"


async def test_consent(stage: Stage) -> None:
    """Without a consent nobody is enrolled there; one that is taken back stops the next mail."""
    strict = Stage(stage.database, a_policy(consent_countries=frozenset({"DE"})))
    apply(strict)
    strict.bring_in(ZOE, a_prospect(email=KIM, consent="2026-01-02, trade fair"))
    assert codes(strict.enroll(ZOE, KIM)) == [["country_needs_consent"], []]
    await strict.work()
    assert len(strict.mails(KIM)) == 1
    wider = Stage(stage.database, a_policy(consent_countries=frozenset({"DE"})))
    wider.clock = strict.clock
    wider.restart()
    with stage.database.write() as connection:
        connection.exec_driver_sql("UPDATE prospect SET fields = json_remove(fields, '$.consent')")
    await wider.work(4 * DAY)
    assert wider.mails(KIM) == []
    assert wider.enrollment(KIM).pause_reason is PauseReason.REVIEW


def test_preview(each_stage: Stage) -> None:
    """A dry run gives the same answers, and nothing has happened."""
    stage = each_stage
    apply(stage, audience=audience(max_active_per_account=2), throttle={"max_active": 250})
    people = [f"p{number}@bank{number % 150}.example" for number in range(450)]
    stage.bring_in(*people)
    wanted = Enrolment(SLUG, [*people, "nobody", people[0]], "test")
    foreseen = preview(stage.database, stage.desk, wanted, NOON)
    assert stage.read(census.counts) == []
    assert foreseen == enroll(stage.database, stage.desk, wanted, stage.new_key, NOON)
    assert sum(answer.enrolled for answer in foreseen) == 300
    assert sum(answer.pending for answer in foreseen) == 50


def test_overrides(stage: Stage) -> None:
    """What is different for these people is stored with them; what does not fit is refused."""
    apply(stage)
    stage.bring_in(a_prospect(company=""))
    overrides = Overrides(start_at="bump", variables={"company": "Bank"}).as_json()
    wanted = Enrolment(SLUG, [ZOE], "test", overrides=overrides)
    [answer] = enroll(stage.database, stage.desk, wanted, stage.new_key, NOON)
    assert answer.enrolled
    assert stage.stored(ZOE).overrides == overrides
    assert [send.step_id for send in stage.sends(ZOE)] == ["bump"]
    texts = {"intro.md": "---\nsubject: For {{ company }}\n---\nHello.\n"}
    texts["bump.md"] = "---\nsubject: Again\n---\nHello.\n"
    stage.apply(a_loaded(texts, cadence="later"))
    later = replace(wanted, slug="later", overrides={"start_at": "bump"})
    [answer] = enroll(stage.database, stage.desk, later, stage.new_key, NOON)
    assert answer.enrolled  # a step that never happens needs no value
    wrong = replace(wanted, overrides={"start_at": "nothing"})
    with pytest.raises(OverridesError, match="nothing"):
        enroll(stage.database, stage.desk, wrong, stage.new_key, NOON)


def test_why_names_every_rule(each_stage: Stage) -> None:
    """Of one who runs, every rule says yes or no; of one who does not, whether they may enter."""
    stage = each_stage
    apply(stage, "other", audience=audience(exclusive="all"))
    apply(stage, audience=audience(stages=["lead"]))
    stage.bring_in(ZOE, KIM)
    stage.enroll(ZOE, slug="other")
    report = stage.read(why, stage.desk, ZOE, NOON).enrollments[0]
    said = {answer.rule.reason: answer.passes for answer in report.answers}
    assert set(said) == set(Reason) - {Reason.UNKNOWN_PROSPECT, Reason.UNKNOWN_CADENCE}
    assert [reason for reason, passes in said.items() if not passes] == [Reason.SYNC_STALE]
    entering = stage.read(may_enter, stage.desk, SLUG, ZOE, "ana", NOON)
    assert [answer.rule.reason for answer in entering if not answer.passes] == [
        Reason.EXCLUSIVE_CONFLICT
    ]
    assert all(answer.passes for answer in stage.read(may_enter, stage.desk, SLUG, KIM, "x", NOON))


def test_why_of_one_who_waits(stage: Stage) -> None:
    """Who is pending is told what they wait for."""
    apply(stage, throttle={"max_active": 1})
    stage.bring_in(ZOE, KIM)
    stage.enroll(ZOE, KIM)
    [report] = stage.read(why, stage.desk, KIM, NOON).enrollments
    assert report.enrollment.state is EnrollmentState.PENDING
    assert [refusal.code for refusal in report.refusals] == ["throttled"]


def test_locked_out_mailbox(stage: Stage) -> None:
    """A mailbox that needs a sign-in takes nobody, and one that rests does."""
    apply(stage)
    stage.bring_in(ZOE)
    stage.write(mailboxes.ensure, ["ana"])
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN)
    assert codes(stage.enroll(ZOE)) == [["no_active_mailbox"]]
    stage.write(mailboxes.set_health, "ana", MailboxState.THROTTLED, "421", NOON + DAY)
    assert codes(stage.enroll(ZOE)) == [[]]
