"""A whole world from one seed, from its first day until everything in it has ended."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from sequencer.domain.address import address_key
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.next_event import next_instant
from sequencer.engine.policy import MailboxPolicy
from sequencer.simulation.amnesia import Amnesia
from sequencer.simulation.booking import BookingService
from sequencer.simulation.cast import Person, cast
from sequencer.simulation.clock import MachineClock, TrueTime
from sequencer.simulation.daemons import Daemons
from sequencer.simulation.extras import draw_extras, give_owners, tighten
from sequencer.simulation.fate import Troubles, troubles
from sequencer.simulation.inbox import FakeInbox
from sequencer.simulation.judge import Judge
from sequencer.simulation.loop import VirtualLoop
from sequencer.simulation.people import People
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.provider import Provider
from sequencer.simulation.record import Dot
from sequencer.simulation.reps import Reps
from sequencer.simulation.restores import Restores, chance_of_restores
from sequencer.simulation.scripts import AGAIN
from sequencer.simulation.second_thoughts import SecondThoughts
from sequencer.simulation.setting import Earth, draw_begin, draw_knowledge, draw_policy
from sequencer.simulation.tally import Tally
from sequencer.simulation.task_work import TaskWork
from sequencer.store.database import DatabaseError

SIZES = (2, 2, 3, 3, 4, 5, 8)
ALONE = 0.7  # of the worlds have one daemon, the others two
LOOKS = 100  # whether all has ended, before that takes too long
LOOK_S = 1.5 * DAY_S
DROPS_IDS = 0.2  # of the providers give the copy in Sent a Message-ID of their own
BOOKS_AT_ONCE = 0.4  # of what happens while a mail is on the line is a booking
HONEST = 0.75  # of the mailboxes are what their provider is known for


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted of a world besides its seed.

    Attributes:
        gentle: nothing goes wrong and nobody does anything: only the cadences run.
        restart_on: the day on which all daemons are started anew, in order; None for never.
    """

    days: float
    gentle: bool = False
    restart_on: float | None = None


