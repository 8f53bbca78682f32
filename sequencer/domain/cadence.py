"""A cadence as the engine runs it: what marketing wrote, checked, without its files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sequencer.domain.attachment import Attachment
from sequencer.domain.audience import Audience, ColleagueRule, Throttle
from sequencer.domain.delay import NO_DELAY, Delay, Unit
from sequencer.domain.meeting_rule import MeetingRule
from sequencer.domain.rotation import Rotation
from sequencer.domain.variant import Variant, WinnerRule
from sequencer.domain.window import Window


class ZoneFrom(StrEnum):
    """Whose clock the window is read on; the next in this order where the first has none."""

    PROSPECT = "prospect"
    MAILBOX = "mailbox"
    WORKSPACE = "workspace"


class Thread(StrEnum):
    """Whether a mail answers the last one that was really sent, or begins anew."""

    REPLY = "reply"
    NEW = "new"


class StepKind(StrEnum):
    """What a step is: a mail that the engine sends, or something that a person does."""

    EMAIL = "email"
    MANUAL_EMAIL = "manual_email"
    CALL = "call"
    TASK = "task"


MAIL_KINDS = frozenset({StepKind.EMAIL, StepKind.MANUAL_EMAIL})


class TaskType(StrEnum):
    """What a step of the kind `task` asks for."""

    SOCIAL = "social"
    LETTER = "letter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """One position in a cadence.

    Attributes:
        wait: delay after the step above.
        template: file name in the cadence's folder: a mail, or the guide for whoever does the task.
        skip_after: how long after its due time a task that nobody did is skipped.
        when: guard; empty where the step is for everybody.
        goto: id of the later step that follows this one, where it is not simply the next.
        window: hours of this step alone.
        day: business day of the step, 1 for that of the enrolment; None in a cadence by waits.
        variants: its wordings where there are several; `template` is the first of them then.
        winner: when one of them is proposed as the winner.
        attach: files that go with the mail.
    """

    id: str
    wait: Delay
    kind: StepKind
    template: str
    thread: Thread = Thread.REPLY
    task_type: TaskType = TaskType.OTHER
    skip_after: Delay | None = None
    when: str = ""
    goto: str | None = None
    window: Window | None = None
    day: int | None = None
    variants: tuple[Variant, ...] = ()
    winner: WinnerRule | None = None
    attach: tuple[Attachment, ...] = ()

    @property
    def templates(self) -> tuple[str, ...]:
        """File names of all its wordings."""
        return tuple(each.template for each in self.variants) or (self.template,)

    def wait_after(self, before: "Step | None") -> Delay:
        """The delay after that step, None for the enrolment, whatever was passed over between them.

        Without a `day` each step has one delay, whichever comes before it.
        """
        if self.day is None:
            return self.wait
        begin = before.day if before is not None and before.day is not None else 1
        return Delay(self.day - begin, Unit.BUSINESS_DAYS) if self.day > begin else NO_DELAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """When touches of a cadence may happen.

    Attributes:
        first_window: hours of the first mail, where they are others than those of follow-ups.
        holidays: whose public holidays are days off.
        skip_dates: dates, in the zone in which the window is read, on which nothing happens.
    """

    window: Window
    zone_from: ZoneFrom = ZoneFrom.PROSPECT
    jitter: timedelta = timedelta(minutes=20)
    first_window: Window | None = None
    holidays: tuple[ZoneFrom, ...] = (ZoneFrom.PROSPECT, ZoneFrom.MAILBOX)
    skip_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Cadence:
    """Steps in the order they happen; ids are unique and never change.

    Attributes:
        on: what follows from what happens to a meeting; a case without a rule has its default.
        meeting_ends_account: whether a meeting of one person ends it for the whole account.
        client: for whom an agency runs it, empty for ourselves.
        retired: ids of steps that are gone on purpose.
        pool: of the settings that sends it, where no `mailboxes` are named.
        rotate: by which of its mailboxes a new person is written to.
    """

    slug: str
    title: str
    schedule: Schedule
    mailboxes: tuple[str, ...]
    steps: tuple[Step, ...]
    audience: Audience = field(default_factory=Audience)
    throttle: Throttle = field(default_factory=Throttle)
    colleagues: ColleagueRule = field(default_factory=ColleagueRule)
    on: tuple[MeetingRule, ...] = ()
    meeting_ends_account: bool = False
    client: str = ""
    retired: tuple[str, ...] = ()
    pool: str = ""
    rotate: Rotation = Rotation.LEAST_LOADED

    def step(self, step_id: str) -> Step:
        """The step of that id; KeyError where the cadence has none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def window_of(self, step_id: str | None) -> Window:
        """The hours of a step: its own, else those of the first mail, else those of the cadence."""
        own = next((step.window for step in self.steps if step.id == step_id), None)
        first_mail = next((step.id for step in self.steps if step.kind in MAIL_KINDS), None)
        first = self.schedule.first_window if step_id == first_mail else None
        return own or first or self.schedule.window

    def step_after(self, step_id: str) -> Step | None:
        """The step written below, or None after the last."""
        below = self.ids_after(step_id)
        return self.step(below[0]) if below else None

    def step_following(self, step_id: str) -> Step | None:
        """The step that comes when this one has ended: where its `goto` points, or the next."""
        goto = self.step(step_id).goto
        if goto is not None and goto in self.ids_after(step_id):
            return self.step(goto)
        return self.step_after(step_id)

    def ids_before(self, step_id: str) -> tuple[str, ...]:
        """Ids of the steps written above."""
        ids = tuple(step.id for step in self.steps)
        return ids[: ids.index(step_id)]

    def ids_after(self, step_id: str) -> tuple[str, ...]:
        """Ids of the steps written below."""
        ids = tuple(step.id for step in self.steps)
        return ids[ids.index(step_id) + 1 :]


@dataclass(frozen=True, slots=True)
class Version:
    """A cadence as applied: immutable, named by the hash of its content, with its templates.

    Attributes:
        attachments: the files that go with its mails, by their names.
    """

    hash: str
    cadence: Cadence
    templates: Mapping[str, str]
    attachments: Mapping[str, bytes] = field(default_factory=dict)
