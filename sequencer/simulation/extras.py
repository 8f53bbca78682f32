"""What some worlds have besides: limits that bite, owners, more cadences, reps who change minds.

Two worlds of five have none of it. They stay as simple as they can be, for what goes wrong in them
is easier to read, and many rules at once hide one another.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from sequencer.domain.pacing import Limits
from sequencer.domain.rolling import Ramp
from sequencer.engine.policy import Policy
from sequencer.simulation.cast import Person

PLAIN = frozenset({1, 4})  # of each five seeds


@dataclass(frozen=True, slots=True)
class Extras:
    """What a world draws besides; the default is a world that has nothing of it.

    Attributes:
        slugs: the cadences that people are enrolled in; empty for the plain ones.
        most_people: how many there are at most, for a world with more in it takes longer.
        companies: how many there are; None for the usual number.
        watch: how often a rep decides something after a mail.
        meddling: how much oftener than elsewhere somebody acts while a mail is on the line.
        deeds: how often a rep does one of the rarer things, beside the other deeds.
        undo: how probable it is that the end of a task is taken back.
        second_look: how probable it is that a rep re-opens what has ended, at each look.
        delayed: how probable it is that an enrolment is to begin days later.
        owned: people have an owner from the beginning.
    """

    slugs: tuple[str, ...] = ()
    most_people: int = 8
    companies: int | None = None
    watch: float = 0.08
    meddling: float = 1.0
    limits: Limits = field(default_factory=Limits)
    deeds: int = 0
    undo: float = 0.0
    second_look: float = 0.0
    delayed: float = 0.0
    owned: bool = False


NOTHING = Extras()


def draw_extras(seed: int, rarer: tuple[str, ...], usual: tuple[str, ...]) -> tuple[Extras, Random]:
    """The extras of a seed, and a chance of their own, so that they change no other draw.

    Args:
        seed: of the world.
        rarer: cadences of which each such world has one at least.
        usual: those of every world.
    """
    chance = Random(f"extras of {seed}")
    if seed % 5 in PLAIN:
        return NOTHING, chance
    limits = Limits(
        per_domain=chance.choice((None, None, 1, 2)),
        per_person_day=chance.choice((None, None, 1)),
        per_person_week=chance.choice((None, None, 2)),
    )
    first = chance.choice(rarer)
    others = [slug for slug in (*rarer, *usual) if slug != first]
    extras = Extras(
        slugs=(first, *chance.sample(others, chance.choice((1, 1, 2)))),
        most_people=3,
        companies=chance.choice((1, 1, 2)),
        watch=0.25,
        meddling=4.0,
        limits=limits,
        deeds=chance.choice((0, 2, 4)),
        undo=chance.choice((0.0, 0.3, 0.6)),
        second_look=chance.choice((0.0, 0.1, 0.4)),
        delayed=chance.choice((0.0, 0.5)),
        owned=chance.random() < 0.5,
    )
    return extras, chance


def tighten(policy: Policy, extras: Extras, chance: Random) -> Policy:
    """The settings with the limits of such a world; each mailbox may have a ramp and a week."""
    if extras is NOTHING:
        return policy
    boxes = {}
    for name, box in policy.mailboxes.items():
        pace = replace(
            box.pace,
            per_week=chance.choice((None, None, 3, 5)),
            ramp=chance.choice((None, None, Ramp(1, 1))),
            gap=chance.choice((box.pace.gap, timedelta(hours=2))),
        )
        boxes[name] = replace(box, pace=pace, country=chance.choice(("", "", "DE", "US")))
    return replace(policy, mailboxes=boxes, limits=extras.limits)


def give_owners(people: list[Person], policy: Policy, extras: Extras, chance: Random) -> None:
    """Let people belong to reps, where the world has owners."""
    for person in people if extras.owned else ():
        person.owner = chance.choice(sorted(policy.mailboxes))
