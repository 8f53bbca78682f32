"""Several wordings of a mail: who gets which, what is kept of it, and how one is stopped."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import a_prospect
from foreign_mails import a_mail
from sqlalchemy import event
from stage import DAY, SLUG, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.jitter import fraction
from sequencer.domain.meeting import MeetingState
from sequencer.domain.send import SendState
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.variant_result import Verdict
from sequencer.engine.enroll import Enrolment, UnknownCadenceError, enroll
from sequencer.engine.status import status
from sequencer.engine.suppress import suppress_address
from sequencer.engine.task_list import task_page
from sequencer.engine.task_send import Edited, Release, send
from sequencer.engine.tasks import TaskError
from sequencer.engine.variant_results import StepResult, variant_results
from sequencer.engine.variant_stop import (
    VariantError,
    VariantName,
    start_variant,
    stop_variant,
)
from sequencer.engine.world import Door
from sequencer.mail.folder import Folder
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase
from sequencer.store import inbound, ledger, meetings, tasks, variant_stops
from sequencer.store.inbound import Inbound, Place
from sequencer.store.meetings import Meeting
from sequencer.store.sends import StoredSend
from sequencer.store.variant_stops import Stop

PEOPLE = [f"p{number}@bank{number}.example" for number in range(12)]
QUESTION = "---\nsubject: May I ask?\n---\nIs the month-end slow, {{ first_name }}?\n"
TEXTS = {"question.md": QUESTION}
VARIANTS = {"plain": "intro.md", "question": {"email": "question.md", "weight": 1}}
INTRO = {"id": "intro", "variants": VARIANTS}
BUMP = {"id": "bump", "wait": "3 days", "email": "bump.md"}
LATER = Outcome(OutcomeKind.DEFERRED, Phase.DOT, 450, "4.2.0", "later")
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost", blame=Blame.MAILBOX)
MINUTE = timedelta(minutes=1)


def prepared(
    stage: Stage, *steps: Any, people: Sequence[str] = PEOPLE, **changes: Any
) -> list[bool]:
    """Who of the people was let in."""
    stage.apply(a_loaded(TEXTS, steps=list(steps or (INTRO, BUMP)), **changes))
    stage.bring_in(*people)
    return [each.enrolled for each in stage.enroll(*people)]


def sent(stage: Stage, address: str, step_id: str = "intro") -> StoredSend:
    return next(each for each in stage.sends(address) if each.step_id == step_id)


def stop(stage: Stage, variant: str, step_id: str = "intro", why: str = "") -> bool:
    named = VariantName(SLUG, step_id, variant)
    now = stage.clock.now()
    done: bool = stage.write(stop_variant, stage.desk, named, "Eva", why, now)
    return done


def start(stage: Stage, variant: str) -> bool:
    named = VariantName(SLUG, "intro", variant)
    done: bool = stage.write(start_variant, stage.desk, named, "Eva", stage.clock.now())
    return done


def result(stage: Stage) -> StepResult:
    [found] = stage.read(variant_results, stage.desk, SLUG, stage.clock.now())
    assert isinstance(found, StepResult)
    return found


async def test_each_mail_has_one_wording(each_stage: Stage) -> None:
    """Both are sent, each row says which, and the hash of the text goes with the wording."""
    assert all(prepared(each_stage))
    await each_stage.work()
    hashes: dict[str | None, set[str | None]] = {}
    for each in PEOPLE:
        mail, row = each_stage.mails(each)[0], sent(each_stage, each)
        assert (mail["Subject"] == "May I ask?") == (row.variant == "question")
        hashes.setdefault(row.variant, set()).add(row.template_hash)
    assert hashes.keys() == {"plain", "question"}
    assert all(len(found) == 1 for found in hashes.values())
    assert hashes["plain"] != hashes["question"]


async def test_a_step_without_variants_has_a_text_only(stage: Stage) -> None:
    """Its text is kept as well; nobody asks what is stopped, as there is nothing to stop."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engines = {stage.database._writer, stage.database._reader}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    prepared(stage, {"id": "intro", "email": "intro.md"}, people=PEOPLE[:1])
    stage.runner._variants.looked_at = stage.clock.now()  # the look of the day is none of it
    await stage.work()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    row = sent(stage, PEOPLE[0])
    assert row.variant is None
    assert row.template_hash is not None
    assert asked
    assert not any("variant_stop" in each for each in asked)


