"""What would each step of a cadence be for one person? Made by the code that makes the real mail.

No database is needed: the person stands in no cadence, and what an earlier mail of the thread left
behind is what its preview says. Nothing in it is anybody's: tokens are signed with a key that no
daemon has, and the enrollment has a key that no other one has.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sequencer.domain.cadence import MAIL_KINDS, Cadence, Step, StepKind, Version
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.overrides import NO_OVERRIDES, Overrides
from sequencer.domain.prospect import Prospect
from sequencer.domain.send import SendState
from sequencer.domain.variant import live
from sequencer.engine.compose_mail import draft_step, missing_variables, rendered_for
from sequencer.engine.course import guard_of
from sequencer.engine.desk import Case, Desk
from sequencer.engine.preview_guard import is_left_out
from sequencer.engine.preview_mail import MailPreview, read_mail
from sequencer.engine.preview_wait import wait_words
from sequencer.engine.wording import Stopped, wording_of
from sequencer.files.problem import Problem
from sequencer.files.template import MissingVariableError, TemplateError, choose_template
from sequencer.files.template_whole import shown_beside
from sequencer.files.window_text import window_as_text
from sequencer.files.workspace import TEMPLATES
from sequencer.mail.compose import ComposeError, compose
from sequencer.mail.draft import Draft
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect
from sequencer.store.sends import StoredSend

NOBODY = "0" * 32  # key of an enrollment that nobody has
KEY = b"signs what belongs to nobody"  # never one of a workspace
HELD_SUBJECT = "(the subject of a mail that is held)"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands in the cadence already.

    Attributes:
        key: of the enrollment; it decides which wording they get, and is in nothing that is shown.
        stopped: wordings that nobody gets any more.
    """

    key: str
    mailbox: str = ""
    overrides: Overrides = NO_OVERRIDES
    stopped: Stopped = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be previewed.

    Attributes:
        mailbox: from which it would come; by default their own, or the first of the cadence.
        step: only this one; all where it is empty.
        variant: the wording of steps that have one of that name; by default the one that they
            get, or the first.
        all_variants: every wording of every step.
        overrides: what the person does otherwise than the cadence says.
        account: what is known of the person's company.
        place: None for somebody who is not in the cadence.
        key: that of the enrollment.
    """

    mailbox: str = ""
    step: str = ""
    variant: str = ""
    all_variants: bool = False
    overrides: Overrides = NO_OVERRIDES
    account: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    key: str = NOBODY


@dataclass(frozen=True, slots=True)
class StepPreview:
    """One wording of one step for one person.

    Attributes:
        variant: name of the wording; empty where the step has only one.
        template: the file in the person's language.
        wait: how long after the step above.
        hours: when its day is open, and whose clock that is.
        only_if: the guard; empty where the step is for everybody.
        left_out: whether that, or what was said at the enrolment, leaves it out for this person.
        skip_after: how long after its time a task that nobody did is skipped.
        mail: None for a guide, and for a mail that would be held.
        guide: what whoever does the task reads.
        missing: values that the template prints, and that the person does not have.
        problems: why it cannot be made.
        follows_held: the first step above that would be held: this one waits for it.
    """

    id: str
    kind: StepKind
    variant: str
    template: str
    wait: str
    hours: str
    only_if: str = ""
    left_out: bool = False
    goto: str = ""
    skip_after: str = ""
    mail: MailPreview | None = None
    guide: str = ""
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    follows_held: str = ""

    @property
    def is_held(self) -> bool:
        """Whether a daemon could not make it, and would ask a person."""
        return bool(self.missing or self.problems)


def harmless_desk(desk: Desk) -> Desk:
    """The desk, signing with a key whose tokens nobody believes."""
    return Desk(replace(desk.policy, keys=(KEY,)), desk.versions)


def mailbox_for(desk: Desk, version: Version, wish: Wish) -> str:
    """From which mailbox it would come; empty where none of the cadence is in the settings."""
    own = wish.place.mailbox if wish.place else ""
    names = (wish.mailbox, own, *desk.policy.mailboxes_of(version.cadence))
    return next((name for name in names if name in desk.policy.mailboxes), "")


def preview(
    desk: Desk, version: Version, person: Prospect, wish: Wish, now: datetime
) -> list[StepPreview]:
    """The steps in the order of the cadence, each with the wordings that are wished for."""
    return list(_Walk(harmless_desk(desk), version, person, wish, now).steps())


def drafts(
    desk: Desk, version: Version, person: Prospect, wish: Wish, now: datetime
) -> list[tuple[str, Draft]]:
    """The mails themselves by step, each answering the one above; the desk's keys sign them.

    Raises:
        TemplateError: one of them cannot be rendered.
        ComposeError: one of them cannot be written.
    """
    return list(_Walk(desk, version, person, wish, now).drafts())


@dataclass
class _Walk:
    """The way of one person through a cadence."""

    desk: Desk
    version: Version
    person: Prospect
    wish: Wish
    now: datetime
    earlier: list[StoredSend] = field(default_factory=list)
    held: str = ""

    def steps(self) -> Iterator[StepPreview]:
        for step in self.version.cadence.steps:
            found = [self._shown(each, name) for each, name in self._wordings(step)]
            if self.wish.step in {"", step.id}:
                yield from found
            self._remember(step, found[0])

    def drafts(self) -> Iterator[tuple[str, Draft]]:
        for step in self.version.cadence.steps:
            if step.kind not in MAIL_KINDS or is_left_out(self._case(step), step):
                continue
            draft = self._draft(self._wordings(step)[0][0])
            self.earlier.append(self._sent(step, draft.message_id, draft.subject))
            if self.wish.step in {"", step.id}:
                yield step.id, draft

    def _wordings(self, step: Step) -> list[tuple[Step, str]]:
        """The step with one wording alone, for each that is wished for, and its name."""
        every = [(_worded(step, each.template), each.name) for each in step.variants]
        if not every:
            return [(step, "")]
        if self.wish.all_variants:
            return every
        name = self.wish.variant or self._their_own(step)
        return [next((each for each in every if each[1] == name), every[0])]

    def _their_own(self, step: Step) -> str:
        """The wording that somebody gets who is in; the first that anybody gets for others."""
        place = self.wish.place
        with suppress(TemplateError):  # all are stopped: the first is shown
            if place is not None:
                return wording_of(step, place.key, place.stopped).variant or ""
        return next((each.name for each in live(step.variants)), "")

    def _shown(self, step: Step, variant: str) -> StepPreview:
        frame = self._frame(step, variant)
        try:
            if step.kind in MAIL_KINDS:
                draft = self._draft(step)
                url = draft.list_unsubscribe[0] if draft.list_unsubscribe else ""
                mail = read_mail(compose(draft), answers=self._answered(draft), opt_out=url)
                return replace(frame, mail=mail)
            case = self._case(step)
            return replace(frame, guide=rendered_for(self.desk, case, step.id).text)
        except MissingVariableError as error:
            single = _only(self.version, step)
            wish = self.wish
            others = missing_variables(
                self.desk, single, self.person, wish.overrides, account=wish.account
            )
            names = tuple(dict.fromkeys((error.name, *others)))
            return replace(frame, missing=names, problems=self._placed(error.problems))
        except TemplateError as error:
            return replace(frame, problems=self._placed(error.problems))
        except ComposeError as error:
            problem = Problem(frame.template, None, None, str(error))
            return replace(frame, problems=self._placed([problem]))

    def _placed(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """These, with the path of the file, as an editor finds it."""
        beside = (TEMPLATES / self.version.cadence.slug / "-").as_posix()
        return tuple(replace(each, file=shown_beside(beside, each.file)) for each in problems)

    def _frame(self, step: Step, variant: str) -> StepPreview:
        cadence = self.version.cadence
        case = self._case(step)
        timing = case.timing_of(step.id)
        names = self.version.templates
        return StepPreview(
            id=step.id,
            kind=step.kind,
            variant=variant,
            template=choose_template(names, step.template, self.person.language),
            wait=wait_words(case, step),
            hours=f"{_hours_words(cadence, step)} ({timing.zone_words})",
            only_if=guard_of(case, step),
            left_out=is_left_out(case, step),
            goto=step.goto or "",
            skip_after=str(step.skip_after) if step.skip_after else "",
            follows_held=self.held,
        )

    def _draft(self, step: Step) -> Draft:
        return draft_step(self.desk, self._case(step), step.id, self.earlier, self.now)

    def _case(self, step: Step) -> Case:
        """Somebody who is at the step, whose only wording is the one given."""
        version = _with(self.version, step)
        enrollment = Enrollment(
            key=self.wish.key,
            state=EnrollmentState.ACTIVE,
            step=step.id,
            mailbox=mailbox_for(self.desk, self.version, self.wish),
        )
        stored = StoredEnrollment(
            id=0,
            prospect_id=0,
            slug=version.cadence.slug,
            version_hash=version.hash,
            enrolled_at=self.now,
            enrollment=enrollment,
            overrides=self.wish.overrides.as_json(),
        )
        person, account = StoredProspect(0, self.person), self.wish.account
        return Case(stored, person, version, self.desk.policy, account=account)

    def _answered(self, draft: Draft) -> str:
        found = (each for each in self.earlier if each.message_id == draft.in_reply_to)
        return next((each.step_id for each in found), "")

    def _remember(self, step: Step, shown: StepPreview) -> None:
        """Go on as if the mail had been sent; where it is held, the rest waits for it."""
        if shown.left_out:
            return
        if step.kind in MAIL_KINDS and shown.mail is not None:
            ids = [value for name, value in shown.mail.headers if name == "Message-ID"]
            self.earlier.append(self._sent(step, ids[0], shown.mail.subject))
        elif shown.is_held:
            self.held = self.held or step.id
            if step.kind in MAIL_KINDS and not self.earlier:
                message_id = f"<held-{step.id}@preview.invalid>"
                self.earlier.append(self._sent(step, message_id, HELD_SUBJECT))

    def _sent(self, step: Step, message_id: str, subject: str) -> StoredSend:
        values: dict[str, Any] = dict.fromkeys(StoredSend.__annotations__)
        values |= {"id": 0, "enrollment_id": 0, "step_id": step.id, "why": "", "fence": 0}
        mailbox = mailbox_for(self.desk, self.version, self.wish)
        values |= {"mailbox": mailbox, "tries": 1}
        values |= {"follow_up": bool(self.earlier), "state": SendState.SENT}
        values |= {"due_at": self.now, "handed_at": self.now, "ended_at": self.now}
        return StoredSend(**values | {"message_id": message_id, "subject": subject})


def _worded(step: Step, template: str) -> Step:
    return replace(step, template=template, variants=())


def _with(version: Version, step: Step) -> Version:
    """The version with that step in the place of the one of its id."""
    steps = tuple(step if each.id == step.id else each for each in version.cadence.steps)
    return replace(version, cadence=replace(version.cadence, steps=steps))


def _only(version: Version, step: Step) -> Version:
    """The version with no other step."""
    return replace(version, cadence=replace(version.cadence, steps=(step,)))


def _hours_words(cadence: Cadence, step: Step) -> str:
    hours = window_as_text(cadence.window_of(step.id))
    return "; ".join(f"{days} {', '.join(blocks)}" for days, blocks in hours.items())
