"""`sequencer prove`: weeks of virtual time in worlds of chance, and every promise checked."""

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sequencer.cli.failure import EXIT_FAILED
from sequencer.cli.progress import progress

if TYPE_CHECKING:
    from sequencer.simulation.simulate import Lived

SEEDS, DAYS = 200, 60.0
PLAIN_EVERY = 50  # seeds between two lines where nobody watches a bar


class Options(NamedTuple):
    """What is to be simulated."""

    seeds: int
    first: int
    days: float
    workers: int
    seed: int | None
    trace: bool
    stop_early: bool

    @property
    def wanted(self) -> range:
        """The seeds."""
        if self.seed is not None:
            return range(self.seed, self.seed + 1)
        return range(self.first, self.first + self.seeds)

    @property
    def is_usual(self) -> bool:
        """Whether so much is simulated that every rare thing has to happen."""
        return len(self.wanted) >= SEEDS and self.days >= DAYS and not self.stop_early


@dataclass
class Total:
    """Sums over all seeds."""

    seeds: int = 0
    sends: int = 0
    enrollments: int = 0
    violations: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, lived: "Lived") -> None:
        """Add one seed."""
        self.seeds += 1
        self.sends += lived.sends
        self.enrollments += lived.enrollments
        self.violations += len(lived.broken)
        self.counts.update(lived.counts)


@click.command("prove")
@click.option("--seeds", default=SEEDS, show_default=True, help="How many worlds.")
@click.option("--first", default=0, show_default=True, help="Seed of the first one.")
@click.option("--days", default=DAYS, show_default=True, help="Virtual days of each.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes; by default one per core.")
@click.option("--seed", type=int, help="Only this one.")
@click.option("--trace", is_flag=True, help="Tell the story of the one seed.")
@click.option("--stop-early", is_flag=True, help="End with the first violation.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Run the engine through weeks of virtual time: people, servers and crashes by chance.

    A seed decides everything. Each violation is printed with the command that repeats it; the last
    line is a JSON object with the sums.
    """
    if given["workers"] is None:
        given["workers"] = os.cpu_count() or 1
    if given["trace"] and given["seed"] is None:
        raise click.UsageError("--trace tells the story of one seed: name it with --seed")
    options = Options(**given)
    total, began_s = Total(), _clock()
    if options.trace:
        _tell(options, total)
    else:
        _run(options, total)
    blind = _blind(options, total)
    if blind:
        click.echo(f"never happened: {', '.join(blind)}", err=True)
    click.echo(json.dumps(_figures(options, total, _clock() - began_s)))
    if total.violations or blind:
        ctx.exit(EXIT_FAILED)


def _clock() -> float:
    from sequencer.bootstrap import boot_s

    return boot_s()


def _tell(options: Options, total: Total) -> None:
    from sequencer.bootstrap import open_simulation

    lived = open_simulation().live(options.wanted[0], options.days, click.echo)
    total.add(lived)
    _complain(options, lived)


def _run(options: Options, total: Total) -> None:
    from sequencer.bootstrap import open_simulation
    from sequencer.simulation.pool import live_all

    seeds = options.wanted
    watched = sys.stderr.isatty()
    with progress("worlds", len(seeds), quiet=not watched) as advance:
        workers = min(options.workers, len(seeds))
        for lived in live_all(open_simulation, seeds, options.days, workers):
            total.add(lived)
            advance(1)
            _complain(options, lived)
            if not watched and total.seeds % PLAIN_EVERY == 0:
                click.echo(f"{total.seeds} worlds, {total.violations} violations", err=True)
            if options.stop_early and lived.broken:
                break


def _complain(options: Options, lived: "Lived") -> None:
    for sentence in lived.broken:
        click.echo(f"seed {lived.seed}: {sentence}")
    if lived.broken:
        click.echo(f"  sequencer prove --seed {lived.seed} --days {options.days:g} --trace")


def _blind(options: Options, total: Total) -> list[str]:
    from sequencer.simulation.expected import EXPECTED

    if not options.is_usual:
        return []
    return [name for name in EXPECTED if not total.counts[name]]


def _figures(options: Options, total: Total, seconds: float) -> dict[str, Any]:
    return {
        "seeds": total.seeds,
        "days": options.days,
        "sends": total.sends,
        "enrollments": total.enrollments,
        "violations": total.violations,
        "sometimes": dict(sorted(total.counts.items())),
        "seconds": round(seconds, 1),
    }