async def test_stopping_one_before_it_leaves(each_stage: Stage) -> None:
    """From that commit on its people get another one; everybody else keeps theirs."""
    prepared(each_stage)
    assert stop(each_stage, "plain", why="a wrong price")
    assert not stop(each_stage, "plain")
    await each_stage.work()
    assert {sent(each_stage, each).variant for each in PEOPLE} == {"question"}
    [told] = [each for _, each in each_stage.read(ledger.latest, 10_000) if each.kind == "variant"]
    assert told.detail == f"{SLUG}: the variant plain of intro stopped by Eva: a wrong price"


async def test_starting_it_again(stage: Stage) -> None:
    """Its people get it again, as if it had never been stopped."""
    prepared(stage)
    stop(stage, "plain")
    assert start(stage, "plain")
    assert not start(stage, "plain")
    await stage.work()
    assert {sent(stage, each).variant for each in PEOPLE} == {"plain", "question"}


async def test_the_last_one_goes_on(stage: Stage) -> None:
    """With nothing left there would be nothing to send: that is refused."""
    prepared(stage)
    stop(stage, "plain")
    with pytest.raises(VariantError, match="question is the last variant of intro"):
        stop(stage, "question")


async def test_names_that_nobody_knows(stage: Stage) -> None:
    """Each is told with what may have been meant."""
    prepared(stage)
    with pytest.raises(VariantError, match=r"no variant 'plian'[^?]*did you mean `plain`"):
        stop(stage, "plian")
    with pytest.raises(VariantError, match="no step 'intor' with variants"):
        stop(stage, "plain", "intor")
    with pytest.raises(VariantError, match="no step 'bump' with variants"):
        stage.read(variant_results, stage.desk, SLUG, stage.clock.now(), "bump")
    with pytest.raises(UnknownCadenceError):
        stage.read(variant_results, stage.desk, "nobody-knows-it", stage.clock.now())


async def test_all_are_stopped_in_an_old_version(stage: Stage) -> None:
    """Nobody gets what somebody stopped: the person is held, and it is said why."""
    prepared(stage, people=PEOPLE[:1])
    for name in ("plain", "question"):
        stage.write(variant_stops.add, Stop(SLUG, "intro", name, stage.clock.now(), "Eva", ""))
    await stage.work()
    assert stage.mails(PEOPLE[0]) == []
    found = stage.enrollment(PEOPLE[0])
    assert (found.state, found.pause_reason) == (EnrollmentState.PAUSED, PauseReason.REVIEW)


async def test_a_stop_counts_for_every_version(stage: Stage) -> None:
    """Whoever is in an older version does not get it either."""
    prepared(stage)
    heavier = {"plain": "intro.md", "question": {"email": "question.md", "weight": 9}}
    stage.apply(a_loaded(TEXTS, steps=[{**INTRO, "variants": heavier}, BUMP]))
    stop(stage, "question")
    await stage.work()
    assert {sent(stage, each).variant for each in PEOPLE} == {"plain"}


async def test_a_mail_that_was_refused_is_written_anew(stage: Stage) -> None:
    """A server that said no has nothing of it: a stop counts before the next attempt."""
    prepared(stage)
    for each in PEOPLE:
        stage.mailers["ana"].plan(each, LATER)
    await stage.work()
    before = {each: sent(stage, each).variant for each in PEOPLE}
    assert set(before.values()) == {"plain", "question"}
    stop(stage, "plain")
    await stage.work(DAY)
    assert {sent(stage, each).variant for each in PEOPLE} == {"question"}


async def test_a_mail_in_doubt_keeps_its_wording(stage: Stage) -> None:
    """What may have left is sent again with the same bytes, whatever was stopped meanwhile."""
    people = PEOPLE[:4]
    prepared(stage, people=people, mailboxes=["luis"])
    stage.mailers["luis"].lost_are_accepted = False
    for each in people:
        stage.mailers["luis"].plan(each, LOST)
    for _ in people:
        await stage.work(2 * MINUTE)  # a mailbox rests after a lost line
    before = {each: (sent(stage, each), stage.mail_of(sent(stage, each))) for each in people}
    assert {row.variant for row, _ in before.values()} == {"plain", "question"}
    stop(stage, "plain")
    for _ in range(4):
        await stage.work(15 * MINUTE)
    for each in people:
        row, (known, data) = sent(stage, each), before[each]
        assert row.state is SendState.SENT
        assert (row.variant, row.template_hash) == (known.variant, known.template_hash)
        assert stage.mail_of(row) == data
    assert len(stage.mailers["luis"].accepted) == len(people)


