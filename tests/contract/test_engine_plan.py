"""A plan and what applying it does, on a whole engine."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOON
from stage import ALWAYS, DAY, SLUG, STEPS, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.migration import Choice
from sequencer.domain.send import SendState
from sequencer.engine.pause import pause
from sequencer.engine.plan_apply import AppliedCadence, Order, PlanError, apply_plan
from sequencer.engine.plan_effect import Effect, Word
from sequencer.engine.plan_look import UnknownOptionError, look
from sequencer.engine.plan_view import Change, Options, Plan
from sequencer.engine.plan_words import sentences_of
from sequencer.engine.task_undo import undo
from sequencer.engine.tasks import Ending, TaskError, done
from sequencer.engine.variant_stop import VariantName, start_variant, stop_variant
from sequencer.files.cadence import LoadedCadence
from sequencer.store import first_run, past_versions, tasks

ZOE, LEO = "zoe@bank.example", "leo@bank.example"
INTRO, BUMP, LAST = STEPS
MOVE = Options(migrate=frozenset({SLUG}))


def with_steps(*steps: dict[str, Any], **changes: Any) -> LoadedCadence:
    """The cadence with these steps."""
    return a_loaded(steps=list(steps), **changes)


def plan_of(stage: Stage, loaded: LoadedCadence, options: Options = MOVE) -> Plan:
    """The plan of now."""
    return look(stage.database, stage.desk, [loaded], options, stage.clock.now())


def carry_out(
    stage: Stage, loaded: LoadedCadence, options: Options = MOVE, limit: int | None = None
) -> AppliedCadence:
    """Plan and apply at once."""
    plan = plan_of(stage, loaded, options)
    order = Order("test", stage.clock.now(), limit=limit)
    [done] = apply_plan(stage.database, stage.desk, [loaded], plan, order)
    return done


def effects_of(plan: Plan) -> Sequence[Effect]:
    """What becomes of people in the one cadence."""
    [cadence] = plan.cadences
    return cadence.effects


def due_of(stage: Stage, step_id: str, address: str = ZOE) -> datetime:
    """When the mail of a step is due."""
    [due] = [send.due_at for send in stage.sends(address) if send.step_id == step_id]
    return due


def states(stage: Stage, address: str = ZOE) -> dict[str, SendState]:
    """How the mail of each step stands."""
    return {send.step_id: send.state for send in stage.sends(address)}


async def test_new_cadence_is_planned(stage: Stage) -> None:
    """A file of a cadence that does not run yet is new; nobody is in it."""
    plan = plan_of(stage, a_loaded(), Options())
    assert [(each.change, each.effects) for each in plan.cadences] == [(Change.NEW, ())]
    assert plan.has_changes


async def test_applied_files_change_nothing(stage: Stage) -> None:
    """What runs already is no change."""
    stage.apply()
    assert not plan_of(stage, a_loaded(), Options()).has_changes


async def test_people_keep_their_version(stage: Stage) -> None:
    """Without being asked for, nobody under way goes over."""
    stage.begin(ZOE)
    await stage.work()
    edited = with_steps(INTRO, {**BUMP, "wait": "4 days"})
    plan = plan_of(stage, edited, Options())
    assert (plan.cadences[0].elsewhere, plan.cadences[0].effects) == (1, ())
    before = stage.stored(ZOE).version_hash
    carry_out(stage, edited, Options())
    assert stage.stored(ZOE).version_hash == before
    await stage.work(after=3 * DAY)
    assert states(stage)["bump"] is SendState.SENT


async def test_longer_wait_moves_the_next_mail(stage: Stage) -> None:
    """A wait counts from when it began, by its new length."""
    stage.begin(ZOE)
    await stage.work()
    await stage.work(after=DAY)
    edited = with_steps(INTRO, {**BUMP, "wait": "4 days"}, LAST)
    [effect] = effects_of(plan_of(stage, edited))
    assert (effect.word, effect.step, effect.step_after) == (Word.MOVES, "bump", "bump")
    assert (effect.due_at, effect.due_after_at) == (NOON + 3 * DAY, NOON + 4 * DAY)
    assert carry_out(stage, edited).moved == 1
    assert due_of(stage, "bump") == NOON + 4 * DAY
    assert stage.stored(ZOE).version_hash == edited.hash
    assert "crossed" in stage.timeline(ZOE)


async def test_shorter_wait_is_never_before_now(stage: Stage) -> None:
    """A wait that would be over by its new length is over now."""
    stage.begin(ZOE)
    await stage.work()
    await stage.work(after=2 * DAY)
    edited = with_steps(INTRO, {**BUMP, "wait": "1 day"}, LAST)
    carry_out(stage, edited)
    assert due_of(stage, "bump") == NOON + 2 * DAY
    await stage.work()
    assert states(stage)["bump"] is SendState.SENT


async def test_reworded_step_keeps_its_instant(stage: Stage) -> None:
    """Nobody's next instant moves where only words changed, and the new words are sent."""
    stage.begin(ZOE)
    await stage.work()
    edited = a_loaded({"bump.md": "Hello again {{ first_name }}!\n"})
    plan = plan_of(stage, edited)
    assert plan.cadences[0].difference.is_words_only
    [effect] = effects_of(plan)
    assert effect.due_at == effect.due_after_at == NOON + 3 * DAY
    carry_out(stage, edited)
    await stage.work(after=3 * DAY)
    assert "Hello again" in str(stage.mails(ZOE)[1])


