"""What has become of somebody in a cadence test: their mails, tasks, pauses, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.reason import Refusal
from sequencer.domain.task import TaskState
from sequencer.simulation.cadence_test_days import Days
from sequencer.simulation.cadence_test_scene import Change, Mail, Scene
from sequencer.store import enrollments, ledger, sends, suppressions, tasks
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.tasks import StoredTask


@dataclass(frozen=True, slots=True)
class Touch:
    """A step that has happened: a mail that left, or a task that was due.

    Attributes:
        name: of the step, with its cadence.
        variant: its wording, where it has several.
    """

    name: str
    at: datetime
    mail: Mail | None = None
    task: StoredTask | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that was passed over."""

    name: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything about one person of a test.

    Attributes:
        slug: of the cadence that is tested.
        enrolled: in what they are or were, the oldest first.
        tasks: what anybody was asked to do, steps included.
        events: what was given, and when it happened first.
        given_at: when the last thing that was given happened.
        end: when the test ended.
    """

    slug: str
    days: Days
    touches: Sequence[Touch]
    passed: Sequence[Passed]
    enrolled: Sequence[StoredEnrollment]
    tasks: Sequence[StoredTask]
    changes: Sequence[Change]
    story: Sequence[Entry]
    events: dict[str, datetime]
    given_at: datetime | None
    suppressed: bool
    refused: Sequence[Refusal]
    end: datetime

    def name_of(self, step: str) -> str:
        """The step with its cadence, which is that of the test where none is said."""
        return step if "/" in step else f"{self.slug}/{step}"

    def shown(self, name: str) -> str:
        """The step as a test would name it."""
        return name.removeprefix(f"{self.slug}/")

    def touch(self, step: str) -> Touch | None:
        """The step, where it has happened."""
        name = self.name_of(step)
        return next((touch for touch in self.touches if touch.name == name), None)

    def instant(self, anchor: str) -> datetime | None:
        """When a step, or something given, happened."""
        if anchor.startswith("the "):
            return self.events.get(anchor)
        touch = self.touch(anchor)
        return touch.at if touch else None

    def enrollment(self, slug: str) -> StoredEnrollment | None:
        """The newest enrollment in that cadence."""
        return next((each for each in reversed(self.enrolled) if each.slug == slug), None)

    @property
    def mails(self) -> list[Touch]:
        """The mails among what happened."""
        return [touch for touch in self.touches if touch.mail is not None]


def look(scene: Scene, who: str) -> Seen:
    """What has become of somebody."""
    number = scene.numbers[who]
    enrolled = list(reversed(scene.read(enrollments.of_prospect, number)))
    slugs = {each.id: each.slug for each in enrolled}
    asked = scene.read(tasks.of_person, number)
    story = scene.read(ledger.of_prospect, number)
    touches = [*_mails(scene, who, enrolled), *_due_tasks(scene, asked, slugs)]
    return Seen(
        slug=scene.test.slug,
        days=scene.days,
        touches=sorted(touches, key=lambda touch: touch.at),
        passed=[_passed(each, slugs) for each in story if _is_passed(each)],
        enrolled=enrolled,
        tasks=asked,
        changes=scene.changes.get(who, []),
        story=story,
        events={what: at for (other, what), at in scene.events.items() if other == who},
        given_at=max((at for each, at in scene.given_at.items() if each.who == who), default=None),
        suppressed=_is_suppressed(scene, who),
        refused=scene.refused.get(who, ()),
        end=scene.now,
    )


def _mails(scene: Scene, who: str, enrolled: Sequence[StoredEnrollment]) -> list[Touch]:
    variants = {}
    for each in enrolled:
        for send in scene.read(sends.of_enrollment, each.id):
            variants[f"{each.slug}/{send.step_id}"] = send.variant or ""
    found = []
    for mail in scene.mails_of(who):
        name = f"{mail.slug}/{mail.step}"
        found.append(Touch(name, mail.at, mail=mail, variant=variants.get(name, "")))
    return found


def _due_tasks(scene: Scene, asked: Sequence[StoredTask], slugs: dict[int, str]) -> list[Touch]:
    """Tasks of steps whose time had come before they were closed."""
    found = []
    for task in asked:
        over = task.ended_at if task.state is not TaskState.OPEN else None
        if task.step_id and task.enrollment_id and task.due_at <= (over or scene.now):
            name = f"{slugs[task.enrollment_id]}/{task.step_id}"
            found.append(Touch(name, task.due_at, task=task))
    return found


def _is_passed(entry: Entry) -> bool:
    return entry.kind is Kind.SKIPPED and entry.step_id is not None


def _passed(entry: Entry, slugs: dict[int, str]) -> Passed:
    slug = slugs.get(entry.enrollment_id or 0, "")
    return Passed(f"{slug}/{entry.step_id}", entry.at, entry.detail)


def _is_suppressed(scene: Scene, who: str) -> bool:
    key = address_key(scene.address(who))
    return bool(scene.read(suppressions.hitting, [key], scene.now))


def is_over(stored: StoredEnrollment) -> bool:
    """Whether an enrollment has ended."""
    return stored.enrollment.state is EnrollmentState.FINISHED