class StopsOnTheWay:
    """A mailer at whose first mail somebody stops a wording, while the others are claimed."""

    def __init__(self, stage: Stage, variant: str) -> None:
        self.stage, self.variant, self.did = stage, variant, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage.mailers["ana"], name)

    async def send(self, envelope: Envelope, hand: Any) -> Outcome:
        if not self.did:
            self.did = stop(self.stage, self.variant, why="a wrong price")
        return await self.stage.mailers["ana"].send(envelope, hand)


@pytest.mark.parametrize("variant", ["plain", "question"])
async def test_a_stop_between_claim_and_dot(each_stage: Stage, variant: str) -> None:
    """What is composed but has not left is written anew: no mail leaves after the stop."""
    prepared(each_stage, mailboxes=["ana"])
    mailer: Any = StopsOnTheWay(each_stage, variant)
    doors: Any = each_stage.world.doors
    doors["ana"] = Door(mailer, each_stage.inboxes["ana"])
    await each_stage.work()
    await each_stage.work(DAY)
    assert mailer.did
    assert {sent(each_stage, each).state for each in PEOPLE} == {SendState.SENT}
    assert {sent(each_stage, each).variant for each in PEOPLE} == {"plain", "question"} - {variant}
    for each in PEOPLE:
        of_question = each_stage.mails(each)[0]["Subject"] == "May I ask?"
        assert of_question == (variant == "plain")


async def test_every_wording_has_to_be_possible(stage: Stage) -> None:
    """At the door, whatever anybody might get is asked for, but for what nobody gets any more."""
    lacking = a_prospect(email=PEOPLE[0], company="")
    texts = {"question.md": QUESTION, "plain.md": "---\nsubject: Hello\n---\nHello.\n"}
    needs = {"plain": "plain.md", "question": "intro.md"}  # which names the company
    steps = [{"id": "intro", "variants": needs}]
    stage.apply(a_loaded(texts, steps=steps))
    stage.bring_in(lacking)
    [answer] = stage.enroll(PEOPLE[0])
    assert [each.code for each in answer.refusals] == ["missing_variable:company"]
    stop(stage, "question")
    assert stage.enroll(PEOPLE[0])[0].enrolled


async def test_nobody_enters_with_nothing_to_write(each_stage: Stage) -> None:
    """Where every wording is stopped nobody is let in, nor begins who waits; it is said why."""
    later = each_stage.clock.now() + DAY
    each_stage.apply(a_loaded(TEXTS, steps=[INTRO, BUMP]))
    each_stage.bring_in(*PEOPLE[:3])
    waiting = Enrolment(SLUG, [PEOPLE[0]], "test", starts_at=later)
    args = (each_stage.database, each_stage.desk)
    assert enroll(*args, waiting, each_stage.new_key, each_stage.clock.now())[0].enrolled
    for name in ("plain", "question"):
        stopped = Stop(SLUG, "intro", name, each_stage.clock.now(), "Eva", "")
        each_stage.write(variant_stops.add, stopped)
    [answer] = each_stage.enroll(PEOPLE[1])
    assert [each.code for each in answer.refusals] == ["no_wording"]
    skipping = Enrolment(SLUG, [PEOPLE[2]], "test", overrides={"skip": ["intro"]})
    assert enroll(*args, skipping, each_stage.new_key, each_stage.clock.now())[0].enrolled
    await each_stage.work(2 * DAY)
    assert each_stage.enrollment(PEOPLE[0]).state is EnrollmentState.PENDING
    assert start(each_stage, "plain")
    await each_stage.work(DAY)
    assert each_stage.enrollment(PEOPLE[0]).state is EnrollmentState.ACTIVE


BY_HAND = {"id": "intro", "manual_email": "intro.md", "variants": VARIANTS}


def release(stage: Stage, address: str, edited: Edited | None = None) -> str:
    """The subject that the rep saw."""
    [task] = stage.read(tasks.of_enrollment, stage.stored(address).id)
    page = stage.read(task_page, stage.desk, task.id)
    stage.write(send, stage.desk, task.id, Release("Eva", edited, page.wording), stage.clock.now())
    return str(page.subject)


async def test_a_rep_sends_what_was_read(stage: Stage) -> None:
    """A stop does not change what a rep has read and let go."""
    prepared(stage, BY_HAND)
    await stage.work()
    seen = {each: release(stage, each) for each in PEOPLE}
    stop(stage, "plain")
    await stage.work()
    assert {each: stage.mails(each)[0]["Subject"] for each in PEOPLE} == seen
    assert {sent(stage, each).variant for each in PEOPLE} == {"plain", "question"}