async def test_removed_step_is_lost(stage: Stage) -> None:
    """Who had not come to a step that is removed does not get it."""
    stage.begin(ZOE)
    await stage.work()
    edited = with_steps(INTRO, BUMP)
    [effect] = effects_of(plan_of(stage, edited))
    assert (effect.loses, effect.gains, effect.mails) == (("last-mail",), (), 1)
    carry_out(stage, edited)
    await stage.work(after=3 * DAY)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED


async def test_added_step_is_for_the_new_ones(stage: Stage) -> None:
    """Who is under way does not get what an edit added."""
    stage.begin(ZOE)
    await stage.work()
    extra = {"id": "extra", "wait": "1 day", "email": "intro.md", "thread": "new"}
    edited = with_steps(INTRO, BUMP, extra, LAST)
    [effect] = effects_of(plan_of(stage, edited))
    assert (effect.loses, effect.gains) == ((), ())
    carry_out(stage, edited)
    await stage.work(after=3 * DAY)
    await stage.work(after=5 * DAY)
    assert list(states(stage)) == ["intro", "bump", "last-mail"]


async def test_added_step_is_given_where_asked(stage: Stage) -> None:
    """With the option, who is under way gets what an edit added, and the plan says so."""
    stage.begin(ZOE)
    await stage.work()
    extra = {"id": "extra", "wait": "1 day", "email": "intro.md", "thread": "new"}
    edited, options = with_steps(INTRO, BUMP, extra, LAST), Options(with_added=frozenset({SLUG}))
    [effect] = effects_of(plan_of(stage, edited, options))
    assert (effect.gains, effect.mails) == (("extra",), 3)
    carry_out(stage, edited, options)
    await stage.work(after=3 * DAY)
    await stage.work(after=DAY)
    assert states(stage)["extra"] is SendState.SENT


async def test_sent_step_moved_behind_is_not_sent_again(stage: Stage) -> None:
    """What was sent is never sent again, in whatever order the new version has it."""
    stage.begin(ZOE)
    await stage.work()
    edited = a_loaded(
        {"bump.md": "---\nsubject: Did you see it?\n---\nHello {{ first_name }}!\n"},
        steps=[BUMP, LAST, {**INTRO, "wait": "1 day"}],
    )
    carry_out(stage, edited)
    await stage.work(after=3 * DAY)
    await stage.work(after=5 * DAY)
    await stage.work(after=2 * DAY)
    assert [send.step_id for send in stage.sends(ZOE)] == ["intro", "bump", "last-mail"]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED


async def test_answer_to_a_mail_whose_step_is_gone(stage: Stage) -> None:
    """A mail answers the last one that left, though its step is in the cadence no more."""
    stage.begin(ZOE)
    await stage.work()
    carry_out(stage, with_steps({**INTRO, "id": "opening"}, BUMP, LAST, retired=["intro"]))
    await stage.work(after=3 * DAY)
    first, second = stage.mails(ZOE)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["Subject"] == f"Re: {first['Subject']}"


