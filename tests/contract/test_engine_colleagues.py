from dataclasses import replace
from datetime import timedelta
from typing import Any

from builders import NOON, a_prospect
from foreign_mails import a_mail
from stage import SLUG, Stage, a_loaded

from sequencer.domain.absence import Absence
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.task import TaskKind
from sequencer.engine.stop import suppress
from sequencer.store import ledger, tasks

ZOE, ADA, KIM = "zoe@bank.example", "ada@bank.example", "kim@other.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def rule(text: str) -> dict[str, Any]:
    return {"stop_on": {"colleague_reply": text}}


async def begin(stage: Stage, *people: Any, rules: str = "finish") -> None:
    """Everybody has had their first mail."""
    stage.apply(a_loaded(**rule(rules)))
    stage.bring_in(*people)
    addresses = [each if isinstance(each, str) else each.email for each in people]
    assert all(answer.enrolled for answer in stage.enroll(*addresses))
    await stage.work()


async def receive(stage: Stage, *headers: str, text: str = "Yes, call me.") -> None:
    stage.inboxes["ana"].deliver(a_mail(*headers, text=text))
    await stage.work(HOUR)


def sent_to(stage: Stage, address: str) -> str:
    return str(stage.mails(address)[0]["Message-ID"])


def finished(stage: Stage, address: str) -> FinishReason | None:
    return stage.enrollment(address).finish_reason