async def test_a_rep_edits_it(stage: Stage) -> None:
    """The wording it began as is kept; its text is the rep's own, and has no hash."""
    prepared(stage, BY_HAND)
    await stage.work()
    for each in PEOPLE:
        release(stage, each, Edited("For you", "My own words."))
    await stage.work()
    rows = [sent(stage, each) for each in PEOPLE]
    assert {row.variant for row in rows} == {"plain", "question"}
    assert {row.template_hash for row in rows} == {None}
    assert {stage.mails(each)[0]["Subject"] for each in PEOPLE} == {"For you"}


@pytest.mark.parametrize("edited", [None, Edited("For you", "My own words.")])
async def test_another_wording_than_was_read(each_stage: Stage, edited: Edited | None) -> None:
    """What was stopped after a rep read it is not sent, nor another one in its place, unread."""
    prepared(each_stage, BY_HAND, mailboxes=["ana"])
    await each_stage.work()
    pages = {}
    for each in PEOPLE:
        [task] = each_stage.read(tasks.of_enrollment, each_stage.stored(each).id)
        pages[each] = each_stage.read(task_page, each_stage.desk, task.id)
    assert {page.wording for page in pages.values()} == {"plain", "question"}
    stop(each_stage, "plain")
    for page in pages.values():
        args = (each_stage.desk, page.row.task.id)
        with pytest.raises(TaskError, match="has several wordings: say which"):
            each_stage.write(send, *args, Release("Eva", edited), each_stage.clock.now())
        released = Release("Eva", edited, page.wording)
        if page.wording == "question":
            each_stage.write(send, *args, released, each_stage.clock.now())
            continue
        with pytest.raises(TaskError, match=r"not in the wording plain any more: it changed"):
            each_stage.write(send, *args, released, each_stage.clock.now())
    await each_stage.work()
    for each, page in pages.items():
        assert len(each_stage.mails(each)) == (page.wording == "question")


async def test_a_rep_has_nothing_to_release(stage: Stage) -> None:
    """With every wording stopped the page says so, and the release is refused."""
    prepared(stage, BY_HAND, people=PEOPLE[:1])
    await stage.work()
    for name in ("plain", "question"):
        stage.write(variant_stops.add, Stop(SLUG, "intro", name, stage.clock.now(), "Eva", ""))
    [task] = stage.read(tasks.of_enrollment, stage.stored(PEOPLE[0]).id)
    page = stage.read(task_page, stage.desk, task.id)
    assert (page.wording, page.text) == ("", "")
    assert "every variant" in page.problem
    with pytest.raises(TaskError, match="every variant"):
        stage.write(send, stage.desk, task.id, Release("Eva"), stage.clock.now())


async def test_an_answer_continues_its_thread(stage: Stage) -> None:
    """A second mail answers the first in whichever wording that was."""
    prepared(stage)
    await stage.work()
    await stage.work(3 * DAY)
    for each in PEOPLE:
        first, second = stage.mails(each)
        assert second["Subject"] == f"Re: {first['Subject']}"
        assert second["In-Reply-To"] == first["Message-ID"]


async def answer(stage: Stage, address: str, text: str) -> None:
    date = f"Date: {stage.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
    to = f"In-Reply-To: {stage.mails(address)[-1]['Message-ID']}"
    stage.inboxes["ana"].deliver(a_mail(f"From: <{address}>", to, date, text=text))
    await stage.work(MINUTE)


async def test_results(each_stage: Stage) -> None:
    """Answers count for the wording that was sent; interest is told from anger."""
    prepared(each_stage)
    await each_stage.work()
    chosen = {each: sent(each_stage, each).variant for each in PEOPLE}
    plain = [each for each, variant in chosen.items() if variant == "plain"]
    question = [each for each, variant in chosen.items() if variant == "question"]
    await answer(each_stage, plain[0], "Yes, I am interested. Please send me more.")
    await answer(each_stage, plain[1], "This is not for us, we do not need that.")
    await answer(each_stage, question[0], "Unsubscribe. Take me off your list.")
    found = result(each_stage)
    by_name = {each.name: each.tally for each in found.variants}
    assert by_name["plain"].sent == len(plain)
    assert (by_name["plain"].replies, by_name["plain"].positive) == (2, 1)
    assert (by_name["question"].replies, by_name["question"].opted_out) == (0, 1)
    assert found.outcome.verdict is Verdict.TOO_FEW
    assert found.outcome.missing == 200  # as nobody has had the time to answer