async def test_gone_step_needs_a_decision(stage: Stage) -> None:
    """Nobody goes over who stands at a step that is gone, until somebody has said what then."""
    stage.begin(ZOE)
    await stage.work()
    edited = with_steps(INTRO, LAST)
    plan = plan_of(stage, edited)
    assert [effect.word for effect in effects_of(plan)] == [Word.NEEDS]
    assert plan.is_undecided
    with pytest.raises(PlanError, match=r"1 stands at bump, which is gone or .*: --decide"):
        apply_plan(stage.database, stage.desk, [edited], plan, Order("test", NOON))


def decided(choice: Choice) -> Options:
    """That choice for those who stand at the bump."""
    return Options(migrate=frozenset({SLUG}), decisions={(SLUG, "bump"): choice})


async def test_gone_step_may_be_passed_over(stage: Stage) -> None:
    """The next step that is left comes as long after the last mail as its wait says."""
    stage.begin(ZOE)
    await stage.work()
    edited = with_steps(INTRO, LAST)
    [effect] = effects_of(plan_of(stage, edited, decided(Choice.NEXT)))
    assert (effect.step_after, effect.due_after_at) == ("last-mail", NOON + 5 * DAY)
    assert effect.loses == ("bump",)
    carry_out(stage, edited, decided(Choice.NEXT))
    assert states(stage)["bump"] is SendState.CANCELLED
    assert due_of(stage, "last-mail") == NOON + 5 * DAY
    await stage.work(after=5 * DAY)
    assert states(stage)["last-mail"] is SendState.SENT


async def test_gone_step_may_be_kept(stage: Stage) -> None:
    """Who is to keep their version gets the step that is gone all the same."""
    stage.begin(ZOE)
    await stage.work()
    carry_out(stage, with_steps(INTRO, LAST), decided(Choice.KEEP))
    await stage.work(after=3 * DAY)
    assert states(stage)["bump"] is SendState.SENT


async def test_gone_step_may_end_it(stage: Stage) -> None:
    """Who is to finish ends as by hand, so it may be taken back."""
    stage.begin(ZOE)
    await stage.work()
    carry_out(stage, with_steps(INTRO, LAST), decided(Choice.FINISH))
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REMOVED


async def test_nothing_left_completes_it(stage: Stage) -> None:
    """Where no step is left that comes next, the cadence is done."""
    stage.begin(ZOE)
    await stage.work()
    carry_out(stage, with_steps(INTRO), decided(Choice.NEXT))
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED


async def test_paused_keep_what_remains(stage: Stage) -> None:
    """A pause keeps the rest of the wait, whatever the new wait is."""
    stage.begin(ZOE)
    await stage.work()
    await stage.work(after=DAY)
    stage.write(pause, stage.desk, ZOE, "test", stage.clock.now())
    carry_out(stage, with_steps(INTRO, {**BUMP, "wait": "9 days"}, LAST))
    stored = stage.stored(ZOE)
    assert stored.enrollment.remaining == 2 * DAY
    assert due_of(stage, "bump") == NOON + 3 * DAY


async def test_paused_at_gone_step_waits_for_the_next(stage: Stage) -> None:
    """Who is paused at a step that is gone has the rest of the wait for the next one left."""
    stage.begin(ZOE)
    await stage.work()
    await stage.work(after=DAY)
    stage.write(pause, stage.desk, ZOE, "test", stage.clock.now())
    carry_out(stage, with_steps(INTRO, LAST), decided(Choice.NEXT))
    enrollment = stage.enrollment(ZOE)
    assert (enrollment.state, enrollment.step) == (EnrollmentState.PAUSED, "last-mail")
    assert enrollment.remaining == 4 * DAY


async def test_finished_stay_finished(stage: Stage) -> None:
    """Who has been through it is not looked at."""
    stage.begin(ZOE)
    for wait in (0, 3, 5):
        await stage.work(after=wait * DAY)
    assert effects_of(plan_of(stage, with_steps(INTRO))) == ()


