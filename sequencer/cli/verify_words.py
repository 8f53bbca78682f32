"""What was proved, for people and for scripts."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from sequencer.cli.paragraph import Line

if TYPE_CHECKING:
    from sequencer.engine.proof.finding import Findings, MailboxPace, Proof, Residual

BAR = 36  # columns of the longest bar


def lines(findings: "Findings") -> Iterator[Line]:
    """The findings for people, line by line."""
    for proof in findings.proofs:
        yield from _proof(proof)
    yield from _residual(findings.residual)
    yield from _paces(findings.paces)
    yield Line()
    broken = sum(1 for proof in findings.proofs if proof.violations)
    every, mails = len(findings.proofs), counted(findings.sends, "mail")
    if broken:
        yield Line(f"{mails} checked: {broken} of {every} promises broken.", style="bold red")
    else:
        yield Line(f"{mails} checked: all {every} promises kept.", style="bold green")


def as_object(findings: "Findings") -> dict[str, object]:
    """The findings for scripts."""
    residual = findings.residual
    return {
        "clean": findings.clean,
        **findings.figures(),
        "promises": findings.proofs,
        "residual": {
            "classes": [
                {"over_s": over, "up_to_s": up_to, "mails": mails}
                for (over, up_to), mails in zip(_bounds(), residual.mails, strict=True)
            ],
            "longest_s": residual.longest.total_seconds(),
        },
        "mailboxes": [_pace_as_object(pace) for pace in findings.paces],
        "details": findings.details,
    }


def _pace_as_object(pace: "MailboxPace") -> dict[str, object]:
    return {
        "mailbox": pace.mailbox,
        "mails": pace.mails,
        "most_in_24_h": pace.most,
        "most_at": pace.most_at,
        "per_day": pace.per_day,
        "shortest_gap_s": pace.gap,
        "least_gap_s": pace.least_gap,
    }


def _proof(proof: "Proof") -> Iterator[Line]:
    yield Line(proof.promise, f"{proof.code}  ", "bold")
    looked_at = f"looked at {counted(proof.looked_at, proof.of)}"
    if not proof.violations:
        yield Line(f"kept; {looked_at}", "    ")
        return
    yield Line(f"broken {counted(proof.violations, 'time')}; {looked_at}", "    ", "red")
    for detail in proof.details:
        yield Line(detail, "    ! ")
    if more := proof.violations - len(proof.details):
        yield Line(f"and {more:,} more", "    ! ")


def _residual(residual: "Residual") -> Iterator[Line]:
    """How long an answer could lie in a mailbox unseen when a mail left: a bar for each class."""
    total, most = sum(residual.mails), max(residual.mails)
    if not total:
        return
    yield Line()
    yield Line("How old the last look into the mailbox was when a mail left", style="bold")
    yield Line("An answer that came in later than that look could not stop the mail.")
    width = len(f"{most:,}")
    for (over, up_to), mails in zip(_bounds(), residual.mails, strict=True):
        name = f"{over}-{up_to} s" if up_to else f"over {over} s"
        bar = "█" * max(round(mails / most * BAR), 1 if mails else 0)
        yield Line(f"  {name:<10}  {mails:>{width},}  {mails / total:>4.0%}  {bar}".rstrip())
    yield Line(f"  oldest      {seconds(residual.longest.total_seconds())}")


def _bounds() -> Iterator[tuple[int, int | None]]:
    """Over how many seconds, and up to how many, each class goes; the last has no end."""
    from sequencer.engine.proof.finding import BOUNDS_S

    yield from pairwise((0, *BOUNDS_S))
    yield BOUNDS_S[-1], None


def _paces(paces: "tuple[MailboxPace, ...]") -> Iterator[Line]:
    """How fast each mailbox was at its fastest, beside the settings of today."""
    if not paces:
        return
    yield Line()
    yield Line("How fast each mailbox was at its fastest", style="bold")
    yield Line("In brackets the settings of today; they may have been others when a mail left.")
    width = max(len(pace.mailbox) for pace in paces)
    for pace in paces:
        yield Line(", ".join(_fastest(pace)), f"  {pace.mailbox:<{width}}  ")


def _fastest(pace: "MailboxPace") -> Iterator[str]:
    allowed = "not in the settings" if pace.per_day is None else f"at most {pace.per_day:,}"
    yield f"{counted(pace.most, 'mail')} in 24 hours ({allowed})"
    if pace.gap is None:
        return
    least = "" if pace.least_gap is None else pace.least_gap.total_seconds()
    yield f"{seconds(pace.gap.total_seconds())} between two" + (
        f" (at least {seconds(least)})" if isinstance(least, float) else ""
    )


def counted(number: int, thing: str) -> str:
    """A number with its noun, given for one: `1 mail`, `2,000 mails`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def seconds(length: float) -> str:
    """A time span for people, in the one unit that fits."""
    for unit, unit_s in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if length >= 2 * unit_s:
            return f"{length / unit_s:,.0f} {unit}"
    return f"{length:,.0f} s"