async def test_results_survive_another_name(stage: Stage) -> None:
    """Put together by text, mails stay one group; a text that was changed is told apart."""
    prepared(stage)
    await stage.work()
    renamed = {"short": "intro.md", "question": "question.md"}
    changed = {"question.md": QUESTION.replace("slow", "painful")}
    stage.apply(a_loaded(changed, steps=[{"id": "intro", "variants": renamed}, BUMP]))
    more = [f"q{number}@mill{number}.example" for number in range(8)]
    stage.bring_in(*more)
    stage.enroll(*more)
    await stage.work()
    found = result(stage)
    names = {each.names for each in found.texts}
    assert ("plain", "short") in names
    by_name = {each.name: each for each in found.variants}
    assert [each.name for each in found.variants] == ["short", "question", "plain"]
    assert by_name["plain"].template == ""
    before = sum(sent(stage, each).variant == "question" for each in PEOPLE)
    assert by_name["question"].other_texts == before
    assert by_name["short"].other_texts == 0


async def test_who_waits_is_counted(stage: Stage) -> None:
    """Before anything is sent, one sees how people are spread, and what a stop changes."""
    prepared(stage)
    waiting = {each.name: each.waiting for each in result(stage).variants}
    assert sum(waiting.values()) == len(PEOPLE)
    assert all(waiting.values())
    stop(stage, "plain")
    assert {each.name: each.waiting for each in result(stage).variants} == {
        "plain": 0,
        "question": len(PEOPLE),
    }
    stopped = {each.name: each.stopped for each in result(stage).variants}
    assert stopped["plain"] is not None
    assert stopped["question"] is None


async def test_a_cadence_without_variants(stage: Stage) -> None:
    """There is nothing to show, and nothing to decide."""
    stage.apply()
    assert stage.read(variant_results, stage.desk, SLUG, stage.clock.now()) == []
    assert stage.read(status, stage.desk, stage.clock.now()).winners == ()


MANY = [f"m{number}@shop{number}.example" for number in range(90)]


def answered(stage: Stage, address: str, intent: str | None, kind: str = "reply") -> None:
    """An answer came in, and was read as that."""
    number = stage.person(address)
    place = Place("ana", Folder.INBOX, 1, 1_000 + number)
    message = Inbound(
        digest=f"answer {number}",
        sender=address,
        subject="Re",
        kind=kind,
        evidence="",
        enrollment_id=stage.stored(address).id,
        verdict={"intent": intent},
    )
    stage.write(inbound.add, place, message, stage.clock.now())


async def after_many(stage: Stage, winner: dict[str, Any]) -> None:
    """All have their mail; everybody who got the question is interested, the others are angry."""
    prepared(stage, {**INTRO, "winner": {"answer_days": 1, **winner}}, people=MANY)
    while len(stage.mailers["ana"].accepted) < len(MANY):
        await stage.work(MINUTE)
    for each in MANY:
        asked = sent(stage, each).variant == "question"
        answered(stage, each, "interested" if asked else "not_interested")


async def test_a_winner_is_proposed(each_stage: Stage) -> None:
    """It is shown where it is looked for, and nothing is changed without a person's word."""
    await after_many(each_stage, {"by": "positive_replies", "minimum": 30})
    await each_stage.work(DAY)
    found = result(each_stage)
    assert (found.outcome.verdict, found.outcome.best) == (Verdict.CLEAR, "question")
    assert {each.tally.replies == each.tally.sent for each in found.variants} == {True}
    [proposal] = each_stage.read(status, each_stage.desk, each_stage.clock.now()).winners
    assert (proposal.best, proposal.losers, proposal.auto) == ("question", ("plain",), False)
    assert {each.stopped for each in found.variants} == {None}


async def test_the_rule_stops_the_others(each_stage: Stage) -> None:
    """Where the cadence says so, once a day; a person's word that takes it back stands."""
    await after_many(each_stage, {"by": "positive_replies", "minimum": 30, "auto": True})
    await each_stage.work(DAY)
    stopped = {each.name: each.stopped for each in result(each_stage).variants}
    assert stopped["question"] is None
    assert stopped["plain"] is not None
    assert (stopped["plain"].by, stopped["plain"].why) == (
        "rule",
        "question is better by positive replies",
    )
    assert result(each_stage).outcome.verdict is Verdict.ALONE
    assert start(each_stage, "plain")
    await each_stage.work(DAY)
    assert {each.stopped for each in result(each_stage).variants} == {None}
    assert stop(each_stage, "plain", why="on second thoughts")
    [plain] = [each for each in result(each_stage).variants if each.stopped]
    assert plain.stopped is not None
    assert plain.stopped.why == "on second thoughts"


