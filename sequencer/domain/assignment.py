"""Which rep gets a meeting, and why that one?

Pure: what the reps have to do already is given. So the same question has the same answer, in
whatever order the reps are named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from sequencer.domain.availability import NO_LOAD, Load, Slot, why_not
from sequencer.domain.handover_policy import Way
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Rep
from sequencer.domain.territory import closeness, holds, in_words

COUNTED = timedelta(days=28)  # a meeting handed over within it counts in a round robin

_NEVER = datetime.min.replace(tzinfo=UTC)
_OTHERS = {
    Way.HOST: "the booking does not name them as its host",
    Way.OWNER: "does not own the prospect",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A rep, and the sentence that says why.

    Attributes:
        passed_over: every other rep by name, with the reason why not.
    """

    rep: Rep
    because: str
    passed_over: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A meeting that is to be given to somebody.

    Attributes:
        slot: when it is; None where nobody knows yet.
        client: for whom it was made, empty for ourselves.
        hosts: names of the reps whom the booking names as its hosts.
        colleague_owners: owners of others of the account.
        but: names of those who have had their chance.
    """

    prospect: Prospect
    now: datetime
    slot: Slot | None = None
    client: str = ""
    hosts: frozenset[str] = frozenset()
    colleague_owners: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets the meeting, None where nobody can; and by name why each other rep does not."""

    choice: Choice | None
    passed_over: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom a way leads to: those who fit it equally well."""

    reps: tuple[Rep, ...]
    words: str


def decide(
    ways: Sequence[str], reps: Mapping[str, Rep], loads: Mapping[str, Load], asked: Asked
) -> Decision:
    """Who gets the meeting.

    Args:
        ways: in the order they are tried: those of `Way`, and names of reps.
        reps: everybody, by name.
        loads: what they have to do, by name; who is missing has nothing to do.
        asked: the meeting.
    """
    people = tuple(reps[name] for name in sorted(reps))
    unfit = {rep.name: _unfit(rep, loads.get(rep.name, NO_LOAD), asked) for rep in people}
    for way in ways:
        for found in _found(way, people, asked):
            able = [rep for rep in found.reps if not unfit[rep.name]]
            if able:
                best = min(able, key=lambda rep: _turn(rep, loads))
                beaten = {rep.name: _beaten(rep, best, loads) for rep in able}
                others = tuple(
                    (name, unfit[name] or beaten.get(name) or _missed(way, reps[name], asked))
                    for name in sorted(reps)
                    if name != best.name
                )
                because = f"{best.name}: {found.words}{_how(best, able, loads)}"
                return Decision(Choice(best, because, others), others)
    left = tuple((rep.name, unfit[rep.name] or _no_way(rep, asked)) for rep in people)
    return Decision(None, left)


def _unfit(rep: Rep, load: Load, asked: Asked) -> str:
    """Why a rep cannot have the meeting, whatever way led to them; empty where they can."""
    if not rep.takes_meetings:
        return "takes no meetings"
    if rep.client != asked.client:
        return f"takes meetings for {rep.client or 'ourselves'} alone"
    if rep.name in asked.but:
        return "has had the chance already"
    return why_not(rep, load, asked.slot, asked.now, is_host=rep.name in asked.hosts)


def _found(way: str, people: Sequence[Rep], asked: Asked) -> Iterator[_Found]:
    """Whom a way leads to; where some fit better than others, these come first."""
    if way == Way.HOST:
        hosts = tuple(rep for rep in people if rep.name in asked.hosts)
        yield _Found(hosts, "host of the booking")
    elif way == Way.OWNER:
        owner = _same(asked.prospect.owner)
        yield _Found(_named(people, {owner}), "owner of the prospect")
        shared = {_same(each) for each in asked.colleague_owners} - {""}
        if len(shared) == 1:
            yield _Found(_named(people, shared), "owner of the others of the account")
    elif way == Way.TERRITORY:
        yield from _by_territory(people, asked)
    elif way == Way.ROUND_ROBIN:
        takers = tuple(rep for rep in people if holds(rep.territory, asked.prospect))
        yield _Found(takers, "round robin")
    else:
        yield _Found(_named(people, {_same(way)}), "named in the settings")


def _by_territory(people: Sequence[Rep], asked: Asked) -> Iterator[_Found]:
    """Those whose territory asks for most come first: they are meant most closely."""
    fitting = [rep for rep in people if holds(rep.territory, asked.prospect)]
    for wanted in sorted({closeness(rep.territory) for rep in fitting} - {0}, reverse=True):
        reps = tuple(rep for rep in fitting if closeness(rep.territory) == wanted)
        words = " or ".join(dict.fromkeys(in_words(rep.territory) for rep in reps))
        yield _Found(reps, f"territory {words}")


def _named(people: Sequence[Rep], names: set[str]) -> tuple[Rep, ...]:
    return tuple(rep for rep in people if _same(rep.name) in names)


def _same(name: str) -> str:
    return name.strip().casefold()


def _turn(rep: Rep, loads: Mapping[str, Load]) -> tuple[Fraction, datetime, str]:
    """Whose turn it is: the least of it."""
    load = loads.get(rep.name, NO_LOAD)
    return Fraction(load.handed, rep.weight), load.last_at or _NEVER, rep.name


def _how(best: Rep, able: Sequence[Rep], loads: Mapping[str, Load]) -> str:
    """What made the difference, where several could have it."""
    if len(able) == 1:
        return ""
    share, last_at, _ = _turn(best, loads)
    others = [_turn(rep, loads) for rep in able if rep is not best]
    if all(share < each[0] for each in others):
        same_weight = len({rep.weight for rep in able}) == 1
        return ", fewest meetings" + ("" if same_weight else " for the weight")
    if all((share, last_at) < each[:2] for each in others):
        return ", least recently assigned"
    return ", first by name"


def _beaten(rep: Rep, best: Rep, loads: Mapping[str, Load]) -> str:
    """Why it is not a rep's turn who could have the meeting as well."""
    theirs, ours = _turn(rep, loads), _turn(best, loads)
    if theirs[0] > ours[0]:
        weight = f" with weight {rep.weight}" if rep.weight != best.weight else ""
        handed = loads.get(rep.name, NO_LOAD).handed
        count = "1 meeting" if handed == 1 else f"{handed} meetings"
        return f"had {count} in {COUNTED.days} days{weight}; it is {best.name}'s turn"
    if theirs[1] > ours[1]:
        return f"was assigned later than {best.name}"
    return f"comes after {best.name} by name"


def _missed(way: str, rep: Rep, asked: Asked) -> str:
    """Why the way that found somebody does not lead to a rep."""
    if way in _OTHERS:
        return _OTHERS[Way(way)]
    if way not in {Way.TERRITORY, Way.ROUND_ROBIN}:
        return f"the settings name {way}"
    if not holds(rep.territory, asked.prospect):
        return f"takes {in_words(rep.territory)} alone"
    return "another territory fits more closely"


def _no_way(rep: Rep, asked: Asked) -> str:
    if not holds(rep.territory, asked.prospect):
        return f"takes {in_words(rep.territory)} alone"
    return "no way in `handover.to` leads to them"