async def test_kind_may_change(stage: Stage) -> None:
    """A mail that became a call is a task, due when the mail was."""
    stage.begin(ZOE)
    await stage.work()
    call = {"id": "bump", "wait": "3 days", "call": "bump.md"}
    carry_out(stage, with_steps(INTRO, call, LAST))
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert (task.step_id, task.due_at) == ("bump", NOON + 3 * DAY)
    assert states(stage)["bump"] is SendState.CANCELLED


async def test_task_is_retimed(stage: Stage) -> None:
    """An open task is due later by a longer wait, and is skipped later."""
    call = {"id": "bump", "wait": "3 days", "call": "bump.md", "skip_after": "1 day"}
    stage.apply(with_steps(INTRO, call, LAST))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    carry_out(stage, with_steps(INTRO, {**call, "wait": "4 days"}, LAST))
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert (task.due_at, task.skip_at) == (NOON + 4 * DAY, NOON + 5 * DAY)
    carry_out(stage, with_steps(INTRO, {**call, "wait": "4 days", "skip_after": "2 days"}, LAST))
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert (task.due_at, task.skip_at) == (NOON + 4 * DAY, NOON + 6 * DAY)


async def test_task_of_a_gone_step_is_not_taken_back(stage: Stage) -> None:
    """The end of a task whose step the person's version does not have stands."""
    call = {"id": "opening", "call": "bump.md"}
    stage.apply(with_steps(call, BUMP))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    stage.write(done, stage.desk, task.id, Ending("test"), stage.clock.now())
    carry_out(stage, with_steps(BUMP))
    with pytest.raises(TaskError, match="opening is gone"):
        stage.write(undo, stage.desk, task.id, "test", stage.clock.now())


async def test_earlier_version_is_a_plan_like_any_other(stage: Stage) -> None:
    """Back to the version before: what an edit took comes no more without being asked for."""
    stage.begin(ZOE)
    await stage.work()
    first = stage.stored(ZOE).version_hash
    carry_out(stage, with_steps(INTRO, BUMP))
    [effect] = effects_of(plan_of(stage, a_loaded()))
    assert (effect.gains, effect.mails) == ((), 1)
    carry_out(stage, a_loaded())
    assert stage.stored(ZOE).version_hash == first
    ran = stage.read(past_versions.newest, SLUG, 1_000, 10)
    assert [each.moved for each in reversed(ran)] == [0, 1, 1]


async def test_who_went_on_meanwhile_is_told(stage: Stage) -> None:
    """Who has got the next mail since the plan was made keeps their version."""
    stage.begin(ZOE, LEO)
    await stage.work()
    edited = with_steps(INTRO, BUMP)
    plan = plan_of(stage, edited)
    stage.write(pause, stage.desk, LEO, "test", stage.clock.now())
    order = Order("test", stage.clock.now())
    [done] = apply_plan(stage.database, stage.desk, [edited], plan, order)
    assert (done.moved, done.went_on) == (1, (LEO,))
    assert stage.stored(LEO).version_hash != edited.hash


async def test_limit_lets_few_go_over(stage: Stage) -> None:
    """With a limit so many go over, and the others are left for the next time."""
    stage.begin(ZOE, LEO)
    await stage.work()
    edited = with_steps(INTRO, BUMP)
    done = carry_out(stage, edited, limit=1)
    assert (done.moved, done.left, done.most_people) == (1, 1, 1)
    assert carry_out(stage, edited).moved == 1


async def test_limit_lets_few_begin(stage: Stage) -> None:
    """With a limit the others wait like those whom the throttle keeps, until it is lifted."""
    carry_out(stage, a_loaded(), Options(), limit=1)
    stage.bring_in(ZOE, LEO)
    answers = stage.enroll(ZOE, LEO)
    assert [[each.code for each in answer.waits] for answer in answers] == [
        [],
        ["first_run_limit"],
    ]
    await stage.work()
    assert [stage.enrollment(each).state for each in (ZOE, LEO)] == ["active", "pending"]
    carry_out(stage, a_loaded(), Options())
    assert stage.read(first_run.limit_of, SLUG) is None
    await stage.work()
    assert stage.enrollment(LEO).state is EnrollmentState.ACTIVE