async def test_a_colleague_answers(each_stage: Stage) -> None:
    """An answer ends the writer's cadence and those of colleagues, whose timeline names them."""
    stage = each_stage
    await begin(stage, ZOE, ADA, KIM)
    await receive(stage, f"From: {ADA}", f"In-Reply-To: {sent_to(stage, ADA)}")
    assert finished(stage, ADA) is FinishReason.REPLIED
    assert finished(stage, ZOE) is FinishReason.COLLEAGUE_REPLIED
    assert stage.enrollment(KIM).state is EnrollmentState.ACTIVE
    told = [entry.detail for entry in stage.read(ledger.of_prospect, stage.person(ZOE))]
    assert any("a colleague of the same account" in line and ADA in line for line in told)
    await stage.work(9 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_a_pause(each_stage: Stage) -> None:
    """A cadence that only pauses goes on when the days are over, with what was left of its wait."""
    stage = each_stage
    await begin(stage, ZOE, ADA, rules="pause 14 days")
    await receive(stage, f"From: {ADA}")
    held = stage.enrollment(ZOE)
    assert held.pause_reason is PauseReason.COLLEAGUE_REPLIED
    assert held.resume_at is not None
    assert timedelta(0) <= held.resume_at - (stage.clock.now() + 14 * DAY) <= HOUR
    await stage.work(13 * DAY)
    assert len(stage.mails(ZOE)) == 1
    await stage.work(DAY + HOUR)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    await stage.work(3 * DAY)
    assert len(stage.mails(ZOE)) == 2
    assert stage.verify().clean


async def test_each_by_its_own_rule(stage: Stage) -> None:
    """What an answer means is for the cadence to say that the colleague is in."""
    stage.apply(*(a_loaded(cadence=slug, **rule(text)) for slug, text in RULES.items()))
    people = {slug: f"{slug}@bank.example" for slug in RULES}
    stage.bring_in(ZOE, *people.values())
    stage.apply(a_loaded())
    stage.enroll(ZOE)
    for slug, address in people.items():
        stage.enroll(address, slug=slug)
    await stage.work()
    await receive(stage, f"From: {ZOE}")
    found = {slug: str(stage.enrollment(each).state) for slug, each in people.items()}
    assert found == {"ends": "finished", "waits": "paused", "ignores": "active"}


RULES = {"ends": "finish", "waits": "pause 3 days", "ignores": "ignore"}


async def test_an_unknown_colleague(stage: Stage) -> None:
    """Who is unknown and answers in a thread of ours stops its person and their colleagues."""
    await begin(stage, ZOE, ADA, KIM)
    await receive(stage, "From: boss@bank.example", f"In-Reply-To: {sent_to(stage, ZOE)}")
    assert finished(stage, ZOE) is FinishReason.REPLIED
    assert finished(stage, ADA) is FinishReason.COLLEAGUE_REPLIED
    assert finished(stage, KIM) is None


async def test_a_stranger_of_the_domain(stage: Stage) -> None:
    """Who is unknown and answers nothing of ours stops nobody."""
    await begin(stage, ZOE, ADA)
    await receive(stage, "From: boss@bank.example")
    assert [finished(stage, ZOE), finished(stage, ADA)] == [None, None]


async def test_a_machine_is_no_colleague(stage: Stage) -> None:
    """A machine's answer is nobody's answer."""
    await begin(stage, ZOE, ADA)
    await receive(stage, f"From: {ADA}", "Auto-Submitted: auto-replied")
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_free_mail_is_no_company(stage: Stage) -> None:
    """Who shares nothing but a free-mail provider is nobody's colleague."""
    await begin(stage, "a@gmail.com", "b@gmail.com")
    await receive(stage, "From: a@gmail.com")
    assert finished(stage, "a@gmail.com") is FinishReason.REPLIED
    assert finished(stage, "b@gmail.com") is None


async def test_by_account(stage: Stage) -> None:
    """An account of the import joins people of different domains, and free mail too."""
    here = a_prospect(account="Acme")
    there = a_prospect(email="b@gmail.com", account="ACME ")
    await begin(stage, here, there, ADA)
    await receive(stage, "From: b@gmail.com")
    assert finished(stage, ZOE) is FinishReason.COLLEAGUE_REPLIED
    assert finished(stage, ADA) is None  # of the same domain, but not of that account


async def test_a_longer_hold_stays(stage: Stage) -> None:
    """A pause that lasts longer, or waits for a person, is not cut short by a colleague's."""
    await begin(stage, ZOE, ADA, rules="pause 2 days")
    await receive(stage, f"From: {ZOE}", "Auto-Submitted: auto-replied")
    before = stage.enrollment(ZOE)
    assert before.resume_at is not None
    assert before.resume_at > stage.clock.now() + 2 * DAY
    await receive(stage, f"From: {ADA}")
    assert stage.enrollment(ZOE) == before


async def test_a_rep_who_is_back_early(stage: Stage) -> None:
    """What a colleague answered while the rep was away holds when the rep is back before time."""
    await begin(stage, ZOE, ADA, rules="pause 14 days")
    boxes, today = stage.policy.mailboxes, NOON.date()
    away = replace(boxes["ana"], away=(Absence(today, today + 20 * DAY),))
    stage.policy = replace(stage.policy, mailboxes={**boxes, "ana": away})
    stage.restart()
    await stage.work(HOUR)
    assert stage.enrollment(ADA).pause_reason is PauseReason.REP_AWAY
    await receive(stage, f"From: {ZOE}")
    held = stage.enrollment(ADA)
    assert held.pause_reason is PauseReason.COLLEAGUE_REPLIED
    assert held.resume_at is not None
    assert held.resume_at > NOON + 19 * DAY  # not before the rep was to be back
    stage.policy = replace(stage.policy, mailboxes=boxes)
    stage.restart()
    for _ in range(3):
        await stage.work(4 * DAY)
    assert len(stage.mails(ADA)) == 1
    assert stage.enrollment(ADA) == held


async def test_one_who_waits_for_room(stage: Stage) -> None:
    """Colleagues who have not begun are stopped or held like all others."""
    stage.apply(a_loaded(**rule("pause 2 days"), throttle={"max_active": 1}))
    stage.bring_in(ADA, ZOE)
    stage.enroll(ADA, ZOE)
    await stage.work()
    await receive(stage, f"From: {ADA}")
    assert stage.enrollment(ZOE).pause_reason is PauseReason.COLLEAGUE_REPLIED
    await stage.work(2 * DAY + HOUR)
    await stage.work(HOUR)
    assert len(stage.mails(ZOE)) == 1


async def test_the_gate_remembers(each_stage: Stage) -> None:
    """Whose colleague has answered lately is not enrolled, for as long as the rule says."""
    stage = each_stage
    await begin(stage, ADA)
    stage.apply(a_loaded(cadence="waits", **rule("pause 2 days")))
    stage.apply(a_loaded(cadence="ignores", **rule("ignore")))
    await receive(stage, f"From: {ADA}")
    stage.bring_in(a_prospect(timezone="UTC", country=""))
    for slug, code, ahead in ((SLUG, "account_replied", 30), ("waits", "account_replied", 2)):
        [answer] = stage.enroll(ZOE, slug=slug)
        assert [each.code for each in answer.refusals] == [code]
        until = answer.refusals[0].until
        assert until is not None
        assert abs(until - (stage.clock.now() + ahead * DAY)) < HOUR
    assert stage.enroll(ZOE, slug="ignores")[0].enrolled
    assert stage.enroll(ADA, slug="waits")[0].enrolled  # his own answer is no colleague's


# Referrals.


def proposed(stage: Stage, address: str = ZOE) -> list[str]:
    found = stage.read(tasks.open_matters, stage.person(address), TaskKind.REFERRAL)
    return [task.title for task in found]


async def test_a_referral(each_stage: Stage) -> None:
    """Who is named instead is proposed to a person, once, and is not enrolled."""
    stage = each_stage
    await begin(stage, ZOE)
    text = "Please write to Lea, lea@bank.example, she is in charge."
    await receive(stage, f"From: {ZOE}", text=text)
    await receive(stage, f"From: {ZOE}", "Message-ID: <again@bank.example>", text=text)
    assert proposed(stage) == ["Write to lea@bank.example instead?"]
    assert finished(stage, ZOE) is FinishReason.REPLIED
    assert stage.verify().clean


async def test_no_referral(stage: Stage) -> None:
    """Nobody is proposed who is suppressed, in a cadence already, or one of us."""
    await begin(stage, ZOE, ADA, KIM, rules="ignore")
    stage.write(suppress, stage.desk, "no@bank.example", "test", NOON)
    text = f"Please write to {ADA}, no@bank.example or ana@seller.example."
    await receive(stage, f"From: {ZOE}", text=text)
    assert proposed(stage) == []


async def test_no_referral_by_a_machine(stage: Stage) -> None:
    """An absence notice names somebody for urgent cases: that is no referral."""
    await begin(stage, ZOE)
    text = "I am away. In urgent cases please contact lea@bank.example."
    await receive(stage, f"From: {ZOE}", "Auto-Submitted: auto-replied", text=text)
    assert proposed(stage) == []
