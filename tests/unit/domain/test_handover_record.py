"""The record of a handover, as it is stored and read again."""

import json
from dataclasses import replace

from builders import NOON

from sequencer.domain.handover_record import Line, Record, as_json, from_json

RECORD = Record(
    person="Zoë Marín",
    email="zoe@bank.example",
    starts_at=NOON,
    timeline=(Line(NOON, "we wrote", "Subject\nHello"),),
    calls=(Line(NOON, "call by ana: connected"),),
)


def test_there_and_back() -> None:
    """What was stored is read as it was, through JSON."""
    for record in (RECORD, replace(RECORD, starts_at=None, ends_at=NOON, timeline=(), calls=())):
        assert from_json(json.loads(json.dumps(as_json(record)))) == record


def test_what_others_have_stored() -> None:
    """A record of an earlier or a later program has what it has."""
    assert from_json({"person": "Zoe", "email": "z@bank.example", "new": 1}) == Record(
        "Zoe", "z@bank.example"
    )
