"""Every rule of the gate for one person: what it says, and until when."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.domain.spoken_time import full_time

if TYPE_CHECKING:
    from sequencer.domain.gate import Answer, Occasion
    from sequencer.engine.why import PersonReport


def all_rules(report: "PersonReport", now: datetime) -> Iterator[Line]:
    """The rules for each enrollment that runs."""
    for each in report.enrollments:
        if each.answers:
            yield Line()
            yield Line(f"{each.slug}: every rule", style="bold")
            yield from rules(each.answers, each.occasion, ZoneInfo(each.tz), now)


def rules(
    answers: Sequence["Answer"], occasion: "Occasion | None", tz: ZoneInfo, now: datetime
) -> Iterator[Line]:
    """One line a rule; one that does not count now is said to be asked at another time."""
    for answer in answers:
        counts = occasion is None or answer.rule.is_asked(occasion)
        when = "" if counts else f" (asked at: {', '.join(sorted(answer.rule.asked))})"
        if answer.passes:
            yield Line(f"{answer.rule.reason}{when}", "  ok   ")
        for refusal in answer.refusals:
            until = f" Until {full_time(refusal.until, tz, now)}." if refusal.until else ""
            yield Line(f"{refusal.code}{when}: {refusal.sentence}{until}", "  no   ")


def as_value(answers: Sequence["Answer"], occasion: "Occasion | None") -> list[dict[str, object]]:
    """The same for JSON."""
    return [
        {
            "code": answer.rule.reason,
            "asked": occasion is None or answer.rule.is_asked(occasion),
            "passes": answer.passes,
            "until": answer.passes_at,
            "refusals": [
                {"code": each.code, "sentence": each.sentence, "until": each.until}
                for each in answer.refusals
            ],
        }
        for answer in answers
    ]
