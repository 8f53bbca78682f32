"""Results of variants in words and bars: what was counted, how sure it is, what may be said."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sequencer.cli.paragraph import Line
from sequencer.domain.interval import Interval, Share, wilson
from sequencer.domain.variant_result import Comparison, Tally, Verdict

if TYPE_CHECKING:
    from sequencer.engine.variant_results import StepResult, VariantResult
    from sequencer.engine.variant_stop import VariantName

MARGIN = "    "
BAR = 24  # columns
HASH_SHOWN = 8
_COUNTED: dict[str, Callable[[Tally], int]] = {
    "meetings": lambda tally: tally.meetings,
    "positive replies": lambda tally: tally.positive,
    "replies": lambda tally: tally.replies,
    "opt-outs": lambda tally: tally.opted_out,
}
BOUNCES = "bounces"
LEGEND = "of delivered mails (bounces: of those sent), with what is likely at 95 %"


def lines(slug: str, found: Sequence["StepResult"]) -> Iterator[Line]:
    """The results for people."""
    if not found:
        yield Line(f"No mail of {slug} has variants. A step gets them by its key `variants`.")
    for number, each in enumerate(found):
        if number:
            yield Line()
        yield from _step(each)


def shares_of(tally: Tally) -> dict[str, Share]:
    """Every share with what it is taken of."""
    found = {word: Share(count(tally), tally.delivered) for word, count in _COUNTED.items()}
    return {**found, BOUNCES: Share(tally.bounced, tally.sent)}


def as_object(result: "StepResult") -> dict[str, object]:
    """The results of a step for programs; shares are parts of one, intervals hold at 95 %."""
    outcome = result.outcome
    return {
        "cadence": result.slug,
        "step": result.step_id,
        "winner": {
            "declared": result.declared,
            "by": result.rule.by,
            "minimum": result.rule.minimum,
            "auto": result.rule.auto,
            "answer_days": result.rule.answer_days,
        },
        "variants": [_variant_object(each) for each in result.variants],
        "texts": [
            {"text": each.text, "variants": each.names, **_tally_object(each.tally)}
            for each in result.texts
        ],
        "verdict": outcome.verdict,
        "best": outcome.best,
        "missing": outcome.missing,
        "sure": outcome.sure,
        "against": [
            {"variant": each.name, "low": each.behind.low, "high": each.behind.high}
            for each in outcome.against
        ],
        "sentence": sentence(result),
    }


def sentence(result: "StepResult") -> str:
    """What the numbers say."""
    outcome, rule = result.outcome, result.rule
    by = str(rule.by).replace("_", " ")
    if outcome.verdict is Verdict.ALONE:
        alone = [each.name for each in result.variants if each.is_live]
        return f"Everybody gets {alone[0]}." if alone else "Nobody gets any of them."
    if outcome.verdict is Verdict.TOO_FEW:
        return (
            f"No verdict: each variant needs {rule.minimum:,} delivered mails that people had "
            f"{rule.answer_days} days to answer, and the one with the fewest lacks "
            f"{outcome.missing:,}."
        )
    against = "; ".join(_against(each) for each in outcome.against)
    if outcome.verdict is Verdict.OPEN:
        return f"No verdict: {outcome.best} is ahead by {by}, which may be chance: {against}."
    return f"{outcome.best} is better by {by}: {against}."


def stopped(named: "VariantName", *, new: bool) -> str:
    """What stopping did."""
    if not new:
        return f"{named.variant} was stopped already."
    return (
        f"Nobody gets the variant {named.variant} of {named.step_id} from now on. "
        f"`sequencer variants start {named.slug} {named.step_id} {named.variant}` takes it back."
    )


def started(named: "VariantName", *, new: bool) -> str:
    """What starting did."""
    if not new:
        return f"{named.variant} is not stopped, nothing was changed."
    return f"The variant {named.variant} of {named.step_id} goes on: its people get it again."


def _step(result: "StepResult") -> Iterator[Line]:
    yield Line(f"{result.slug} {result.step_id}", style="bold")
    width = max((len(each.name) for each in result.variants), default=0)
    for each in result.variants:
        yield Line(_stand(each), f"{MARGIN}{each.name:<{width}}  ")
    tallies = [each.tally for each in result.variants if each.tally.sent]
    if tallies:
        yield Line(LEGEND, MARGIN)
    for word in (*_COUNTED, BOUNCES) if tallies else ():
        yield Line(word, MARGIN, "bold")
        yield from _shares({each.name: shares_of(each)[word] for each in tallies}, width)
    yield from _texts(result)
    for text in _said(result):
        yield Line(text, MARGIN)


def _stand(variant: "VariantResult") -> str:
    """How a wording stands: its file and share, what has left, whether it goes on."""
    what = f"{variant.template}, weight {variant.weight}" if variant.template else "not there now"
    parts = [what, f"{variant.tally.delivered:,} delivered of {variant.tally.sent:,} sent"]
    if variant.is_live and variant.compared < variant.tally.delivered:
        parts.append(f"{variant.compared:,} compared")
    if variant.waiting:
        parts.append(f"{variant.waiting:,} waiting")
    if variant.stopped is not None:
        why = f": {variant.stopped.why}" if variant.stopped.why else ""
        parts.append(f"stopped {variant.stopped.at:%Y-%m-%d} by {variant.stopped.by}{why}")
    return "; ".join(parts)


def _shares(shares: dict[str, Share], width: int) -> Iterator[Line]:
    """One line each: counted, share, interval at 95 %, and the interval as a picture."""
    intervals = {name: wilson(share) for name, share in shares.items()}
    most = max(each.high for each in intervals.values())
    for name, share in shares.items():
        of, interval = f"{share.hits:,} of {share.of:,}", intervals[name]
        span = f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %"
        numbers = f"{of:>15} {100 * share.rate:6.1f} %  {span:<16}"
        yield Line("", f"{MARGIN}{name:<{width}}  {numbers}{bar(share, interval, most)}")


def bar(share: Share, interval: Interval, most: float) -> str:
    """The interval on a line from none to the most that any of them may be."""
    if not share.of:
        return ""
    places = [round(each / most * (BAR - 1)) for each in (interval.low, share.rate, interval.high)]
    low, rate, high = places
    drawn = ["─" if low <= place <= high else " " for place in range(BAR)]
    drawn[rate] = "●"
    return "".join(drawn).rstrip()


def _texts(result: "StepResult") -> Iterator[Line]:
    """The same by text, where a name had several texts, or a text several names."""
    names = [name for each in result.texts for name in each.names]
    if len(names) == len(set(names)) == len(result.texts):
        return
    yield Line("by text", MARGIN, "bold")
    for each in result.texts:
        text = each.text[:HASH_SHOWN] or "edited"
        counted = ", ".join(
            f"{share.hits:,} {word}" for word, share in shares_of(each.tally).items()
        )
        told = f"{', '.join(each.names)}: {each.tally.delivered:,} delivered, {counted}"
        yield Line(told, f"{MARGIN}{text:<{HASH_SHOWN}}  ")


def _said(result: "StepResult") -> Iterator[str]:
    yield sentence(result)
    for each in result.variants:
        if each.is_live and each.other_texts:
            mails = f"{each.other_texts:,} mails of {each.name}"
            yield f"{mails} had another text than now: not compared."
    for loser in result.losers:
        yield f"To do: `sequencer variants stop {result.slug} {result.step_id} {loser}`"
    if result.losers and result.rule.auto and result.declared:
        when = "within a day" if result.outcome.sure else "as soon as it holds at 99 %"
        yield f"As the step says `auto: true`, the daemon does that by itself {when}."


def _against(comparison: Comparison) -> str:
    low, high = 100 * comparison.behind.low, 100 * comparison.behind.high
    return f"{low:+.1f} to {high:+.1f} points against {comparison.name}"


def _variant_object(variant: "VariantResult") -> dict[str, object]:
    return {
        "name": variant.name,
        "template": variant.template,
        "weight": variant.weight,
        "stopped": variant.stopped,
        "waiting": variant.waiting,
        "other_texts": variant.other_texts,
        "compared": variant.compared,
        **_tally_object(variant.tally),
    }


def _tally_object(tally: Tally) -> dict[str, object]:
    found: dict[str, object] = {"sent": tally.sent, "delivered": tally.delivered}
    for word, share in shares_of(tally).items():
        interval = wilson(share)
        found[word.replace(" ", "_").replace("-", "_")] = {
            "hits": share.hits,
            "of": share.of,
            "rate": share.rate,
            "low": interval.low,
            "high": interval.high,
        }
    return found