BY_INTEREST = {"by": "positive_replies", "minimum": 30, "auto": True}


def verdict(stage: Stage) -> tuple[Verdict, str]:
    """What the numbers say, and of which wording."""
    outcome = result(stage).outcome
    return outcome.verdict, outcome.best


async def test_nothing_is_said_before_people_could_answer(stage: Stage) -> None:
    """A wording that everybody answered a moment ago has not won: the others may still answer."""
    await after_many(stage, {**BY_INTEREST, "answer_days": 14})
    await stage.work(3 * DAY)
    assert verdict(stage) == (Verdict.TOO_FEW, "")
    assert result(stage).outcome.missing == 30
    assert {each.stopped for each in result(stage).variants} == {None}
    await stage.work(12 * DAY)
    await stage.work(DAY)
    assert [each.name for each in result(stage).variants if each.stopped] == ["plain"]


async def test_a_wording_that_is_added_has_its_time(stage: Stage) -> None:
    """What came of the older one before that, in another season, is not held against it."""
    alone = {"id": "intro", "variants": {"plain": "intro.md"}, "winner": BY_INTEREST}
    prepared(stage, alone, BUMP, people=MANY[:40])
    while len(stage.mailers["ana"].accepted) < 40:
        await stage.work(MINUTE)
    for each in MANY[:40]:
        answered(stage, each, "interested")
    await stage.work(20 * DAY)
    stage.apply(a_loaded(TEXTS, steps=[{**INTRO, "winner": BY_INTEREST}, BUMP]))
    stage.bring_in(*MANY[40:])
    stage.enroll(*MANY[40:])
    await stage.work(MINUTE)
    await stage.work(20 * DAY)
    found = {each.name: each for each in result(stage).variants}
    assert found["plain"].tally.positive == 40
    assert sum(each.compared for each in found.values()) <= 50
    assert verdict(stage) == (Verdict.TOO_FEW, "")
    assert {each.stopped for each in found.values()} == {None}


async def test_a_new_text_is_judged_by_itself(each_stage: Stage) -> None:
    """What came of an old text under the same name says nothing of the new one."""
    await after_many(each_stage, {**BY_INTEREST, "auto": False})
    await each_stage.work(2 * DAY)
    assert verdict(each_stage) == (Verdict.CLEAR, "question")
    new = {**TEXTS, "question.md": "---\nsubject: New\n---\nAll new, {{ first_name }}.\n"}
    winner = {**BY_INTEREST, "answer_days": 1}
    each_stage.apply(a_loaded(new, steps=[{**INTRO, "winner": winner}, BUMP]))
    await each_stage.work(2 * DAY)
    assert verdict(each_stage) == (Verdict.TOO_FEW, "")
    found = {each.name: each for each in result(each_stage).variants}
    assert found["question"].compared == 0
    assert found["question"].other_texts == found["question"].tally.sent
    assert {each.stopped for each in found.values()} == {None}


async def test_a_text_wins_under_whatever_name(stage: Stage) -> None:
    """Two names whose files were exchanged: the text that was better is, under its new name."""
    await after_many(stage, {**BY_INTEREST, "auto": False})
    swapped = {"plain": "question.md", "question": "intro.md"}
    winner = {**BY_INTEREST, "auto": False, "answer_days": 1}
    steps = [{"id": "intro", "variants": swapped, "winner": winner}, BUMP]
    stage.apply(a_loaded(TEXTS, steps=steps))
    await stage.work(2 * DAY)
    assert verdict(stage) == (Verdict.CLEAR, "plain")


async def test_the_time_of_a_stop_is_not_compared(stage: Stage) -> None:
    """While one was stopped only the other one left: what is compared begins when it goes on."""
    await after_many(stage, {**BY_INTEREST, "auto": False})
    await stage.work(2 * DAY)
    assert verdict(stage) == (Verdict.CLEAR, "question")
    stop(stage, "plain")
    await stage.work(DAY)
    start(stage, "plain")
    await stage.work(2 * DAY)
    assert verdict(stage) == (Verdict.TOO_FEW, "")
    assert {each.compared for each in result(stage).variants} == {0}


async def test_meetings_are_what_counts_by_default(stage: Stage) -> None:
    """However many are interested: with no meeting in sight there is no winner."""
    await after_many(stage, {"minimum": 30, "auto": True})
    await stage.work(DAY)
    assert result(stage).outcome.verdict is Verdict.OPEN
    assert {each.stopped for each in result(stage).variants} == {None}


