"""Do what a cadence test says is given: each thing as the engine hears of it in real life.

Mails come in as bytes, and are read by the same rules as any; what reps do are the same calls that
the command line and the web make.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sequencer.adapters.sandbox import letters as human
from sequencer.domain.cadence_test import Day, Given, Phrase
from sequencer.domain.task import TaskState
from sequencer.engine import pause, stop, tasks
from sequencer.engine.calls import Call, log_call
from sequencer.engine.meeting_by_hand import MeetingError
from sequencer.engine.opt_out import opt_out
from sequencer.engine.stop import UnknownProspectError
from sequencer.engine.tasks import Ending, TaskError
from sequencer.simulation import letters
from sequencer.simulation.cadence_test_days import LONGEST, SOON
from sequencer.simulation.cadence_test_meetings import Meetings
from sequencer.simulation.cadence_test_scene import REP, CannotError, Mail, Scene, Trouble
from sequencer.simulation.cadence_test_words import OPT_OUT, REPLY, away, language_of
from sequencer.store import enrollments
from sequencer.store import tasks as stored_tasks
from sequencer.store.tasks import StoredTask

HOUR = timedelta(hours=1)
# What something that was given is called by whoever counts from it.
EVENTS: Mapping[str, str] = {
    Given.REPLIES: "the reply",
    Given.AWAY: "the absence",
    Given.BOUNCES: "the bounce",
    Given.OPTS_OUT: "the opt-out",
    Given.OPTS_OUT_BY_LINK: "the opt-out",
    Given.COMPLAINS: "the complaint",
    Given.BOOKS: "the booking",
    Given.MOVES: "the move",
    Given.CANCELS: "the cancellation",
    Given.WE_CANCEL: "the cancellation",
    Given.STAYS_AWAY: "the no-show",
    Given.ATTENDS: "the meeting",
    Given.TASK_ENDS: "the call",
    Given.CALLS_US: "the call",
    Given.REP_PAUSES: "the pause",
}


@dataclass
class Deeds:
    """Everything that is given in one test.

    Attributes:
        waiting: what comes so and so long after something else.
        on_mail: what mails themselves bring about.
        on_task: how tasks end of which nobody said when.
        planned: what has an instant that has not come.
        answered: the absences that have answered a mail.
    """

    scene: Scene
    waiting: list[Phrase] = field(default_factory=list)
    on_mail: list[Phrase] = field(default_factory=list)
    on_task: list[Phrase] = field(default_factory=list)
    planned: list[Phrase] = field(default_factory=list)
    answered: list[Phrase] = field(default_factory=list)
    meetings: Meetings = field(init=False)
    _due: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.meetings = Meetings(self.scene, self._try)

    def begin(self) -> None:
        """Plan all that is known now."""
        for phrase in self.scene.test.given:
            if phrase.form in {Given.AWAY, Given.REP_AWAY}:
                self._begin_absence(phrase)
            elif phrase.form == Given.BOUNCES:
                self.on_mail.append(phrase)
            elif phrase.form in {Given.STAYS_AWAY, Given.ATTENDS}:
                self.meetings.after.append(phrase)
            elif phrase.form in _DEEDS and phrase.day is not None:
                self._on(phrase.day, phrase)
            elif phrase.anchor:
                self.waiting.append(phrase)
            elif phrase.form == Given.TASK_ENDS:
                self.on_task.append(phrase)

    def _begin_absence(self, phrase: Phrase) -> None:
        try:
            self.scene.days.absence_of(phrase)
        except ValueError as error:
            self._complain(phrase, str(error))
        else:
            self.on_mail.extend([phrase] if phrase.form == Given.AWAY else ())

    def end(self) -> None:
        """Complain of what never came about."""
        for phrase in self.planned:
            self._complain(phrase, f"the test was over by then, after {LONGEST.days} days")
        for phrase in self.waiting:
            self._complain(phrase, f"{phrase.anchor} never happened")
        for phrase in self.on_task:
            self._complain(phrase, f"there was no task {phrase.step}")
        for phrase in self.on_mail:
            if phrase not in self.answered:
                self._complain(phrase, self._why_no_mail(phrase))
        for phrase in self.meetings.after:
            self._complain(phrase, "there was no such meeting")

    def _why_no_mail(self, phrase: Phrase) -> str:
        if self.scene.last_mail(phrase.who) is None:
            return "no mail has left for them"
        is_away = phrase.form == Given.AWAY
        return "no mail came to them in those days" if is_away else f"{phrase.step} never left"

    def mail_left(self, mail: Mail) -> None:
        """A mail has left: what follows from it is planned."""
        for phrase in [each for each in self.on_mail if each.who == mail.who]:
            if phrase.form == Given.AWAY:
                self._be_away(phrase, mail)
            elif not phrase.step or _is(phrase.step, mail.slug, mail.step, self.scene):
                self.on_mail.remove(phrase)
                self._plan(SOON, phrase, partial(self._bounce, phrase, mail))
        self._happened(mail.who, f"{mail.slug}/{mail.step}", mail.at)

    def look_at_tasks(self, now: datetime) -> None:
        """Tasks that have become due: they count as steps that happen."""
        for who, number in self.scene.numbers.items():
            for task in self._tasks_of(number):
                if task.step_id and task.due_at <= now and task.id not in self._due:
                    self._due.add(task.id)
                    self._task_due(who, task)

    def _task_due(self, who: str, task: StoredTask) -> None:
        slug = self._slug_of(task)
        for phrase in [each for each in self.on_task if each.who == who]:
            if _is(phrase.step, slug, task.step_id or "", self.scene):
                self.on_task.remove(phrase)
                self._at(max(task.due_at, self.scene.now) + HOUR, phrase)
        self._happened(who, f"{slug}/{task.step_id}", task.due_at)

    def _slug_of(self, task: StoredTask) -> str:
        return self.scene.read(enrollments.get, task.enrollment_id or 0).slug

    def _tasks_of(self, number: int) -> list[StoredTask]:
        return self.scene.read(stored_tasks.of_person, number)

    def _on(self, day: Day, phrase: Phrase) -> None:
        days = self.scene.days
        if days.date_of(day) < days.first:
            self._complain(phrase, "that is before the begin of the test")
        else:
            self._at(days.at(day, phrase.minute), phrase)

    def _at(self, at: datetime, phrase: Phrase) -> None:
        self.planned.append(phrase)
        self.scene.world.at(max(at, self.scene.now), partial(self._do, phrase))

    def _plan(self, wait: timedelta, phrase: Phrase, deed: Callable[[], None]) -> None:
        self.scene.world.at(self.scene.now + wait, partial(self._try, phrase, deed))

    def _happened(self, who: str, what: str, at: datetime) -> None:
        """Something happened: plan what counts from it; only the first time matters."""
        self.scene.events.setdefault((who, what), at)
        for phrase in list(self.waiting):
            own = f"{self.scene.test.slug}/{phrase.anchor}"
            if phrase.who == who and what in {phrase.anchor, own}:
                self.waiting.remove(phrase)
                self._at(self.scene.days.after(at, phrase), phrase)

    def _do(self, phrase: Phrase) -> None:
        self.planned.remove(phrase)
        deed = _DEEDS[Given(phrase.form)]
        self._try(phrase, partial(deed, self, phrase))

    def _try(self, phrase: Phrase, deed: Callable[[], None]) -> None:
        try:
            deed()
        except (CannotError, MeetingError, TaskError, UnknownProspectError) as error:
            self._complain(phrase, str(error))
        else:
            self.scene.given_at.setdefault(phrase, self.scene.now)
            self._happened(phrase.who, EVENTS.get(phrase.form, phrase.form), self.scene.now)

    def _complain(self, phrase: Phrase, why: str) -> None:
        self.scene.troubles.append(Trouble(phrase, why.rstrip(".")))

    # By mail.

    def reply(self, phrase: Phrase) -> None:
        """They answer the last mail."""
        self._write_back(phrase, phrase.text or REPLY[self._language(phrase)])

    def opt_out(self, phrase: Phrase) -> None:
        """They ask in words to be left alone."""
        self._write_back(phrase, phrase.text or OPT_OUT[self._language(phrase)])

    def _write_back(self, phrase: Phrase, text: str) -> None:
        mail = self._last(phrase)
        raw = human.answer(mail.heard, self._writer(phrase), text, self.scene.now)
        self.scene.world.deliver(mail.left.mailbox, raw)

    def _be_away(self, phrase: Phrase, mail: Mail) -> None:
        days = self.scene.days
        on = days.local(mail.at).date()
        begin = days.date_of(phrase.day) if phrase.day else on
        until = days.date_of(phrase.until) if phrase.until else None
        if on < begin or (until is not None and on > until):
            return
        if until is None:
            self.on_mail.remove(phrase)
        self.answered.append(phrase)
        language = language_of(phrase.name) if phrase.name else self._language(phrase)
        words = away(language, until)
        self._plan(SOON, phrase, partial(self._notice, phrase, mail, words, language))

    def _notice(self, phrase: Phrase, mail: Mail, words: str, language: str) -> None:
        writer = self._writer(phrase)
        writer = human.Writer(writer.name, writer.address, language)
        raw = human.absence(mail.heard, writer, words, self.scene.now)
        self.scene.world.deliver(mail.left.mailbox, raw)

    def _bounce(self, phrase: Phrase, mail: Mail) -> None:
        softly = "softly" in phrase.words.casefold().split()
        status, said = ("4.2.2", "452 mailbox full") if softly else ("5.1.1", "550 no such user")
        quoted = letters.quoted_from(mail.left.envelope)
        raw = letters.bounce(self._machine(mail), quoted, status, said)
        self.scene.world.deliver(mail.left.mailbox, raw)

    def complain(self, phrase: Phrase) -> None:
        """Their provider reports the last mail as spam."""
        mail = self._last(phrase)
        raw = letters.complaint(self._machine(mail), letters.quoted_from(mail.left.envelope))
        self.scene.world.deliver(mail.left.mailbox, raw)

    def opt_out_by_link(self, phrase: Phrase) -> None:
        """They use the link of the last mail."""
        token = letters.quoted_from(self._last(phrase).left.envelope).token
        desk, now = self.scene.world.desk, self.scene.now
        if not self.scene.write(opt_out, desk, token, "the opt-out link", now):
            raise CannotError("the last mail has no opt-out link")

    def _last(self, phrase: Phrase) -> Mail:
        mail = self.scene.last_mail(phrase.who)
        if mail is None:
            raise CannotError("no mail had left for them by then")
        return mail

    def _writer(self, phrase: Phrase) -> human.Writer:
        person = self.scene.test.people[phrase.who]
        name = " ".join(filter(None, (person.get("first_name"), person.get("last_name"))))
        return human.Writer(name, person["email"], self._language(phrase))

    def _language(self, phrase: Phrase) -> str:
        return language_of(self.scene.test.people[phrase.who].get("language", ""))

    def _machine(self, mail: Mail) -> letters.Writer:
        number = len(self.scene.mails) * 100 + len(self.scene.events)
        return letters.Writer(mail.left.envelope.recipient, self.scene.now, number)

    # Reps.

    def end_task(self, phrase: Phrase) -> None:
        """A rep ends the task of a step."""
        number = self.scene.numbers[phrase.who]
        for task in self._tasks_of(number):
            known = task.state is TaskState.OPEN and task.step_id
            if known and _is(phrase.step, self._slug_of(task), task.step_id or "", self.scene):
                ending = Ending(task.assignee or REP, phrase.name)
                desk, now = self.scene.world.desk, self.scene.now
                self.scene.write(tasks.done, desk, task.id, ending, now)
                return
        raise CannotError(f"the task {phrase.step} was not open then")

    def call_us(self, phrase: Phrase) -> None:
        """They ring."""
        call = Call(self.scene.address(phrase.who), inbound=True, ending=Ending(REP, phrase.name))
        self.scene.write(log_call, self.scene.world.desk, call, self.scene.now)

    def pause(self, phrase: Phrase) -> None:
        """A rep pauses them."""
        self._by_rep(pause.pause, phrase)

    def resume(self, phrase: Phrase) -> None:
        """A rep lets them go on."""
        self._by_rep(pause.resume, phrase)

    def stop(self, phrase: Phrase) -> None:
        """A rep stops them."""
        self._by_rep(stop.stop, phrase)

    def _by_rep(self, deed: Callable[..., int], phrase: Phrase) -> None:
        address = self.scene.address(phrase.who)
        if not self.scene.write(deed, self.scene.world.desk, address, REP, self.scene.now):
            raise CannotError("no cadence of theirs could be changed so then")


def _is(said: str, slug: str, step: str, scene: Scene) -> bool:
    """Whether a step is the one that is meant."""
    return f"{slug}/{step}" in {said, f"{scene.test.slug}/{said}"}


_DEEDS: Mapping[Given, Callable[[Deeds, Phrase], None]] = {
    Given.REPLIES: Deeds.reply,
    Given.OPTS_OUT: Deeds.opt_out,
    Given.OPTS_OUT_BY_LINK: Deeds.opt_out_by_link,
    Given.COMPLAINS: Deeds.complain,
    Given.BOOKS: lambda deeds, phrase: deeds.meetings.book(phrase),
    Given.MOVES: lambda deeds, phrase: deeds.meetings.move(phrase),
    Given.CANCELS: lambda deeds, phrase: deeds.meetings.cancel(phrase),
    Given.WE_CANCEL: lambda deeds, phrase: deeds.meetings.cancel(phrase),
    Given.COMES_AFTER_ALL: lambda deeds, phrase: deeds.meetings.come_after_all(phrase),
    Given.TASK_ENDS: Deeds.end_task,
    Given.CALLS_US: Deeds.call_us,
    Given.REP_PAUSES: Deeds.pause,
    Given.REP_RESUMES: Deeds.resume,
    Given.REP_STOPS: Deeds.stop,
}