class SimulatedWorld:
    """One world. Everything in it comes from its seed and its plan."""

    def __init__(self, earth: Earth, seed: int, plan: Plan) -> None:
        chance = Random(seed)
        self.plan = plan
        self.digest = ""
        earth.database.copy_from(earth.template)
        self.odds = troubles(chance)
        if plan.gentle:
            self.odds = Troubles()
        alone = plan.gentle or chance.random() < ALONE
        self.play = _play(earth, chance, seed, machines=1 if alone else 2)
        self.play.calm = plan.gentle
        self.odds = replace(self.odds, meddling=self.odds.meddling * self.play.extras.meddling)
        self._loaded = [script.loaded for script in self.play.scripts.values()]
        boxes = self.play.desk.policy.mailboxes
        self.providers = {name: self._provider(each, seed) for name, each in boxes.items()}
        self.judge = Judge(self.play, boxes)
        bookings = BookingService(self.play)
        self.people = People(self.play, self.providers, bookings)
        thoughts = SecondThoughts(self.play)
        self.reps = Reps(self.play, self.providers, self.judge, thoughts)
        self.tasks = TaskWork(self.play, thoughts)
        self.play.meddle = self._meddle
        self.bookings = bookings
        self.daemons = Daemons(self.play, self.judge, bookings, self.providers, self.odds, alone)
        self.daemons.idle.extend(self.play.clocks)
        self.play.database.tell = None
        chance_of_loss = chance_of_restores(seed)
        if chance_of_loss is not None and not plan.gentle:
            amnesia = Amnesia(self.play, self.judge, bookings, self.providers)
            restores = Restores(
                play=self.play,
                daemons=self.daemons,
                amnesia=amnesia,
                enrol=self.reps.enrol,
                opt_out=self.people.click,
                chance=chance_of_loss,
            )
            restores.begin(plan.days)

    def _provider(self, box: MailboxPolicy, seed: int) -> Provider:
        chance = self.play.chance
        drops = frozenset({"Message-ID"} if chance.random() < DROPS_IDS else ())
        honest = chance.random() < HONEST
        return Provider(
            name=box.name,
            play=self.play,
            troubles=self.odds,
            inbox=FakeInbox(lambda: self.play.true.now, drops=drops),
            files_sent=bool(box.presumed_copy) if honest else not box.presumed_copy,
            filed_after_s=chance.choice((0.0, 0.0, 300.0)),
            on_accept=self._accepted,
            moods=Random(f"{box.name} of {seed}"),
        )

    def _accepted(self, dot: Dot) -> None:
        self.judge.at_accept(dot)
        self.people.react_to(dot)
        self.reps.watch(dot)
        self.bookings.watch(self.play.person(dot.envelope.recipient))

    def _meddle(self, person: Person) -> None:
        """A rep does something, or the person books, while a mail is on the line."""
        if self.play.chance.random() < BOOKS_AT_ONCE:
            self.bookings.book_now(person)
        else:
            self.reps.meddle_at_once(person)

    def run(self) -> None:
        """All days, and then until everything has ended."""
        loop = self.play.loop
        loop.set_exception_handler(self._unforeseen)
        try:
            loop.run_until_complete(self._run())
        finally:
            loop.close()

    def _unforeseen(self, _loop: object, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, DatabaseError):
            self.play.record.violated(f"I6: {error!r}")

    async def _run(self) -> None:
        play = self.play
        apply_cadences(play.database, self._loaded, play.now)
        for person in play.people.values():
            self._plan_enrolments(person)
        self.daemons.start_all()
        self.tasks.begin()
        self.reps.second_thoughts.begin()
        if self.plan.restart_on is not None:
            play.later(self.plan.restart_on * DAY_S, self.daemons.restart)
        await asyncio.sleep(self.plan.days * DAY_S)
        play.calm = True
        play.record.tell("from here on all is calm")
        play.wake()
        for _ in range(LOOKS):
            await asyncio.sleep(LOOK_S)
            if self._is_over():
                break
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def _is_over(self) -> bool:
        """Whether nothing will happen any more."""
        play = self.play
        idle = play.read(next_instant, play.desk, play.true.now) is None
        is_quiet = idle and not play.unread and not play.record.holds
        return is_quiet and bool(play.wakers) and not self.tasks.are_open()

    def _plan_enrolments(self, person: Person) -> None:
        chance = self.play.chance
        slugs = [slug for slug in self.play.scripts if slug != AGAIN]
        for slug in chance.sample(slugs, chance.choice((1, 1, 2))):
            begin = chance.choice((0.0, 0.0, chance.random() * self.plan.days * 0.6 * DAY_S))
            self.play.later(begin, partial(self.reps.enrol, person, slug))


def _play(earth: Earth, chance: Random, seed: int, machines: int) -> Play:
    loop = VirtualLoop()
    true = TrueTime(loop, draw_begin(chance))
    library = earth.library
    known = {each.slug: each for each in (*library.more, *library.scripts)}
    rarer, usual = ([each.slug for each in some] for some in (library.more, library.scripts))
    extras, more = draw_extras(seed, tuple(rarer), tuple(usual))
    size = min(chance.choice(SIZES), extras.most_people)
    everybody = cast(chance, size, extras.companies)
    policy = draw_knowledge(draw_policy(chance), Random(f"providers of {seed}"))
    policy = tighten(policy, extras, more)
    give_owners(everybody, policy, extras, more)
    chosen = {slug: known[slug] for slug in extras.slugs}
    known_here = chosen or {each.slug: each for each in library.scripts}
    earth.database.clock = lambda: true.begin + timedelta(seconds=loop.seconds)
    return Play(
        chance=chance,
        loop=loop,
        true=true,
        database=earth.database,
        desk=Desk(policy, library.versions),
        sources=earth.sources,
        people={address_key(each.address): each for each in everybody},
        scripts={**known_here, AGAIN: library.again},
        tally=Tally(),
        clocks=tuple(MachineClock(true) for _ in range(machines)),
        extras=extras,
    )