async def test_a_meeting_counts(each_stage: Stage) -> None:
    """One that is on, or took place, for the wording that the person had before it was booked."""
    prepared(each_stage)
    await each_stage.work()
    booked, cancelled = PEOPLE[0], PEOPLE[1]
    for number, each in enumerate((booked, cancelled)):
        meeting = Meeting(
            source="test",
            meeting_key=f"m{number}",
            previous_key="",
            state=MeetingState.BOOKED if each == booked else MeetingState.CANCELLED,
            email=each,
            prospect_id=each_stage.person(each),
            starts_at=each_stage.clock.now() + DAY,
            enrollment_id=each_stage.stored(each).id,
        )
        each_stage.write(meetings.add, meeting, each_stage.clock.now())
    found = {each.name: each.tally.meetings for each in result(each_stage).variants}
    assert found[sent(each_stage, booked).variant or ""] == 1
    assert sum(found.values()) == 1


async def test_a_link_counts_as_an_opt_out(each_stage: Stage) -> None:
    """Even where the cadence had ended before: the address came on the list after the mail."""
    prepared(each_stage, INTRO, people=PEOPLE[:1])
    await each_stage.work()
    assert each_stage.enrollment(PEOPLE[0]).state is EnrollmentState.FINISHED
    opted_out = SuppressionReason.OPTED_OUT
    now = each_stage.clock.now() + MINUTE
    each_stage.write(suppress_address, each_stage.desk, PEOPLE[0], opted_out, "link", now)
    [variant] = [each for each in result(each_stage).variants if each.tally.sent]
    assert (variant.tally.opted_out, variant.tally.bounced) == (1, 0)


async def test_what_comes_of_another_cadence(each_stage: Stage) -> None:
    """A wish for silence counts for the last mail of all; a later bounce for none of the first."""
    people = PEOPLE[:6]
    prepared(each_stage, INTRO, people=people)
    await each_stage.work()
    answered(each_stage, people[0], "interested")
    await each_stage.work(DAY)
    later = [{"id": "news", "email": "intro.md"}]
    each_stage.apply(a_loaded(cadence="newsletter", steps=later, mailboxes=["luis"]))
    each_stage.enroll(*people, slug="newsletter")
    await each_stage.work()
    assert [len(each_stage.mails(each)) for each in people] == [2] * 6
    reasons = [SuppressionReason.BOUNCED, SuppressionReason.OPTED_OUT, SuppressionReason.BOUNCED]
    now = each_stage.clock.now() + DAY
    for person, reason in zip(people, reasons, strict=False):
        each_stage.write(suppress_address, each_stage.desk, person, reason, "elsewhere", now)
    tallies = [each.tally for each in result(each_stage).variants]
    assert sum(each.positive for each in tallies) == 1
    assert [(each.bounced, each.opted_out) for each in tallies] == [(0, 0), (0, 0)]


async def test_a_report_that_came_late(each_stage: Stage) -> None:
    """A mail that comes back when the cadence is over counts as bounced; a delay does not."""
    prepared(each_stage, INTRO, people=PEOPLE[:2])
    await each_stage.work()
    for number, each in enumerate(PEOPLE[:2]):
        place = Place("ana", Folder.INBOX, 1, 2_000 + number)
        report = Inbound(
            digest=f"report {number}",
            sender="mailer-daemon@bank.example",
            subject="Undelivered",
            kind="bounce",
            evidence="",
            enrollment_id=each_stage.stored(each).id,
            verdict={"permanent": number == 0},
        )
        each_stage.write(inbound.add, place, report, each_stage.clock.now() + DAY)
    assert sum(each.tally.bounced for each in result(each_stage).variants) == 1


async def test_a_pool_is_who_is_in_it_now(each_stage: Stage) -> None:
    """A mailbox that is added to the pool gets people without a new version of the cadence."""
    each_stage.policy = replace(each_stage.policy, pools={"madrid": ("ana",)})
    each_stage.restart()
    first = prepared(each_stage, people=PEOPLE[:2], **{"from": {"pool": "madrid"}})
    assert first == [True, True]
    each_stage.policy = replace(each_stage.policy, pools={"madrid": ("ana", "luis")})
    each_stage.restart()
    each_stage.bring_in(*PEOPLE[2:4])
    each_stage.enroll(*PEOPLE[2:4])
    bound = [each_stage.enrollment(each).mailbox for each in PEOPLE[:4]]
    assert bound == ["ana", "ana", "luis", "luis"]


