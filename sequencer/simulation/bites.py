"""What held mails up in a world, counted by the ledger: a run in which nothing did is blind."""

import re

from sequencer.domain.ledger import Kind
from sequencer.domain.reason import SENTENCES, Reason
from sequencer.simulation.play import Play
from sequencer.store import ledger

MOST_ENTRIES = 1_000_000
_HOLIDAY = re.compile(r"\([^()]+, (DE|ES|US)\)")
_LIMITS = (Reason.CAP_DOMAIN, Reason.CAP_PERSON, Reason.CAP_NEW)


def count_bites(play: Play) -> None:
    """Count limits, holidays and skipped steps by name."""
    for _, entry in play.read(ledger.latest, MOST_ENTRIES):
        if entry.kind in {Kind.QUEUED, Kind.POSTPONED}:
            for reason in _LIMITS:
                play.tally.sometimes(f"held up: {reason}", int(SENTENCES[reason] in entry.detail))
            holiday = _HOLIDAY.search(entry.detail)
            if holiday is not None:
                play.tally.sometimes(f"held up: a holiday, {holiday[1]}")
        elif entry.kind is Kind.SKIPPED:
            by_guard = entry.detail.startswith("not for this prospect")
            play.tally.sometimes("skipped by its guard" if by_guard else "skipped")
        elif entry.kind is Kind.LEFT_ALONE:
            play.tally.sometimes("left alone for a while")
        elif entry.kind is Kind.PAUSED and "away" in entry.detail:
            play.tally.sometimes("paused while the rep is away")