async def test_a_version_with_nothing_to_write(each_stage: Stage) -> None:
    """Where every variant that is left of a mail is stopped, the plan says so and is refused."""
    texts = {"other.md": "---\nsubject: Hello\n---\nHello, {{ first_name }}.\n"}
    both = {"id": "intro", "variants": {"plain": "intro.md", "other": "other.md"}}
    each_stage.apply(a_loaded(texts, steps=[both]))
    named = VariantName(SLUG, "intro", "plain")
    now = each_stage.clock.now()
    each_stage.write(stop_variant, each_stage.desk, named, "Eva", "", now)
    alone = with_steps({"id": "intro", "variants": {"plain": "intro.md"}})
    plan = plan_of(each_stage, alone, Options())
    assert plan.cadences[0].wordless == ("intro",)
    told = sentences_of(plan.cadences[0])
    assert told[0] == "Cannot be applied: every variant of intro is stopped."
    with pytest.raises(PlanError, match="every variant of intro is stopped, so nobody could be"):
        carry_out(each_stage, alone, Options())
    each_stage.bring_in(ZOE)
    assert each_stage.enroll(ZOE)[0].enrolled  # the version before goes on
    each_stage.write(start_variant, each_stage.desk, named, "Eva", now)
    assert carry_out(each_stage, alone, Options()).change is Change.CHANGED


async def test_cadence_without_file_runs_dry(stage: Stage) -> None:
    """A cadence whose file is gone takes nobody in; those under way are left alone."""
    stage.begin(ZOE)
    await stage.work()
    plan = look(stage.database, stage.desk, [], Options(), stage.clock.now())
    assert [(each.slug, each.change) for each in plan.cadences] == [(SLUG, Change.DRAINING)]
    apply_plan(stage.database, stage.desk, [], plan, Order("test", stage.clock.now()))
    assert not look(stage.database, stage.desk, [], Options(), NOON).has_changes
    stage.bring_in(LEO)
    [answer] = stage.enroll(LEO)
    assert [each.code for each in answer.refusals] == ["cadence_draining"]
    plan = plan_of(stage, a_loaded(), Options())
    assert [each.change for each in plan.cadences] == [Change.RETURNS]


async def test_renamed_step_is_refused(stage: Stage) -> None:
    """A step that is gone while one appeared that looks like it is a mistake, unless retired."""
    stage.begin(ZOE)
    renamed = {**BUMP, "id": "bump-again"}
    plan = plan_of(stage, with_steps(INTRO, renamed, LAST), Options())
    assert [(each.gone, each.appeared) for each in plan.renamed] == [("bump", "bump-again")]
    with pytest.raises(PlanError, match="looks like it"):
        apply_plan(stage.database, stage.desk, [], plan, Order("test", NOON))
    retired = with_steps(INTRO, renamed, LAST, retired=["bump"])
    assert plan_of(stage, retired, Options()).renamed == ()


async def test_mails_keep_the_window_they_left_in(stage: Stage) -> None:
    """A proof asks a mail for the window of the version that it left by."""
    stage.begin(ZOE)
    await stage.work()
    evening = {**ALWAYS, "window": {"mon-sun": ["20:00-22:00"]}}
    carry_out(stage, a_loaded(schedule=evening))
    stage.clock.advance(timedelta(minutes=1))
    await stage.work(after=3 * DAY)
    assert due_of(stage, "bump").hour == 20
    await stage.work(after=timedelta(hours=8))
    assert states(stage)["bump"] is SendState.SENT
    assert stage.verify().details == []


@pytest.mark.parametrize(
    "options",
    [
        Options(migrate=frozenset({"other"})),
        Options(decisions={(SLUG, "nowhere"): Choice.NEXT}),
    ],
)
async def test_unknown_names_are_refused(stage: Stage, options: Options) -> None:
    """An option that names what is not there is a mistake."""
    stage.begin(ZOE)
    with pytest.raises(UnknownOptionError):
        plan_of(stage, a_loaded(), options)