async def test_a_pool_that_is_gone(stage: Stage) -> None:
    """Nobody is let in; whoever is in stays with their mailbox."""
    stage.policy = replace(stage.policy, pools={"madrid": ("ana",)})
    stage.restart()
    prepared(stage, people=PEOPLE[:1], **{"from": {"pool": "madrid"}})
    stage.policy = replace(stage.policy, pools={})
    stage.restart()
    stage.bring_in(PEOPLE[1])
    [answer] = stage.enroll(PEOPLE[1])
    assert [each.code for each in answer.refusals] == ["no_active_mailbox"]
    await stage.work()
    assert len(stage.mails(PEOPLE[0])) == 1


async def test_the_owner_comes_first(stage: Stage) -> None:
    """Where the cadence says so, a person hears from the mailbox of their owner."""
    changes: Any = {"from": {"mailboxes": ["ana", "luis"], "rotate": "owner_first"}}
    stage.apply(a_loaded(**changes))
    stage.bring_in(*(a_prospect(email=each, owner="luis") for each in PEOPLE[:2]))
    stage.bring_in(a_prospect(email=PEOPLE[2], owner="nobody"))
    stage.enroll(*PEOPLE[:3])
    assert [stage.enrollment(each).mailbox for each in PEOPLE[:3]] == ["luis", "luis", "ana"]


THREE = {"plain": "intro.md", "question": "question.md", "short": "short.md"}
SHORT = {"short.md": "---\nsubject: Shortly\n---\nOnly this, {{ first_name }}.\n"}
WORDED = (
    {"id": "intro", "variants": THREE},
    {"id": "bump", "wait": "1 day", "variants": THREE},
)


class Story:
    """Stops, starts, refusals, lost lines and time, one after another as they are drawn."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.seed, self.number = stage, seed, 0
        self.stopped: set[tuple[str, str]] = set()
        self.left: dict[int, tuple[str | None, str | None, bytes]] = {}
        stage.apply(a_loaded({**TEXTS, **SHORT}, mailboxes=["luis"], steps=list(WORDED)))
        stage.bring_in(*PEOPLE)
        stage.enroll(*PEOPLE)
        stage.mailers["luis"].lost_are_accepted = False

    def one_of(self, *choices: Any) -> Any:
        """The next that is drawn."""
        self.number += 1
        return choices[int(fraction(str(self.seed), str(self.number)) * len(choices))]

    async def go_on(self) -> None:
        """Let something happen, then look at all mails."""
        deed = self.one_of(self.stop, self.start, self.fail, self.wait, self.wait, self.wait)
        await deed()
        for person in PEOPLE:
            for row in self.stage.sends(person):
                self.look_at(row)

    async def stop(self) -> None:
        step_id, variant = self.one_of("intro", "bump"), self.one_of(*THREE)
        with suppress(VariantError):
            stop(self.stage, variant, step_id)
            self.stopped.add((step_id, variant))

    async def start(self) -> None:
        named = VariantName(SLUG, self.one_of("intro", "bump"), self.one_of(*THREE))
        now = self.stage.clock.now()
        self.stage.write(start_variant, self.stage.desk, named, "Eva", now)
        self.stopped.discard((named.step_id, named.variant))

    async def fail(self) -> None:
        self.stage.mailers["luis"].plan(self.one_of(*PEOPLE), self.one_of(LATER, LOST))

    async def wait(self) -> None:
        await self.stage.work(self.one_of(MINUTE, 20 * MINUTE, 8 * 60 * MINUTE))

    def look_at(self, row: StoredSend) -> None:
        """A mail is begun in what is not stopped; one that may have left stays what it is."""
        if row.handed_at is None:
            self.left.pop(row.id, None)  # a server said no: it is written anew
            return
        now = (row.variant, row.template_hash, self.stage.mail_of(row))
        if row.id not in self.left:
            assert (row.step_id, row.variant) not in self.stopped
        assert self.left.setdefault(row.id, now) == now


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_is_stopped_meanwhile(stage: Stage, seed: int) -> None:
    """No mail is begun in a wording that is stopped, and none changes once it may have left."""
    story = Story(stage, seed)
    for _ in range(60):
        await story.go_on()
    assert len(story.left) > len(PEOPLE)
    subjects = {"plain": "A question about", "question": "May I ask?", "short": "Shortly"}
    for person in PEOPLE:
        first = sent(stage, person)
        if first.state is SendState.SENT:
            assert stage.mails(person)[0]["Subject"].startswith(subjects[first.variant or ""])
    assert stage.verify().clean
