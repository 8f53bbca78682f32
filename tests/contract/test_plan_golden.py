"""A plan as it is printed, for people and for scripts."""

import json

from golden_text import golden
from stage import DAY, SLUG, STEPS, Stage, a_loaded

from sequencer.cli.plan_words import lines_of
from sequencer.domain.migration import Choice
from sequencer.engine.plan_document import differences, document_of, options_of
from sequencer.engine.plan_look import look
from sequencer.engine.plan_view import Options
from sequencer.files.plan_file import PlanFile

INTRO, BUMP, LAST = STEPS
PEOPLE = [f"p{number:02}@bank{number}.example" for number in range(12)]
EDITED = a_loaded(
    {"intro.md": "---\nsubject: Hello\n---\nHello {{ first_name }},\n"},
    title="Second contact",
    steps=[INTRO, {**BUMP, "wait": "4 days", "when": "company"}, {"id": "call", "call": "bump.md"}],
)
SHORTER = a_loaded(steps=[INTRO, LAST])
MOVE = Options(migrate=frozenset({SLUG}))


async def under_way(stage: Stage) -> None:
    """Ten people wait for their second mail, one for the third, and one has not begun."""
    stage.begin(PEOPLE[0])
    await stage.work()
    await stage.work(after=DAY)
    stage.bring_in(*PEOPLE[1:11])
    stage.enroll(*PEOPLE[1:11])
    await stage.work()
    await stage.work(after=2 * DAY)


async def test_plan_for_people(stage: Stage) -> None:
    """What is printed, without going over, with it, and where a decision is needed."""
    await under_way(stage)
    plans = [
        look(stage.database, stage.desk, [loaded], options, stage.clock.now())
        for loaded, options in (
            (EDITED, Options()),
            (EDITED, MOVE),
            (EDITED, Options(with_added=frozenset({SLUG}))),
            (SHORTER, MOVE),
            (SHORTER, Options(decisions={(SLUG, "bump"): Choice.NEXT})),
            (a_loaded(), MOVE),
        )
    ]
    plans.append(look(stage.database, stage.desk, [], Options(), stage.clock.now()))
    text = "\n\n".join("\n".join(lines_of(plan)) for plan in plans)
    golden("plan.txt", f"{text}\n")


async def test_plan_for_scripts(stage: Stage) -> None:
    """The JSON value has every person, and is read again as the plan that it was."""
    await under_way(stage)
    plan = look(stage.database, stage.desk, [EDITED], MOVE, stage.clock.now())
    document = document_of(plan, "marta")
    golden("plan.json", json.dumps(document, indent=1) + "\n")
    file = PlanFile.model_validate(document)
    assert options_of(file) == MOVE
    assert differences(file, plan) == []


async def test_differences_are_told(stage: Stage) -> None:
    """Whoever went on since, came in or ended is named; so are files and versions."""
    await under_way(stage)
    now = stage.clock.now()
    plan = look(stage.database, stage.desk, [EDITED], MOVE, now)
    file = PlanFile.model_validate(document_of(plan, "marta"))
    stage.bring_in(PEOPLE[11])
    stage.enroll(PEOPLE[11])
    await stage.work(after=DAY)
    later = look(stage.database, stage.desk, [EDITED], MOVE, now)
    told = differences(file, later)
    assert f"{SLUG}: {PEOPLE[1]} was active at bump, and is active at last-mail" in told
    assert f"{SLUG}: {PEOPLE[11]} came in since" in told
    stage.apply(a_loaded(title="Third"))
    other = look(stage.database, stage.desk, [SHORTER], MOVE, now)
    told = differences(file, other)
    assert f"{SLUG}: its files have changed since" in told
    assert f"{SLUG}: another version runs since" in told
    gone = look(stage.database, stage.desk, [], Options(), now)
    assert differences(file, gone)[0] == f"{SLUG}: its files have changed since"
